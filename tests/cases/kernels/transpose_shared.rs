//! A transposition through shared memory.
//@ launch 3x3 8x8
//@ u64 24
//@ in u64 576 wave
//@ inout u64 576 zero
//@ together

use crate::device::{barrier, block_x, block_y, global_x, global_y, input, own, shared, thread_x, thread_y};

#[unsafe(no_mangle)]
pub extern "C" fn transpose_shared(n: usize, x: *const u64, out: *mut u64) {
    let x = input(x, n * n);
    let tile = shared::<u64, 72, 3>();
    let (column, row) = (thread_x() as usize, thread_y() as usize);
    unsafe { *tile.add(row * 9 + column) = x[global_y() * n + global_x()] };
    barrier();
    let to = (8 * block_x() as usize + row) * n + 8 * block_y() as usize + column;
    let value = unsafe { *tile.add(column * 9 + row) };
    if let Some(out) = own(out, n * n, to) {
        *out = value;
    }
}
