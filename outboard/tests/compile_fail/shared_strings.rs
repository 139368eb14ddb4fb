//! Shared memory of what is no number.

use outboard::prelude::*;

fn main() {
    Device::cpu().blocks(1, 4).run((), |it, ()| {
        outboard::shared!(it, [String; 4]);
    }).unwrap();
}
