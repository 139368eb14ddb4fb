//! A mutable slice that all items would have.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default().over(4).run(&mut y, |it, y| y[0] = 1).unwrap();
}
