//! A slice that is there for the whole run of the program is there on the host alone.

use outboard::prelude::*;

static TABLE: [f32; 4] = [0.0, 1.0, 2.0, 3.0];

fn main() {
    let table = &TABLE;
    let mut y = vec![0.0f32; 4];
    y.offload_mut().enumerate().for_each(move |(i, y)| *y = table[i]).unwrap();
}
