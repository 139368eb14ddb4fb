//! A closure that captures a reference-counted pointer.

use outboard::prelude::*;

fn main() {
    let x = std::rc::Rc::new(5u32);
    let mut y = vec![0u32; 4];
    y.offload_mut().for_each(move |y| *y = *x).unwrap();
}
