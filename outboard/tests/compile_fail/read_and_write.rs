//! A slice that is changed and read in one launch.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default().over(4).run((each(&mut y), &y), |it, (y, all)| *y.of(it) = all[0]).unwrap();
}
