//! An element that is kept after its kernel.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    let kept = std::cell::Cell::new(None);
    Device::default().over(4).run(each(&mut y), |it, y| kept.set(Some(y.of(it)))).unwrap();
}
