//! Numbers out of text.
//@ launch 1 16
//@ u64 12
//@ in u8 96 digits
//@ out i32 12

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn parse(n: usize, text: *const u8, out: *mut i32) {
    let text = input(text, 8 * n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let field = &text[8 * i..8 * i + 8];
        *out = core::str::from_utf8(field).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(-1);
    }
}
