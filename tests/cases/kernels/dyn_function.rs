//! `&dyn Fn` selected at run time.
//@ launch 2 32
//@ u64 64
//@ in u32 64 wave
//@ inout i32 64 small
//@ refused spirv64: has no function pointers

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn dyn_function(n: usize, which: *const u32, x: *mut i32) {
    let which = input(which, n);
    let i = global_x();
    if let Some(x) = own(x, n, i) {
        let shift = n as i32;
        let (double, add, square) = (|x: i32| 2 * x, |x: i32| x + shift, |x: i32| x * x);
        let function: &dyn Fn(i32) -> i32 = match which[i] % 3 {
            0 => &double,
            1 => &add,
            _ => &square,
        };
        *x = core::hint::black_box(function)(*x);
    }
}
