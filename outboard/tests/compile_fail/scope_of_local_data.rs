//! Data that ends before the scope.

use outboard::prelude::*;

fn main() {
    Device::default().scope(|d| {
        let x = vec![1u32; 4];
        d.to(&x).offload().sum()
    }).unwrap();
}
