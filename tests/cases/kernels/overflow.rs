//! Arithmetic that wraps, saturates, tells, and refuses.
//@ launch 2 32
//@ u64 64
//@ in i32 64 wave
//@ out i64 64

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn overflow(n: usize, x: *const i32, out: *mut i64) {
    let x = input(x, n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let (a, b) = (x[i], x[(i + 1) % n]);
        let (sum, carried) = a.overflowing_add(b);
        let told = a.checked_mul(b >> 20).map_or(-1, i64::from);
        let unsigned = (a as u32).checked_sub(b as u32).map_or(-2, i64::from);
        let small = (a as i8).saturating_sub(b as i8).wrapping_shl(3);
        let wide = i64::from(a).overflowing_mul(i64::from(b) << 3);
        *out = i64::from(sum) ^ i64::from(carried) ^ told ^ unsigned ^ i64::from(small);
        *out ^= i64::from(a.saturating_mul(b)) ^ wide.0 ^ i64::from(wide.1) ^ i64::from((a >> 8) + (b >> 8));
        *out ^= i64::from((a as u32 >> 16).pow(2)) ^ (a as u64).saturating_add(b as u64 | 1 << 63) as i64;
    }
}
