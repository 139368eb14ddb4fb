//! Relaxed atomic additions of 32 and 64 bits, of all work items into a few cells.
//@ launch 4 32
//@ u64 120
//@ in u32 120 small
//@ inout u32 4 zero
//@ inout u64 4 zero

use crate::device::{global_x, input};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

#[unsafe(no_mangle)]
pub extern "C" fn atomic_add(n: usize, x: *const u32, narrow: *const AtomicU32, wide: *const AtomicU64) {
    let (x, narrow, wide) = (input(x, n), input(narrow, 4), input(wide, 4));
    let i = global_x();
    if let Some(&x) = x.get(i) {
        narrow[i % 3].fetch_add(x, Ordering::Relaxed);
        wide[x as usize % 4].fetch_add(u64::from(x) << 20, Ordering::Relaxed);
        narrow[3].fetch_xor(1 << (i % 32), Ordering::AcqRel);
    }
}
