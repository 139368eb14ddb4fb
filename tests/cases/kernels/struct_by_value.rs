//! A structure by value: the C ABI passes a copy on the stack.
//@ launch 2 32
//@ u64 60
//@ struct f64 5 wave
//@ inout f64 60 wave
//@ close 1e-13

use crate::device::{global_x, own};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Polynomial {
    coefficients: [f64; 5],
}

#[unsafe(no_mangle)]
pub extern "C" fn struct_by_value(n: usize, polynomial: Polynomial, x: *mut f64) {
    if let Some(x) = own(x, n, global_x()) {
        *x = polynomial.coefficients.iter().rev().fold(0.0, |sum, c| sum * *x + c);
    }
}
