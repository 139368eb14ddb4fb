//! The standard library's unstable sort, out of its bitcode.
//@ launch 1 16
//@ u64 12
//@ inout u32 768 wave
//@ refused spirv64: which calls itself, and spirv64 has no recursion

use crate::device::{global_x, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn sort(n: usize, x: *mut u32) {
    let i = global_x();
    if let Some(x) = own_range(x, 64 * n, 64 * i, 64) {
        x.sort_unstable();
    }
}
