//! Intrinsics written out in plain instructions, for back ends that lack them.

use crate::ffi;
use inkwell::module::Module;

/// Writes out `llvm.*.with.overflow`, `llvm.minimumnum` and `llvm.maximumnum`.
pub fn expand_arithmetic(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_expand_arithmetic(module.as_mut_ptr()) }
}
