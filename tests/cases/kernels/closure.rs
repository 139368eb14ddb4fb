//! A closure with captures, called by a function kept out of line.
//@ launch 2 32
//@ u64 64
//@ f32 1.5
//@ in f32 64 wave
//@ out f32 64
//@ close 1e-6

use crate::device::{global_x, input, own};

#[inline(never)]
fn apply<F: Fn(usize) -> f32>(i: usize, f: F) -> f32 {
    f(i) + f(0)
}

#[unsafe(no_mangle)]
pub extern "C" fn closure(n: usize, a: f32, x: *const f32, out: *mut f32) {
    let x = input(x, n);
    let shift = a * 0.5;
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        *out = apply(i, |i| a * x[i] + shift);
    }
}
