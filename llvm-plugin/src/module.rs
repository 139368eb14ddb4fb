//! Module-level edits that inkwell lacks.

use crate::ffi;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, FunctionValue, GlobalValue};

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
