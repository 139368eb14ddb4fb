//! Neighbours in lockstep give each other their numbers, in a loop.
//@ launch 2 64
//@ u64 128
//@ in u32 128 wave
//@ out u32 128
//@ together
//@ refused x86_64: shuffle

use crate::device::{global_x, input, lane, own, shuffle};

#[unsafe(no_mangle)]
pub extern "C" fn lanes(n: usize, x: *const u32, out: *mut u32) {
    let x = input(x, n);
    let i = global_x();
    let mut value = x[i];
    for distance in [1, 2, 4] {
        value = value.wrapping_add(shuffle(value, lane() ^ distance).rotate_left(distance));
    }
    if let Some(out) = own(out, n, i) {
        *out = value;
    }
}
