//! A function pointer is an address of host code.

use outboard::prelude::*;

fn double(x: f32) -> f32 {
    2.0 * x
}

fn main() {
    let f: fn(f32) -> f32 = double;
    let mut y = vec![0.0f32; 4];
    y.offload_mut().for_each(move |y| *y = f(*y)).unwrap();
}
