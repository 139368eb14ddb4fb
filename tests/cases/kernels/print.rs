//! Input and output of the host.
//@ launch 1 4
//@ u64 4
//@ in u32 4 small
//@ refused all: uses the variable `std::io::stdio::STDOUT`

use crate::device::{global_x, input};

#[unsafe(no_mangle)]
pub extern "C" fn print(n: usize, x: *const u32) {
    if let Some(x) = input(x, n).get(global_x()) {
        println!("{x}");
    }
}
