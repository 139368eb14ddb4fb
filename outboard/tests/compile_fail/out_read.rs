//! What a kernel only writes has no value that it could read.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default().over(4).run(out(&mut y), |it, y| *y.of(it) += 1).unwrap();
}
