//! A launch whose fallback may unwind: with something to drop around it, it is an `invoke`.

#![allow(clashing_extern_declarations, reason = "the other ABI of the same function is declared beside it")]

mod launch;

use launch::{Kernel, Slot, TOFROM, VALUE, launch_functions};
use std::panic::catch_unwind;

mod unwinding {
    use super::{Kernel, launch_functions};
    launch_functions! { "C-unwind"; __outboard_launch_2(f0 b0 s0 f1 b1 s1); }
}

mod fallback {
    use super::Kernel;

    #[unsafe(no_mangle)]
    #[inline(never)]
    extern "C-unwind" fn __outboard_launch_2(_: Kernel, _: i64, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32,
        _: u32, _: u32, _: u64, value: *mut u8, _: u64, _: u64, _: *mut u8, _: u64) -> i32 {
        panic!("no device adds {}", value as u64)
    }

    #[unsafe(no_mangle)]
    extern "C" fn add(_value: u64, _x: *mut i64) {}
}

unsafe extern "C" {
    fn add();
}

struct SaysGoodbye;

impl Drop for SaysGoodbye {
    fn drop(&mut self) {
        println!("dropped");
    }
}

fn launch_add(x: &mut [i64]) -> i32 {
    let _dropped_by_unwinding = SaysGoodbye;
    let (value, x) = (41_i64.base(), x.base());
    unsafe { unwinding::__outboard_launch_2(add, -1, 0, 1, 1, 1, 1, 1, 1, 0, VALUE, value, 8, TOFROM, x, 8) }
}

fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    let launched = catch_unwind(|| {
        let mut x = [1_i64];
        (launch_add(&mut x), x[0])
    });
    match launched {
        Ok((status, x)) => println!("status {status}, x {x}"),
        Err(panic) => println!("caught: {}", panic.downcast_ref::<String>().expect("a formatted message")),
    }
}
