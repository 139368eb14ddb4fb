//! An element that is taken twice.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default().over(4).run(each(&mut y), |it, y| {
        let first = y.of(it);
        let second = y.of(it);
        std::mem::swap(first, second);
    }).unwrap();
}
