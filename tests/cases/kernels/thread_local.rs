//! A variable of a thread: a device has none.
//@ launch 1 4
//@ u64 4
//@ inout u32 4 small
//@ refused all: uses the thread-local variable

use crate::device::{global_x, own};
use std::cell::Cell;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

#[unsafe(no_mangle)]
pub extern "C" fn thread_local(n: usize, x: *mut u32) {
    if let Some(x) = own(x, n, global_x()) {
        CALLS.set(CALLS.get() + *x);
        *x = CALLS.get();
    }
}
