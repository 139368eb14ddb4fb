//! Matrices multiplied by tiles in shared memory, with barriers in a loop.
//@ launch 3x3 8x8
//@ u64 24
//@ in f32 576 wave
//@ in f32 576 wave
//@ out f32 576
//@ close 1e-5
//@ together

use crate::device::{barrier, global_x, global_y, input, own, shared, thread_x, thread_y};

const TILE: usize = 8;

#[unsafe(no_mangle)]
pub extern "C" fn matmul_tiled(n: usize, a: *const f32, b: *const f32, c: *mut f32) {
    let (a, b) = (input(a, n * n), input(b, n * n));
    let tile_a = shared::<f32, { TILE * TILE }, 0>();
    let tile_b = shared::<f32, { TILE * TILE }, 1>();
    let (column, row) = (global_x(), global_y());
    let (x, y) = (thread_x() as usize, thread_y() as usize);
    let mut sum = 0.0;
    for tile in 0..n / TILE {
        unsafe {
            *tile_a.add(y * TILE + x) = a[row * n + tile * TILE + x];
            *tile_b.add(y * TILE + x) = b[(tile * TILE + y) * n + column];
        }
        barrier();
        for k in 0..TILE {
            sum += unsafe { *tile_a.add(y * TILE + k) * *tile_b.add(k * TILE + x) };
        }
        barrier();
    }
    if let Some(c) = own(c, n * n, row * n + column) {
        *c = sum;
    }
}
