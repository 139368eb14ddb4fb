//! Strings cannot be worked through on a device.

use outboard::prelude::*;

fn main() {
    let names = vec![String::from("x")];
    names.offload().for_each(|_| ()).unwrap();
}
