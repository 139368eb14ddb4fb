//! A function that calls itself twice.
//@ launch 1 16
//@ u64 16
//@ inout u32 16 small
//@ refused spirv64: which calls itself, and spirv64 has no recursion

use crate::device::{global_x, own};

fn ackermann_like(m: u32, n: u32) -> u32 {
    match (m, n) {
        (0, n) => n + 1,
        (m, 0) => ackermann_like(m - 1, 1),
        (m, n) => {
            let inner = ackermann_like(m, n - 1) % 5;
            ackermann_like(m - 1, inner) + n
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn recursion(n: usize, x: *mut u32) {
    if let Some(x) = own(x, n, global_x()) {
        *x = ackermann_like(*x % 3, *x % 4);
    }
}
