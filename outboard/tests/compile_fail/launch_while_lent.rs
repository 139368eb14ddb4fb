//! A kernel changes what the host looks at.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    Device::default().scope(|d| {
        let mut y = d.tofrom(&mut y);
        let seen = y.sync_to_host()?;
        d.over(4).run(each(&mut y), |it, y| *y.of(it) = 1)?;
        assert_eq!(seen[0], 0);
        Ok::<(), outboard::Error>(())
    }).unwrap();
}
