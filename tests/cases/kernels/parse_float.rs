//! A float out of text, which takes 128-bit products.
//@ launch 1 16
//@ u64 12
//@ in u8 96 digits
//@ out f64 12
//@ refused spirv64: integers of more than 64 bits

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn parse_float(n: usize, text: *const u8, out: *mut f64) {
    let text = input(text, 8 * n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let field = core::str::from_utf8(&text[8 * i..8 * i + 8]).unwrap_or("");
        let mut number = field.trim().parse().unwrap_or(-1.0);
        number *= 0.001;
        *out = number;
    }
}
