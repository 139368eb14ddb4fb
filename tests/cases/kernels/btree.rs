//! An ordered map: the standard library's code, with an allocator.
//@ launch 1 8
//@ u64 8
//@ in u32 128 small
//@ out u32 8
//@ links amdgcn: allocation panics
//@ links spirv64: allocation panics

use crate::device::{global_x, input, own};
use std::collections::BTreeMap;

#[unsafe(no_mangle)]
pub extern "C" fn btree(n: usize, x: *const u32, out: *mut u32) {
    let x = input(x, 16 * n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let mut counts = BTreeMap::new();
        for x in &x[16 * i..16 * (i + 1)] {
            *counts.entry(x % 10).or_insert(0u32) += 1;
        }
        *out = counts.iter().fold(0, |hash, (key, count)| hash * 7 + key * count);
    }
}
