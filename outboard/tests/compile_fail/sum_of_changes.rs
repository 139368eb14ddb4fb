//! A sum of elements that are there to be changed.

use outboard::prelude::*;

fn main() {
    let mut y = vec![1u32; 4];
    y.offload_mut().sum().unwrap();
}
