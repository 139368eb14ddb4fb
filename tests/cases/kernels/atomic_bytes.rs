//! Atomics of 8 and 16 bits, which GPUs make of 32-bit ones.
//@ launch 4 32
//@ u64 120
//@ in u8 120 wave
//@ inout u8 8 zero
//@ inout u16 4 zero
//@ links spirv64: runtimes lack atomics of 8 and 16 bits

use crate::device::{global_x, input};
use core::sync::atomic::{AtomicU8, AtomicU16, Ordering};

#[unsafe(no_mangle)]
pub extern "C" fn atomic_bytes(n: usize, x: *const u8, bytes: *const AtomicU8, words: *const AtomicU16) {
    let (x, bytes, words) = (input(x, n), input(bytes, 8), input(words, 4));
    if let Some(&x) = x.get(global_x()) {
        bytes[x as usize % 8].fetch_add(x, Ordering::Relaxed);
        words[x as usize % 4].fetch_add(u16::from(x) << 4, Ordering::Relaxed);
    }
}
