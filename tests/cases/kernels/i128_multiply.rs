//! 128-bit integers: multiplication, addition, shifts, comparison.
//@ launch 2 32
//@ u64 64
//@ in u64 64 wave
//@ inout u64 64 wave
//@ refused spirv64: integers of more than 64 bits

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn i128_multiply(n: usize, a: *const u64, b: *mut u64) {
    let a = input(a, n);
    let i = global_x();
    if let Some(b) = own(b, n, i) {
        let product = u128::from(a[i]) * u128::from(*b) + u128::from(a[(i + 1) % n]);
        let shifted = (product << (i % 64)) ^ (product >> (i % 50));
        *b = (shifted >> 64) as u64 ^ shifted as u64 ^ u64::from(shifted > product);
    }
}
