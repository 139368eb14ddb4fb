//! Each item writes its element once.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default().over(4).run(out(&mut y), |it, y| {
        y.write(it, 1);
        y.write(it, 2);
    }).unwrap();
}
