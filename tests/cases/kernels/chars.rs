//! UTF-8 decoded, and what Unicode says of the characters.
//@ launch 1 16
//@ u64 12
//@ in u8 384 letters
//@ out u32 36

use crate::device::{global_x, input, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn chars(n: usize, text: *const u8, out: *mut u32) {
    let text = input(text, 32 * n);
    let i = global_x();
    let Some(out) = own_range(out, 3 * n, 3 * i, 3) else { return };
    let row = &text[32 * i..32 * (i + 1)];
    let text = core::str::from_utf8(row).unwrap_or("");
    out[0] = text.chars().filter(|c| c.is_alphabetic()).count() as u32;
    out[1] = text.chars().map(|c| c as u32).fold(0, |hash, c| hash * 31 % 65_521 + c);
    out[2] = text.char_indices().filter(|(_, c)| c.len_utf8() > 1).map(|(at, _)| at as u32).sum();
}
