//! A struct with a string is not plain.

use outboard::prelude::*;

#[derive(Clone, Copy, Plain)]
struct Named {
    name: &'static str,
    value: f32,
}

fn main() {
}
