//! A program that launches in a library crate and in its own code.

mod fallback;
mod launch;

use launch::launch;

unsafe extern "C" {
    fn add();
}

fn main() {
    let mut x = [1_i64];
    let status = launch!(__outboard_launch_2: add; VALUE 41_i64, TOFROM &mut x[..]);
    println!("own {} {status}", x[0]);
    launching::battery::run();
}
