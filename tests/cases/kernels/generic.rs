//! One generic function for two types, kept out of line.
//@ launch 2 32
//@ u64 64
//@ inout i64 64 small
//@ inout f32 64 wave
//@ close 1e-6

use crate::device::{global_x, own};
use core::ops::{Add, Mul};

#[inline(never)]
fn cubic<T: Copy + Add<Output = T> + Mul<Output = T>>(x: T, a: T, b: T) -> T {
    (x * a + b) * x + a * b
}

#[unsafe(no_mangle)]
pub extern "C" fn generic(n: usize, whole: *mut i64, real: *mut f32) {
    let i = global_x();
    if let (Some(whole), Some(real)) = (own(whole, n, i), own(real, n, i)) {
        *whole = cubic(*whole, 3, -7);
        *real = cubic(*real, 0.5, 0.25);
    }
}
