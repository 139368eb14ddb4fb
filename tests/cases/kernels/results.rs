//! `Result` and `?` through functions kept out of line.
//@ launch 2 32
//@ u64 64
//@ in u32 64 wave
//@ out i64 64

use crate::device::{global_x, input, own};

enum Wrong {
    Zero,
    TooLarge(u32),
}

#[inline(never)]
fn check(x: u32) -> Result<u16, Wrong> {
    match x % 5 {
        0 => Err(Wrong::Zero),
        1 => Err(Wrong::TooLarge(x)),
        _ => Ok(x as u16),
    }
}

#[inline(never)]
fn combine(a: u32, b: u32) -> Result<u32, Wrong> {
    Ok(u32::from(check(a)?) * u32::from(check(b)?))
}

#[unsafe(no_mangle)]
pub extern "C" fn results(n: usize, x: *const u32, out: *mut i64) {
    let x = input(x, n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        *out = match combine(x[i], x[(i + 1) % n]) {
            Ok(product) => i64::from(product),
            Err(Wrong::Zero) => -1,
            Err(Wrong::TooLarge(x)) => -i64::from(x),
        };
    }
}
