//! The system's clock.
//@ launch 1 4
//@ u64 4
//@ inout u64 4 small
//@ refused all: calls `clock_gettime`, which no input defines

use crate::device::{global_x, own};
use std::time::{Instant, SystemTime};

#[unsafe(no_mangle)]
pub extern "C" fn clock(n: usize, x: *mut u64) {
    if let Some(x) = own(x, n, global_x()) {
        let now = Instant::now();
        *x += SystemTime::now().elapsed().map_or(0, |passed| passed.as_secs()) + now.elapsed().as_secs();
    }
}
