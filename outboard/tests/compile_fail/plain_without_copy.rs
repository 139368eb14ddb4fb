//! A struct that is not `Copy` is not plain.

use outboard::prelude::*;

#[derive(Plain)]
struct Pair(f32, f32);

fn main() {
}
