//! An address in a struct is one too.

use outboard::prelude::*;

#[derive(Clone, Copy)]
struct Table {
    values: &'static [f32],
    scale: f32,
}

fn main() {
    let table = Table { values: &[1.0, 2.0], scale: 0.5 };
    let mut y = vec![0.0f32; 2];
    Device::default().over(2).run(each(&mut y), move |it, y| *y.of(it) = table.values[0] * table.scale).unwrap();
}
