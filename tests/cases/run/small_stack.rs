//! Many launches on a small stack: the memory of a launch is allocated once, not once an iteration, also where
//! the launch is in a later block or was inlined into a loop.

mod fallback;
mod launch;

use launch::launch;
use std::hint::black_box;

unsafe extern "C" {
    fn add();
}

fn add_odd(i: i64, x: &mut [i64; 1]) {
    if black_box(i) % 2 == 1 {
        let status = launch!(__outboard_launch_2: add; VALUE i, TOFROM &mut x[..]);
        assert_eq!(status, 0);
    }
}

fn main() {
    let times: i64 = std::env::args().nth(1).and_then(|times| times.parse().ok()).expect("a number of launches");
    let launches = move || {
        let mut x = [0_i64];
        for i in 0..times {
            let status = launch!(__outboard_launch_2: add; VALUE 1_i64, TOFROM &mut x[..]);
            assert_eq!(status, 0);
            add_odd(i, &mut x);
        }
        x[0]
    };
    let thread = std::thread::Builder::new().stack_size(64 * 1024).spawn(launches).expect("a thread");
    println!("{}", thread.join().expect("no panic"));
}
