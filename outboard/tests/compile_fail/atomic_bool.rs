//! Atomic elements that are no numbers.

use outboard::prelude::*;

fn main() {
    let mut flags = vec![false; 4];
    Device::default().over(4).run(atomic(&mut flags), |it, flags| flags.set(it.index(), true)).unwrap();
}
