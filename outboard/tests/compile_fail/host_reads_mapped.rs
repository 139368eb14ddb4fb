//! The host reads what is mapped for change.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default()
        .scope(|d| {
            d.tofrom(&mut y).offload_mut().for_each(|y| *y = 1)?;
            assert_eq!(y[0], 1);
            Ok::<(), outboard::Error>(())
        })
        .unwrap();
}
