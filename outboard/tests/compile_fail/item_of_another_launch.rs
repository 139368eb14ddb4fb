//! An item of one launch used in another.

use outboard::prelude::*;

fn main() {
    let (mut x, mut y) = (vec![0u32; 4], vec![0u32; 4]);
    Device::default().over(4).run(each(&mut y), |outer, y| {
        *y.of(outer) = 1;
        Device::default().over(4).run(each(&mut *Box::leak(Box::new([0u32; 4]))), move |_, x| *x.of(outer) = 1).unwrap();
    }).unwrap();
    x[0] = 1;
}
