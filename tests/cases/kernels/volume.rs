//! Three dimensions of work items.
//@ launch 2x2x3 4x4x2
//@ u64 7
//@ in i32 343 small
//@ out i32 343

use crate::device::{global_x, global_y, global_z, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn volume(n: usize, x: *const i32, out: *mut i32) {
    let x = input(x, n * n * n);
    let (a, b, c) = (global_x(), global_y(), global_z());
    if a >= n || b >= n {
        return;
    }
    let at = |a: usize, b: usize, c: usize| x[(c % n * n + b % n) * n + a % n];
    if let Some(out) = own(out, n * n * n, (c * n + b) * n + a) {
        *out = at(a, b, c) * 6 - at(a + 1, b, c) - at(a, b + 1, c) - at(a, b, c + 1)
            + (a + 10 * b + 100 * c) as i32;
    }
}
