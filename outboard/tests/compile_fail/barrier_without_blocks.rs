//! A barrier where there are no blocks.

use outboard::prelude::*;

fn main() {
    Device::default().over(4).run((), |it, ()| it.barrier()).unwrap();
}
