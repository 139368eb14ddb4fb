//! An array and a structure that each thread keeps to itself across barriers, some of them in a function.
//@ launch 2x2 4x3x2
//@ u64 96
//@ in f32 96 wave
//@ out f32 96
//@ together
//@ close 1e-5

use crate::device::{barrier, block_x, block_y, input, own, shared, thread_x, thread_y, thread_z};

const THREADS: usize = 24;

#[derive(Clone, Copy)]
struct Range {
    low: f32,
    high: f64,
    seen: u8,
}

#[inline(never)]
fn exchange(cells: *mut f32, thread: usize, value: f32, from: usize) -> f32 {
    unsafe { *cells.add(thread) = value };
    barrier();
    let other = unsafe { *cells.add(from) };
    barrier();
    other
}

#[unsafe(no_mangle)]
pub extern "C" fn barriers_variables(n: usize, x: *const f32, out: *mut f32) {
    let x = input(x, n);
    let cells = shared::<f32, THREADS, 7>();
    let thread = ((thread_z() * 3 + thread_y()) * 4 + thread_x()) as usize;
    let i = (block_y() * 2 + block_x()) as usize * THREADS + thread;
    let mut history = [0.0f32; 6];
    let mut range = Range { low: x[i], high: x[i].into(), seen: 0 };
    for turn in 0..6 {
        let other = exchange(cells, thread, x[i] + turn as f32, (thread * 5 + turn) % THREADS);
        history[(turn + thread) % 6] = other;
        if other < range.low {
            range.low = other;
            range.seen += 1;
        }
        range.high = range.high.max(other.into());
    }
    let late = exchange(cells, thread, history[thread % 6], THREADS - 1 - thread);
    if let Some(out) = own(out, n, i) {
        *out = late + range.low + range.high as f32 + f32::from(range.seen) + history[(thread + 3) % 6];
    }
}
