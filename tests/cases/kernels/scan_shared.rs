//! Prefix sums of each block by doubling steps, and the sum of each block by atomic addition to shared memory.
//@ launch 3 100
//@ u64 290
//@ in u32 290 wave
//@ out u32 290
//@ out u32 3
//@ together

use crate::device::{barrier, block_x, global_x, input, own, shared, thread_x};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

const THREADS: usize = 100;

#[unsafe(no_mangle)]
pub extern "C" fn scan_shared(n: usize, x: *const u32, out: *mut u32, totals: *mut u32) {
    let x = input(x, n);
    let cells = shared::<u32, THREADS, 0>();
    let total = unsafe { AtomicU32::from_ptr(shared::<u32, 1, 1>()) };
    let (i, thread) = (global_x(), thread_x() as usize);
    if thread == 0 {
        total.store(0, Relaxed);
    }
    let value = x.get(i).copied().unwrap_or(0);
    unsafe { *cells.add(thread) = value };
    barrier();
    total.fetch_add(value, Relaxed);
    let mut step = 1;
    while step < THREADS {
        let before = if thread >= step { unsafe { *cells.add(thread - step) } } else { 0 };
        barrier();
        unsafe { *cells.add(thread) = (*cells.add(thread)).wrapping_add(before) };
        barrier();
        step *= 2;
    }
    if let Some(out) = own(out, n, i) {
        *out = unsafe { *cells.add(thread) };
    }
    if thread == 0 {
        if let Some(out) = own(totals, 3, block_x() as usize) {
            *out = total.load(Relaxed);
        }
    }
}
