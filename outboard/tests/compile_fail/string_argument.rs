//! A string as an argument.

use outboard::prelude::*;

fn main() {
    let name = String::from("x");
    let mut y = vec![0u32; 4];
    Device::default().over(4).run((each(&mut y), name), |it, (y, name)| *y.of(it) = 1).unwrap();
}
