//! A `while` loop of 64-bit integers.
//@ launch 2 32
//@ u64 64
//@ out u32 64

use crate::device::{global_x, own};

#[unsafe(no_mangle)]
pub extern "C" fn collatz(n: usize, out: *mut u32) {
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let (mut x, mut steps) = (i as u64 + 1, 0);
        while x != 1 {
            x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 };
            steps += 1;
        }
        *out = steps;
    }
}
