//! A function that nobody defines.
//@ launch 1 4
//@ u64 4
//@ inout u32 4 small
//@ refused all: calls `defined_nowhere`, which no input defines

use crate::device::{global_x, own};

unsafe extern "C" {
    safe fn defined_nowhere(x: u32) -> u32;
}

#[unsafe(no_mangle)]
pub extern "C" fn undefined(n: usize, x: *mut u32) {
    if let Some(x) = own(x, n, global_x()) {
        *x = defined_nowhere(*x);
    }
}
