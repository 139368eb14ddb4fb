//! Module-level edits and questions that inkwell lacks.

use crate::collect::{CollectedSeverity, collect};
use crate::ffi;
use inkwell::context::{AsContextRef as _, Context};
use inkwell::llvm_sys::core;
use inkwell::llvm_sys::error as llvm_error;
use inkwell::llvm_sys::ir_reader;
use inkwell::llvm_sys::transforms::pass_builder;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::Module;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{AsValueRef, FunctionValue, GlobalValue};
use std::ffi::{CStr, CString};
use std::mem::ManuallyDrop;

/// Has `function` run before `main`, lower `priority` first. With a `key`, the constructor goes when the
/// linker drops the comdat group of the key as a duplicate.
pub fn append_global_ctor(
    module: &Module<'_>,
    function: FunctionValue<'_>,
    priority: u32,
    key: Option<GlobalValue<'_>>,
) {
    let key = key.map_or(std::ptr::null_mut(), |key| key.as_value_ref());
    // SAFETY: all values are live and of this module; a null key is allowed.
    unsafe {
        ffi::outboard_append_global_ctor(
            module.as_mut_ptr(),
            function.as_value_ref(),
            i32::try_from(priority).unwrap_or(i32::MAX),
            key,
        );
    }
}

/// Makes `module` a part of a shared library, whatever its compiler took it for: thread-local variables are
/// reached otherwise in an executable.
pub fn make_shared(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_make_shared(module.as_mut_ptr()) }
}

/// Keeps `global` through optimisation, not through the linker.
pub fn append_compiler_used(module: &Module<'_>, global: GlobalValue<'_>) {
    // SAFETY: both are live.
    unsafe { ffi::outboard_append_compiler_used(module.as_mut_ptr(), global.as_value_ref()) }
}

/// Leaves it to the optimiser whether `global` stays: takes it out of `llvm.used` and `llvm.compiler.used`.
pub fn remove_from_used(module: &Module<'_>, global: GlobalValue<'_>) {
    // SAFETY: both are live.
    unsafe { ffi::outboard_remove_from_used(module.as_mut_ptr(), global.as_value_ref()) }
}

/// The module of `text`, LLVM's IR as text, in `context`.
///
/// # Errors
///
/// LLVM's message, where the text isn't IR.
///
/// inkwell has the same by `LLVMParseIRInContext2`, which LLVMs before 21 lack: a plugin that names it is not loaded
/// by them, and can't say why.
#[expect(deprecated, reason = "LLVM's C interface before 21 has this form")]
pub fn parse_ir<'ctx>(context: &'ctx Context, text: MemoryBuffer<'_>) -> Result<Module<'ctx>, String> {
    let (mut module, mut message) = (std::ptr::null_mut(), std::ptr::null_mut());
    let text = ManuallyDrop::new(text);
    // SAFETY: a live context; LLVM takes the buffer, and sets the module or the message.
    let failed = unsafe {
        ir_reader::LLVMParseIRInContext(
            context.as_ctx_ref(),
            text.as_mut_ptr(),
            &raw mut module,
            &raw mut message,
        )
    };
    if failed == 0 {
        // SAFETY: a module of this context that nobody else owns.
        return Ok(unsafe { Module::new(module) });
    }
    // SAFETY: a string that LLVM has allocated for the caller.
    let text = unsafe { CStr::from_ptr(message).to_string_lossy().into_owned() };
    // SAFETY: the same, not used after.
    unsafe { core::LLVMDisposeMessage(message) };
    Err(text)
}

/// A copy of `module` in its context.
pub fn copy<'ctx>(module: &Module<'ctx>) -> Module<'ctx> {
    // SAFETY: a live module; the copy has no other owner. inkwell's `clone` verifies the module first, which
    // takes longer than the copy.
    unsafe { Module::new(core::LLVMCloneModule(module.as_mut_ptr())) }
}

