//! The host writes what is mapped to be read.

use outboard::prelude::*;

fn main() {
    let mut x = vec![1u32; 4];
    let sum = Device::default().scope(|d| {
        let mapped = d.to(&x);
        x[0] = 2;
        mapped.offload().sum()
    }).unwrap();
    assert_eq!(sum, 5);
}
