//! A closure that captures a slice by reference.

use outboard::prelude::*;

fn main() {
    let x = vec![1.0f32; 4];
    let mut y = vec![0.0f32; 4];
    y.offload_mut().enumerate().for_each(|(i, y)| *y = x[i]).unwrap();
}
