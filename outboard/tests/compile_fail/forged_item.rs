//! An item that the program makes itself.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default().over(4).run(each(&mut y), |it, y| {
        *y.of(Item { position: [0; 3], ..it }) = 1;
    }).unwrap();
}
