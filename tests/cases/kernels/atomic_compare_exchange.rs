//! A loop around compare-and-exchange: the maximum by another order, and its index.
//@ launch 4 32
//@ u64 120
//@ in u32 120 wave
//@ inout u64 1 zero

use crate::device::{global_x, input};
use core::sync::atomic::{AtomicU64, Ordering};

#[unsafe(no_mangle)]
pub extern "C" fn atomic_compare_exchange(n: usize, x: *const u32, best: *const AtomicU64) {
    let x = input(x, n);
    let best = unsafe { &*best };
    let i = global_x();
    let Some(&x) = x.get(i) else { return };
    let mine = u64::from(x.rotate_left(16)) << 32 | i as u64;
    let mut seen = best.load(Ordering::Relaxed);
    while mine > seen {
        match best.compare_exchange_weak(seen, mine, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => break,
            Err(now) => seen = now,
        }
    }
}
