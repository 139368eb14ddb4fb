//! What every item gets is lent: a slice, and no vector.

use outboard::prelude::*;

fn main() {
    let table = vec![1.0f32; 4];
    (0..4).offload().with(table).map(|(i, table)| table[i]).sum().unwrap();
}
