//! Every way to panic that a kernel has in it and inputs do not reach.
//@ launch 2 32
//@ u64 64
//@ in i32 64 small
//@ inout i32 64 small

use crate::device::{global_x, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn panics(n: usize, by: *const i32, x: *mut i32) {
    let by = input(by, n);
    let i = global_x();
    if let Some(x) = own(x, n, i) {
        if *x < 0 {
            panic!("negative number {x} at {i}");
        }
        let divisor = by[i] + 1;
        let quotient = 1000 / divisor + *x % divisor;
        let found = by.iter().position(|by| *by == by_at(by, i)).expect("it is there");
        assert_ne!(quotient, -1, "quotient of {x}");
        let checked = quotient.checked_add(found as i32).unwrap();
        *x = <[i32; 2]>::try_from(&[checked, 1][..]).unwrap()[0];
    }
}

fn by_at(by: &i32, i: usize) -> i32 {
    if i == usize::MAX { unreachable!("no such work item") } else { *by }
}
