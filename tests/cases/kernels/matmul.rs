//! Nested loops over three matrices, f64.
//@ launch 3x3 8x8
//@ u64 20
//@ in f64 400 wave
//@ in f64 400 wave
//@ out f64 400
//@ close 1e-13

use crate::device::{global_x, global_y, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn matmul(n: usize, a: *const f64, b: *const f64, c: *mut f64) {
    let (a, b) = (input(a, n * n), input(b, n * n));
    let (column, row) = (global_x(), global_y());
    if column >= n {
        return;
    }
    if let Some(c) = own(c, n * n, row * n + column) {
        let mut sum = 0.0;
        for k in 0..n {
            sum += a[row * n + k] * b[k * n + column];
        }
        *c = sum;
    }
}
