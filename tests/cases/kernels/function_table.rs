//! A static table of function pointers.
//@ launch 2 32
//@ u64 64
//@ in u32 64 wave
//@ inout i32 64 small
//@ refused spirv64: has no function pointers

use crate::device::{global_x, input, own};

fn double(x: i32) -> i32 {
    2 * x
}
fn square(x: i32) -> i32 {
    x * x
}
fn minus_nine(x: i32) -> i32 {
    x - 9
}

static TABLE: [fn(i32) -> i32; 3] = [double, square, minus_nine];

#[unsafe(no_mangle)]
pub extern "C" fn function_table(n: usize, which: *const u32, x: *mut i32) {
    let which = input(which, n);
    let i = global_x();
    if let Some(x) = own(x, n, i) {
        *x = TABLE[which[i] as usize % 3](*x);
    }
}
