//! Iterators: zip, map, sum.
//@ launch 2 16
//@ u64 32
//@ u64 40
//@ in f32 1280 wave
//@ in f32 40 wave
//@ out f32 32
//@ close 1e-5

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn dot(rows: usize, columns: usize, a: *const f32, x: *const f32, out: *mut f32) {
    let (a, x) = (input(a, rows * columns), input(x, columns));
    let row = global_x();
    if let Some(out) = own(out, rows, row) {
        *out = a[row * columns..][..columns].iter().zip(x).map(|(a, x)| a * x).sum();
    }
}
