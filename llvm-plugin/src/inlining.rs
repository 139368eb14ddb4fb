//! What LLVM's inliner has to say about calls, asked without running it; and edits that make one module's
//! functions part of another.

use crate::ffi;
use inkwell::module::Module;
use inkwell::targets::TargetMachine;
use inkwell::values::{AsValueRef, FunctionValue, GlobalValue, InstructionValue};
use std::ffi::c_void;
use std::ptr::NonNull;

/// Answers for the target of one module.
#[derive(Debug)]
pub struct Advisor(NonNull<c_void>);

impl Advisor {
    /// For the triple of `module`; LLVM's text where this libLLVM has no code generator for it.
    pub fn new(module: &Module<'_>) -> Result<Self, String> {
        let mut raw = std::ptr::null_mut();
        let text = ffi::text_from(|sink, string| {
            // SAFETY: a live module, and the sink is for this string.
            raw = unsafe { ffi::outboard_inline_advisor(module.as_mut_ptr(), sink, string) };
        });
        NonNull::new(raw).map(Self).ok_or(text)
    }

    /// What the attributes of `callee` and of the function around `call` say against inlining it.
    pub fn blocker(&self, call: InstructionValue<'_>, callee: FunctionValue<'_>) -> Option<String> {
        let (call, callee) = (call.as_value_ref(), callee.as_value_ref());
        // SAFETY: a live advisor, call and function of one context; the sink is for this string.
        let text = ffi::text_from(|sink, string| unsafe {
            ffi::outboard_inline_blocker(self.0.as_ptr(), call, callee, sink, string);
        });
        (!text.is_empty()).then_some(text)
    }

    /// Whether code for the processor of `callee` can stand in the function around `call`.
    pub fn processors_agree(&self, call: InstructionValue<'_>, callee: FunctionValue<'_>) -> bool {
        let (call, callee) = (call.as_value_ref(), callee.as_value_ref());
        // SAFETY: a live advisor, call and function of one context.
        unsafe { ffi::outboard_inline_processors_agree(self.0.as_ptr(), call, callee) }
    }

    /// Why the inliner of -O2 wouldn't inline `callee`, which has a body, at `call`.
    pub fn verdict(&self, call: InstructionValue<'_>, callee: FunctionValue<'_>) -> Option<String> {
        let (call, callee) = (call.as_value_ref(), callee.as_value_ref());
        // SAFETY: as above.
        let text = ffi::text_from(|sink, string| unsafe {
            ffi::outboard_inline_verdict(self.0.as_ptr(), call, callee, sink, string);
        });
        (!text.is_empty()).then_some(text)
    }

    /// The features that code for `cpu` with `features` may use. What only says how fast something is doesn't
    /// count.
    pub fn enabled_features(&self, cpu: &str, features: &str) -> Vec<String> {
        let (cpu, features) = (cpu.into(), features.into());
        // SAFETY: a live advisor, texts that live as long as the call, and the sink is for this string.
        let text = ffi::text_from(|sink, string| unsafe {
            ffi::outboard_enabled_features(self.0.as_ptr(), cpu, features, sink, string);
        });
        text.split_whitespace().map(ToOwned::to_owned).collect()
    }
}

impl Drop for Advisor {
    fn drop(&mut self) {
        // SAFETY: made by `outboard_inline_advisor`, and dropped here alone.
        unsafe { ffi::outboard_inline_advisor_drop(self.0.as_ptr()) }
    }
}

/// Whether all that is done with `variable` is to load from it: nobody keeps or compares its address.
pub fn is_only_read(variable: GlobalValue<'_>) -> bool {
    // SAFETY: a live variable.
    unsafe { ffi::outboard_is_only_read(variable.as_value_ref()) }
}

/// Whether functions of `module` have variables that every optimization puts into registers first, whatever their type:
/// then nothing has optimized it.
pub fn has_plain_variables(module: &Module<'_>) -> bool {
    // SAFETY: a live module.
    unsafe { ffi::outboard_has_plain_variables(module.as_mut_ptr()) }
}

/// Whether `module` has loops for the vectorizer and the unroller, which mark those that they change, and none is marked:
/// then both are yet to run.
pub fn has_unfinished_loops(module: &Module<'_>) -> bool {
    // SAFETY: a live module.
    unsafe { ffi::outboard_has_unfinished_loops(module.as_mut_ptr()) }
}

/// Makes a definition the declaration of what another object defines.
pub fn declare(global: GlobalValue<'_>) {
    // SAFETY: a live function or variable.
    unsafe { ffi::outboard_declare(global.as_value_ref()) }
}

/// Makes names that stand for others declarations too, where others can see them; else what they stand for takes their
/// place.
pub fn declare_aliases(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_declare_aliases(module.as_mut_ptr()) }
}

/// Says whether what `global` declares is in the same program or library.
pub fn set_dso_local(global: GlobalValue<'_>, local: bool) {
    // SAFETY: a live global.
    unsafe { ffi::outboard_set_dso_local(global.as_value_ref(), local) }
}

/// Makes everything in `module` internal but what is called one of `keep`, and what LLVM itself must keep.
pub fn internalize<'a>(module: &Module<'_>, keep: impl IntoIterator<Item = &'a str>) {
    let names: String = keep.into_iter().flat_map(|name| [name, "\0"]).collect();
    // SAFETY: a live module, and names that live as long as the call.
    unsafe { ffi::outboard_internalize(module.as_mut_ptr(), names.as_str().into()) }
}

/// Has `machine` give every function and variable a section of its own.
pub fn separate_sections(machine: &TargetMachine, functions: bool, variables: bool) {
    // SAFETY: a live target machine.
    unsafe { ffi::outboard_separate_sections(machine.as_mut_ptr(), functions, variables) }
}
