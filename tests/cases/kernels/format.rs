//! `write!` into a buffer: the standard library's formatting, with its function pointers.
//@ launch 1 4
//@ u64 4
//@ in u32 4 wave
//@ inout u8 128 zero
//@ refused spirv64: has no function pointers

use crate::device::{global_x, input, own_range};
use core::fmt::{self, Write};

struct Text<'a> {
    bytes: &'a mut [u8],
    used: usize,
}

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            *self.bytes.get_mut(self.used).ok_or(fmt::Error)? = byte;
            self.used += 1;
        }
        Ok(())
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn format(n: usize, x: *const u32, out: *mut u8) {
    let x = input(x, n);
    let i = global_x();
    if let Some(bytes) = own_range(out, 32 * n, 32 * i, 32) {
        let mut text = Text { bytes, used: 0 };
        if write!(text, "{i}: {:>12} {:#x}", x[i], x[i]).is_err() {
            text.bytes[0] = b'!';
        }
    }
}
