//! A slice that is not mutable.

use outboard::prelude::*;

fn main() {
    let y = [0u32; 4];
    Device::default().over(4).run(each(&y), |it, y| *y.of(it) = 1).unwrap();
}
