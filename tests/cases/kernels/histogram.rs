//! Counts of bytes by atomics, with a stride over the whole grid.
//@ launch 2 16
//@ u64 500
//@ in u8 500 wave
//@ inout u32 256 zero

use crate::device::{block_size_x, global_x, grid_size_x, input};
use core::sync::atomic::{AtomicU32, Ordering};

#[unsafe(no_mangle)]
pub extern "C" fn histogram(n: usize, x: *const u8, counts: *const AtomicU32) {
    let (x, counts) = (input(x, n), input(counts, 256));
    let stride = (block_size_x() * grid_size_x()) as usize;
    for byte in x.iter().skip(global_x()).step_by(stride) {
        counts[usize::from(*byte)].fetch_add(1, Ordering::Relaxed);
    }
}
