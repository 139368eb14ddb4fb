//! A hash map, whose seed is the system's.
//@ launch 1 4
//@ u64 4
//@ inout u32 4 small
//@ refused all: uses the thread-local variable

use crate::device::{global_x, own};
use std::collections::HashMap;

#[unsafe(no_mangle)]
pub extern "C" fn hash_map(n: usize, x: *mut u32) {
    if let Some(x) = own(x, n, global_x()) {
        let mut squares = HashMap::new();
        for number in 0..8 {
            squares.insert(number, number * number);
        }
        *x = squares[&(*x % 8)];
    }
}
