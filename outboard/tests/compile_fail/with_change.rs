//! What every item gets, none of them can change as its own.

use outboard::prelude::*;

fn main() {
    let mut total = vec![0.0f32; 1];
    (0..4).offload().with(&mut total).for_each(|(i, total)| total[0] += i as f32).unwrap();
}
