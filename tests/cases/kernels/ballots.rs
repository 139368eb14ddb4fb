//! Threads in lockstep: how many there are, numbers of 64 bits handed on, and who says yes.
//@ launch 2 64
//@ u64 128
//@ in u64 128 wave
//@ out u64 128
//@ out u32 128
//@ together
//@ refused x86_64: lane

use crate::device::{ballot, global_x, input, lane, lanes, own, shuffle_64};

#[unsafe(no_mangle)]
pub extern "C" fn ballots(n: usize, x: *const u64, out: *mut u64, votes: *mut u32) {
    let x = input(x, n);
    let i = global_x();
    let mut value = x[i];
    for distance in [1, 2] {
        value = value.wrapping_add(shuffle_64(value, lane() ^ distance).rotate_left(distance));
    }
    // Groups of four are in every group of lanes, however large that is.
    let group = (ballot(u32::from(value & 3 == 0)) >> (lane() & !3)) & 0xf;
    let all = ballot(1).count_ones() == lanes();
    let odd = lanes() < 4 || !lanes().is_power_of_two() || lane() >= lanes();
    if let (Some(out), Some(votes)) = (own(out, n, i), own(votes, n, i)) {
        *out = value;
        *votes = group as u32 | u32::from(all) << 8 | u32::from(odd) << 9;
    }
}
