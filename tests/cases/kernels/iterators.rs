//! Chains of chunks, windows, filters, steps, scans and maxima.
//@ launch 1 32
//@ u64 32
//@ in i32 1024 small
//@ out i32 128

use crate::device::{global_x, input, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn iterators(n: usize, x: *const i32, out: *mut i32) {
    let x = input(x, n * n);
    let i = global_x();
    let Some(out) = own_range(out, 4 * n, 4 * i, 4) else { return };
    let Some(row) = x.chunks(n).nth(i) else { return };
    out[0] = row.iter().step_by(3).copied().filter(|x| x % 2 == 0).max().unwrap_or(-1);
    out[1] = row.windows(3).map(|w| w[0] - 2 * w[1] + w[2]).fold(0, |sum, d| sum + d.abs());
    out[2] = row.iter().rev().skip(1).take_while(|x| **x != 7).zip(row).map(|(a, b)| a * b).sum();
    out[3] = row
        .iter()
        .scan(0, |sum, x| {
            *sum += x;
            Some(*sum)
        })
        .position(|s| s > 700)
        .map_or(-1, |at| at as i32);
}
