//! A sum of what cannot be added.

use outboard::prelude::*;

fn main() {
    let (x, y) = (vec![1u32; 4], vec![2u32; 4]);
    x.offload().zip(&y).sum().unwrap();
}
