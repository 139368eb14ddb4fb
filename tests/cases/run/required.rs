//! A launch that has no fallback, of a kernel that the host does not have.

mod launch;

use launch::launch;

unsafe extern "C" {
    fn add();
}

fn main() {
    let mut x = [1_i64];
    let status = launch!(__outboard_launch_2: add on -1, launch::REQUIRED; VALUE 41_i64, TOFROM &mut x[..]);
    println!("status {status}, x {}", x[0]);
}
