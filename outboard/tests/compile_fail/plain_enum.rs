//! An enum is not plain.

use outboard::prelude::*;

#[derive(Clone, Copy, Plain)]
enum Kind {
    Cell,
    Rim(f32),
}

fn main() {
}
