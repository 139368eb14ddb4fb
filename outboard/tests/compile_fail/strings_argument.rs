//! A slice of strings as an argument.

use outboard::prelude::*;

fn main() {
    let names = vec![String::from("x")];
    let mut y = vec![0u32; 4];
    Device::default().over(4).run((each(&mut y), &names), |it, (y, names)| *y.of(it) = 1).unwrap();
}
