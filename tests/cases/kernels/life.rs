//! The game of life on a torus of bytes, with wrapping neighbours.
//@ launch 3x3 8x8
//@ u64 20
//@ in u8 400 small
//@ out u8 400

use crate::device::{block_size_x, block_x, block_y, input, own, thread_x, thread_y};

#[unsafe(no_mangle)]
pub extern "C" fn life(n: usize, old: *const u8, new: *mut u8) {
    let old = input(old, n * n);
    let x = (block_x() * block_size_x() + thread_x()) as usize;
    let y = (block_y() * block_size_x() + thread_y()) as usize;
    if x >= n {
        return;
    }
    let Some(new) = own(new, n * n, y * n + x) else { return };
    let alive = |x: usize, y: usize| old[y % n * n + x % n] % 3 == 0;
    let around = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)];
    let count = around.iter().filter(|(dx, dy)| alive(x + n + dx - 1, y + n + dy - 1)).count();
    *new = matches!((alive(x, y), count), (true, 2 | 3) | (false, 3)).into();
}
