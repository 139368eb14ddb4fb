//! Folds, filters and counts over bytes.
//@ launch 1 16
//@ u64 16
//@ in u8 1024 wave
//@ out u32 48

use crate::device::{global_x, input, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn bytes(n: usize, x: *const u8, out: *mut u32) {
    let x = input(x, 64 * n);
    let i = global_x();
    let Some(out) = own_range(out, 3 * n, 3 * i, 3) else { return };
    let row = &x[64 * i..64 * (i + 1)];
    out[0] = row.iter().fold(5381, |hash: u32, byte| hash.wrapping_mul(33) ^ u32::from(*byte));
    out[1] = row.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() as u32;
    out[2] = row.iter().map(|byte| byte.count_ones() * u32::from(byte.to_ascii_uppercase())).sum();
}
