//! A kernel changes what was mapped to be read.

use outboard::prelude::*;

fn main() {
    let x = vec![1u32; 4];
    Device::default().scope(|d| {
        let mut x = d.to(&x);
        d.over(4).run(each(&mut x), |it, x| *x.of(it) = 1)
    }).unwrap();
}
