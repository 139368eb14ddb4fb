//! A generic struct is plain only for what is.

use outboard::prelude::*;

#[derive(Clone, Copy, Plain)]
struct Pair<T>(T, T);

fn needs_plain<T: Plain>() {}

fn main() {
    needs_plain::<Pair<f32>>();
    needs_plain::<Pair<&str>>();
}
