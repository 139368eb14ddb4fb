//! Floats taken apart, and conversions that saturate.
//@ launch 2 32
//@ u64 64
//@ in f32 64 wave
//@ in f64 64 wave
//@ out u64 64

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn float_bits(n: usize, x: *const f32, y: *const f64, out: *mut u64) {
    let (x, y) = (input(x, n), input(y, n));
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let (x, y) = (x[i], y[i]);
        let exponent = u64::from(x.to_bits() >> 23 & 255) + (y.to_bits() >> 52 & 2047);
        let cast = (x * 300.0) as i8 as u64 ^ (x * 70_000.0) as u16 as u64 ^ (y * 1e19) as i64 as u64;
        let more = (y * 1e20) as u64 ^ (y as f32).to_bits() as u64 ^ (i as f32 as u8) as u64;
        let special = u64::from((x / 0.0).is_infinite()) + u64::from((0.0 * (y / 0.0)).is_nan()) * 2;
        *out = exponent ^ cast ^ more ^ special << 32 ^ u64::from(x.total_cmp(&0.25) as i8 as u8);
    }
}
