//! Structures by value through functions with the Rust ABI, which passes and returns them in memory.
//@ launch 2 32
//@ u64 40
//@ inout f32 360 wave
//@ close 1e-5

use crate::device::{global_x, own};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Matrix([[f32; 3]; 3]);

#[inline(never)]
fn multiply(a: Matrix, b: Matrix) -> Matrix {
    let element = |row: usize, column: usize| (0..3).map(|k| a.0[row][k] * b.0[k][column]).sum();
    Matrix(core::array::from_fn(|row| core::array::from_fn(|column| element(row, column))))
}

#[unsafe(no_mangle)]
pub extern "C" fn struct_rust_abi(n: usize, matrices: *mut Matrix) {
    if let Some(matrix) = own(matrices, n, global_x()) {
        *matrix = multiply(multiply(*matrix, *matrix), *matrix);
    }
}
