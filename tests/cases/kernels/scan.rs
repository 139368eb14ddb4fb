//! A serial prefix sum of each row, in place.
//@ launch 1 8
//@ u64 8
//@ u64 33
//@ inout u64 264 wave

use crate::device::{global_x, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn scan(rows: usize, columns: usize, x: *mut u64) {
    let Some(row) = own_range(x, rows * columns, global_x() * columns, columns) else { return };
    let mut sum = 0u64;
    for x in row {
        sum = sum.wrapping_add(*x);
        *x = sum;
    }
}
