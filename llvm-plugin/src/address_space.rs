//! Where memory is: stack slots, variables and whole modules moved to the address spaces of a target.

use crate::ffi;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, GlobalValue};

/// Stack slots are where the module's data layout wants them; their users see the address as before.
pub fn move_allocas(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_move_allocas(module.as_mut_ptr()) }
}

/// Moves a variable to address space `space`. Its users see the address as before; `global` itself is gone.
pub fn move_global(global: GlobalValue<'_>, space: u32) {
    assert!(is_variable(global), "aliases and functions don't move");
    // SAFETY: a live variable, as just checked. The caller's copies of the handle are stale, as documented.
    unsafe { ffi::outboard_move_global(global.as_value_ref(), space) }
}

/// Has all threads share what each had of a thread-local variable.
pub fn share_thread_locals(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_share_thread_locals(module.as_mut_ptr()) }
}

/// The address space of a variable.
pub fn of_global(global: GlobalValue<'_>) -> u32 {
    assert!(is_variable(global), "only variables are asked");
    // SAFETY: a live variable, as just checked.
    unsafe { ffi::outboard_global_address_space(global.as_value_ref()) }
}

/// Has a variable start with whatever is in its memory.
pub fn drop_initializer(global: GlobalValue<'_>) {
    assert!(is_variable(global), "only variables have initializers");
    // SAFETY: a live variable, as just checked.
    unsafe { ffi::outboard_drop_initializer(global.as_value_ref()) }
}

fn is_variable(global: GlobalValue<'_>) -> bool {
    // SAFETY: any live value may be asked.
    unsafe { !inkwell::llvm_sys::core::LLVMIsAGlobalVariable(global.as_value_ref()).is_null() }
}

/// What pointers become.
#[derive(Debug, Clone, Copy)]
pub struct PointerRemap {
    /// The address space that pointers and variables are in.
    pub from: u32,
    /// The address space of pointers afterwards.
    pub to: u32,
    /// The address space of variables afterwards.
    pub variables: u32,
}

/// Changes every pointer of one address space into one of another: in types, constants, signatures and
/// intrinsics. Stack slots and functions stay. Debug info and lifetimes go. All functions, variables and
/// instructions that the caller knows are stale.
pub fn remap_pointers(module: &Module<'_>, remap: PointerRemap) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_remap_pointers(module.as_mut_ptr(), remap.from, remap.to, remap.variables) }
}
