//! Barriers in nested loops and in branches that all threads of a block take, with a sum that each thread keeps.
//@ launch 3 40
//@ u64 120
//@ u64 3
//@ in u32 120 wave
//@ out u32 120
//@ together

use crate::device::{barrier, block_x, global_x, input, own, shared, thread_x};

const THREADS: usize = 40;

#[unsafe(no_mangle)]
pub extern "C" fn barriers_nested(n: usize, rounds: usize, x: *const u32, out: *mut u32) {
    let x = input(x, n);
    let cells = shared::<u32, THREADS, 0>();
    let (i, thread) = (global_x(), thread_x() as usize);
    let mut sum = x[i];
    for round in 0..rounds + block_x() as usize {
        unsafe { *cells.add(thread) = sum.wrapping_mul(round as u32 + 1) };
        barrier();
        let mut step = 1;
        while step < THREADS {
            let other = unsafe { *cells.add((thread + step) % THREADS) };
            barrier();
            if other & 1 == round as u32 & 1 {
                sum = sum.wrapping_add(other);
            } else {
                sum = sum.rotate_left(3) ^ other;
            }
            unsafe { *cells.add(thread) = sum };
            if step & 2 == 0 {
                barrier();
            } else {
                sum = sum.wrapping_sub(step as u32);
                barrier();
                sum ^= round as u32;
            }
            step = step * 2 + 1;
        }
        barrier();
    }
    if let Some(out) = own(out, n, i) {
        *out = sum;
    }
}
