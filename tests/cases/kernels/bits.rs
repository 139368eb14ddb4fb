//! Counting, rotating, reversing and swapping bits.
//@ launch 2 32
//@ u64 64
//@ inout u64 64 wave

use crate::device::{global_x, own};

#[unsafe(no_mangle)]
pub extern "C" fn bits(n: usize, x: *mut u64) {
    if let Some(x) = own(x, n, global_x()) {
        let word = *x >> (*x & 31);
        let counts = word.count_ones() + word.leading_zeros() * 3 + word.trailing_zeros() * 5;
        let narrow =
            (word as u32).reverse_bits().rotate_right(counts & 31) ^ u32::from((word as u16).swap_bytes());
        *x = word.swap_bytes()
            ^ word.reverse_bits()
            ^ u64::from(narrow)
            ^ u64::from(counts)
            ^ u64::from((word as u8).leading_ones());
    }
}
