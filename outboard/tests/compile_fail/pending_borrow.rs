//! What a launch that goes on works on is lent until it is over.

use outboard::prelude::*;

fn main() {
    let mut y = vec![0u32; 4];
    std::thread::scope(|s| {
        let launch = Device::default().over(4).spawn(s, each(&mut y), |it, y| *y.of(it) = 1);
        println!("{}", y[0]);
        launch.wait().unwrap();
    });
}
