//! A closure that captures a vector.

use outboard::prelude::*;

fn main() {
    let x = vec![1.0f32; 4];
    let mut y = vec![0.0f32; 4];
    Device::default().over(4).run(each(&mut y), move |it, y| *y.of(it) = x[it.index()]).unwrap();
}
