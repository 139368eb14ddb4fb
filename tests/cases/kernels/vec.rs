//! `Vec`: memory from an allocator.
//@ launch 1 16
//@ u64 16
//@ in u32 256 small
//@ out u32 16
//@ links amdgcn: allocation panics
//@ links spirv64: allocation panics

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn vec(n: usize, x: *const u32, out: *mut u32) {
    let x = input(x, 16 * n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let mut odd: Vec<u32> = x[16 * i..16 * i + 16].iter().copied().filter(|x| x % 2 == 1).collect();
        odd.push(i as u32);
        *out = odd.iter().rev().fold(7, |sum, x| sum * 3 + x % 10);
    }
}
