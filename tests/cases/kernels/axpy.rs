//! Slices with bounds checks that stay.
//@ launch 5 64
//@ u64 300
//@ f32 2.5
//@ in f32 300 wave
//@ in u32 300 index 300
//@ inout f32 300 wave
//@ close 1e-6

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn axpy(n: usize, a: f32, x: *const f32, at: *const u32, y: *mut f32) {
    let (x, at) = (input(x, n), input(at, n));
    let i = global_x();
    if let Some(y) = own(y, n, i) {
        *y += a * x[at[i] as usize];
    }
}
