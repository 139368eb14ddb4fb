//! A mapping that outlives its scope.

use outboard::prelude::*;

fn main() {
    let x = vec![1u32; 4];
    let mapped = Device::default().scope(|d| d.to(&x));
    mapped.offload().sum().unwrap();
}
