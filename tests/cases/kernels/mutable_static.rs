//! A static that changes: the host would not see a device's.
//@ launch 1 4
//@ u64 4
//@ inout u32 4 small
//@ refused all: which can change

use crate::device::{global_x, own};
use core::sync::atomic::{AtomicU32, Ordering};

static CALLS: AtomicU32 = AtomicU32::new(3);

#[unsafe(no_mangle)]
pub extern "C" fn mutable_static(n: usize, x: *mut u32) {
    if let Some(x) = own(x, n, global_x()) {
        *x += CALLS.fetch_add(*x, Ordering::Relaxed);
    }
}
