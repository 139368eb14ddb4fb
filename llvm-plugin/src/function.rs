//! Edits of functions, and of how they are called, that inkwell lacks.

use crate::ffi;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, FunctionValue};

/// Makes `function` a declaration.
pub fn delete_body(function: FunctionValue<'_>) {
    // SAFETY: a live function.
    unsafe { ffi::outboard_delete_body(function.as_value_ref()) }
}

/// Marks every function and call `convergent`, so that no control flow is put around them; LLVM drops the
/// mark where it can see that nothing in a function depends on other threads. Without `convergent`, takes
/// all such marks away.
pub fn set_convergent(module: &Module<'_>, convergent: bool) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_set_convergent(module.as_mut_ptr(), convergent) }
}

/// Whether a function of `module` has a local variable in memory that could be in registers, as front ends write
/// them and no optimized function has.
pub fn has_promotable_variables(module: &Module<'_>) -> bool {
    // SAFETY: a live module.
    unsafe { ffi::outboard_has_promotable_variables(module.as_mut_ptr()) }
}

/// Asks that the loops of `function` be unrolled whole which run a constant number of times, at most `rounds`, become no more than `instructions`, and have nothing in them that mustn't be copied.
pub fn unroll_small_loops(function: FunctionValue<'_>, rounds: u32, instructions: u32) {
    // SAFETY: a live function with a body.
    unsafe { ffi::outboard_unroll_small_loops(function.as_value_ref(), rounds, instructions) }
}

/// Turns invokes into calls and drops landing pads and personality functions: nothing unwinds.
pub fn drop_unwinding(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_drop_unwinding(module.as_mut_ptr()) }
}

/// Takes away what keeps functions and calls from being inlined, or from being made fast.
pub fn allow_inlining(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_allow_inlining(module.as_mut_ptr()) }
}

/// Takes the same away from the calls of `function`.
pub fn inline_in_callers(function: FunctionValue<'_>) {
    // SAFETY: a live function.
    unsafe { ffi::outboard_inline_in_callers(function.as_value_ref()) }
}

/// Gives every function calling convention `convention`, but intrinsics and those that have `keep`; and every
/// call that of what it calls.
pub fn unify_conventions(module: &Module<'_>, convention: u32, keep: u32) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_unify_conventions(module.as_mut_ptr(), convention, keep) }
}

/// The first function that is called with a calling convention which isn't its own. LLVM takes such a call for
/// unreachable.
pub fn find_convention_mismatch(module: &Module<'_>) -> Option<(String, String)> {
    // SAFETY: a live module; the sink gets its string.
    let names = ffi::text_from(|sink, string| unsafe {
        ffi::outboard_find_convention_mismatch(module.as_mut_ptr(), sink, string);
    });
    let (caller, callee) = names.split_once('\0')?;
    Some((caller.to_owned(), callee.to_owned()))
}

/// Has functions with `byval` parameters make the copy themselves, and takes away all attributes that say how
/// structures are passed.
pub fn lower_memory_parameters(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_lower_memory_parameters(module.as_mut_ptr()) }
}

/// How many instructions `function` has.
pub fn instruction_count(function: FunctionValue<'_>) -> usize {
    // SAFETY: a live function.
    unsafe { ffi::outboard_instruction_count(function.as_value_ref()) }
}
