//! Atomics of 8 and 16 bits, which GPUs make of 32-bit ones.
//@ launch 4 32
//@ u64 120
//@ in u8 120 wave
//@ inout u8 8 zero
//@ inout u16 4 zero
//@ inout u8 128 zero
//@ inout u16 128 zero

use crate::device::{global_x, input};
use core::sync::atomic::{AtomicU8, AtomicU16, Ordering};

#[unsafe(no_mangle)]
pub extern "C" fn atomic_bytes(
    n: usize,
    x: *const u8,
    bytes: *const AtomicU8,
    words: *const AtomicU16,
    flags: *const AtomicU8,
    codes: *const AtomicU16,
) {
    let (x, bytes, words) = (input(x, n), input(bytes, 8), input(words, 4));
    let (flags, codes) = (input(flags, 128), input(codes, 128));
    let i = global_x();
    if let Some(&x) = x.get(i) {
        bytes[x as usize % 8].fetch_add(x, Ordering::Relaxed);
        words[x as usize % 4].fetch_add(u16::from(x) << 4, Ordering::Relaxed);
        // Cells of this work item's own, in words that it shares.
        flags[i].store(x | 1, Ordering::Release);
        let swapped = flags[i].compare_exchange(x, 7, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        let old = codes[i].swap(u16::from(x) * 3, Ordering::SeqCst);
        let code = codes[i].fetch_max(u16::from(flags[i].load(Ordering::Acquire)) << 2, Ordering::Relaxed);
        codes[i].fetch_sub(code ^ old ^ u16::from(swapped), Ordering::Relaxed);
    }
}
