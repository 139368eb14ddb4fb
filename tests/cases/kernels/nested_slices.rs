//! Slices of slices on the stack: pointers in memory.
//@ launch 1 32
//@ u64 32
//@ in i32 32 small
//@ in i32 32 wave
//@ out i32 32

use crate::device::{global_x, input, own};

#[inline(never)]
fn total(rows: &[&[i32]], at: usize) -> i32 {
    rows.iter().fold(0, |sum, row| sum.wrapping_add(row[at % row.len()]))
}

#[unsafe(no_mangle)]
pub extern "C" fn nested_slices(n: usize, a: *const i32, b: *const i32, out: *mut i32) {
    let (a, b) = (input(a, n), input(b, n));
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        *out = total(&[a, &b[i / 2..], &a[..i + 1], b], i + 3);
    }
}