/// Deletes a function that nothing uses.
pub fn delete_function(function: FunctionValue<'_>) {
    assert!(
        crate::instruction::uses_of(function).is_empty(),
        "{} is still used",
        function.get_name().to_string_lossy()
    );
    // SAFETY: nothing uses it, as just checked, and the caller's handle is not used again by this crate.
    unsafe { function.delete() }
}

/// Runs `passes`, in opt's notation, without a target's cost model: what it folds is right on any.
pub fn run_generic_passes(module: &Module<'_>, passes: &str) -> Result<(), String> {
    let passes = CString::new(passes).map_err(|error| error.to_string())?;
    // SAFETY: a live module and options of our own; the target machine may be null. The error's text is
    // LLVM's and disposed of here.
    unsafe {
        let options = pass_builder::LLVMCreatePassBuilderOptions();
        let error =
            pass_builder::LLVMRunPasses(module.as_mut_ptr(), passes.as_ptr(), std::ptr::null_mut(), options);
        pass_builder::LLVMDisposePassBuilderOptions(options);
        if error.is_null() {
            return Ok(());
        }
        let raw = llvm_error::LLVMGetErrorMessage(error);
        let text = CStr::from_ptr(raw).to_string_lossy().into_owned();
        llvm_error::LLVMDisposeErrorMessage(raw);
        Err(text)
    }
}

/// Declares the intrinsic `name` for `types`, where it is overloaded.
pub fn declare_intrinsic<'ctx>(
    module: &Module<'ctx>,
    name: &str,
    types: &[BasicTypeEnum<'ctx>],
) -> Option<FunctionValue<'ctx>> {
    inkwell::intrinsics::Intrinsic::find(name)?.get_declaration(module, types)
}

/// Links what `module` needs of the library in `bitcode`, and reads no more of it. `name` stands in the error.
pub fn link_needed(module: &Module<'_>, bitcode: &[u8], name: &str) -> Result<(), String> {
    let (text, collected) = collect(&module.get_context(), || {
        // SAFETY: a live module, and bytes that live as long as the call; the sink gets its string.
        ffi::text_from(|sink, string| unsafe {
            ffi::outboard_link_needed(module.as_mut_ptr(), bitcode.into(), name.into(), sink, string);
        })
    });
    let errors = collected.into_iter().filter(|one| one.severity == CollectedSeverity::Error);
    let texts: Vec<_> = errors.map(|one| one.text).chain((!text.is_empty()).then_some(text)).collect();
    if texts.is_empty() { Ok(()) } else { Err(texts.join("; ")) }
}

/// What happens when two modules with a flag are linked.
///
/// Source: `Module::ModFlagBehavior`, llvm/IR/Module.h (LLVM 22.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagBehavior {
    /// Different values are an error.
    Error,
    /// The value is taken, whatever the other module's is; two different ones are an error.
    Override,
    /// Anything else: one of the values is taken, or both are kept.
    Other,
}

/// A module flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFlag {
    /// Its name.
    pub key: String,
    /// What happens to different values.
    pub behavior: FlagBehavior,
    /// Its value, as IR text has it.
    pub value: String,
}

/// The flags of `module`, in their order.
pub fn module_flags(module: &Module<'_>) -> Vec<ModuleFlag> {
    // SAFETY: a live module; the sink gets its string.
    let text = ffi::text_from(|sink, string| unsafe {
        ffi::outboard_module_flags(module.as_mut_ptr(), sink, string);
    });
    let mut parts = text.split_terminator('\0');
    let mut flags = Vec::new();
    while let (Some(behavior), Some(key), Some(value)) = (parts.next(), parts.next(), parts.next()) {
        let behavior = match behavior {
            "1" => FlagBehavior::Error,
            "4" => FlagBehavior::Override,
            _ => FlagBehavior::Other,
        };
        flags.push(ModuleFlag { key: key.to_owned(), behavior, value: value.to_owned() });
    }
    flags
}
