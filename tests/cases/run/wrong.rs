//! One launch right, two wrong: a kernel that no image has, and map flags that no launch may give.

mod fallback;
mod launch;

use launch::launch;

unsafe extern "C" {
    fn add_one();
    fn add_two();
}

fn main() {
    let mut x = [1_i64];
    let right = launch!(__outboard_launch_1: add_one; TOFROM &mut x[..]);
    let missing = launch!(__outboard_launch_1: add_two; TOFROM &mut x[..]);
    let base = x.as_mut_ptr().cast();
    let flags = unsafe { launch::__outboard_launch_1(add_one, -1, 0, 1, 1, 1, 1, 1, 1, 0, 0x803, base, 8) };
    println!("{right} {missing} {flags}");
}
