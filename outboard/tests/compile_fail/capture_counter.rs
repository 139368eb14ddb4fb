//! A closure that counts in a variable of the host.

use outboard::prelude::*;

fn main() {
    let mut count = 0;
    let mut y = vec![0.0f32; 4];
    y.offload_mut().for_each(|_| count += 1).unwrap();
}
