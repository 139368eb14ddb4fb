//! 128-bit integers: division, remainder, and conversion from and to floats.
//@ launch 2 32
//@ u64 64
//@ in u64 64 wave
//@ inout i64 64 wave
//@ refused spirv64: integers of more than 64 bits

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn i128_divide(n: usize, a: *const u64, b: *mut i64) {
    let a = input(a, n);
    let i = global_x();
    if let Some(b) = own(b, n, i) {
        let wide = (i128::from(*b) << 60) + i128::from(a[i]);
        let by = i128::from(a[(i + 3) % n] | 1);
        let real = (wide as f64 * 1e-6) as i128;
        *b = (wide / by) as i64
            ^ (wide % by) as i64
            ^ real as i64
            ^ ((wide as u128) as f32 as u128 >> 70) as i64;
    }
}
