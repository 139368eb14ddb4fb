//! Intrinsics written out in plain instructions, for back ends that lack them.

use crate::ffi;
use inkwell::module::Module;

/// Gives every byte of every initializer a value: some back ends can't write what is undefined.
pub fn define_initializers(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_define_initializers(module.as_mut_ptr()) }
}

/// Writes out `llvm.*.with.overflow`, `llvm.minimumnum`, `llvm.maximumnum` and `llvm.bitreverse`, and casts of
/// vectors of bits to integers.
pub fn expand_arithmetic(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_expand_arithmetic(module.as_mut_ptr()) }
}

/// Takes phis, selects, freezes, loads and stores of structures and arrays apart. What puts them together again
/// is left to a cleanup.
pub fn split_aggregates(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_split_aggregates(module.as_mut_ptr()) }
}

/// Has addresses compared as integers.
pub fn compare_addresses(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_compare_addresses(module.as_mut_ptr()) }
}

/// Makes loops of compare-and-exchange of atomic operations that not every device has.
pub fn expand_atomics(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_expand_atomics(module.as_mut_ptr()) }
}

/// Makes atomic operations on the 32 bits around it of those on less.
pub fn widen_atomics(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_widen_atomics(module.as_mut_ptr()) }
}
