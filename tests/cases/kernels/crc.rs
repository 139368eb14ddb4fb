//! A table that a `const fn` computed.
//@ launch 1 16
//@ u64 16
//@ in u8 512 wave
//@ out u32 16

use crate::device::{global_x, input, own};

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let (mut crc, mut bit) = (at as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
}

static TABLE: [u32; 256] = table();

#[unsafe(no_mangle)]
pub extern "C" fn crc(n: usize, x: *const u8, out: *mut u32) {
    let x = input(x, 32 * n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let step = |crc: u32, byte: &u8| crc >> 8 ^ TABLE[(crc ^ u32::from(*byte)) as usize & 255];
        *out = !x[32 * i..][..32].iter().fold(!0, step);
    }
}
