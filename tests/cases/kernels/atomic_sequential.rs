//! Sequentially consistent atomics: maximum, minimum, and, or, fence.
//@ launch 4 32
//@ u64 120
//@ in i32 120 wave
//@ inout i32 4 zero

use crate::device::{global_x, input};
use core::sync::atomic::{AtomicI32, Ordering, fence};

#[unsafe(no_mangle)]
pub extern "C" fn atomic_sequential(n: usize, x: *const i32, cells: *const AtomicI32) {
    let (x, cells) = (input(x, n), input(cells, 4));
    if let Some(&x) = x.get(global_x()) {
        cells[0].fetch_max(x, Ordering::SeqCst);
        cells[1].fetch_min(x, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        cells[2].fetch_or(x & 0xff, Ordering::SeqCst);
        cells[3].fetch_sub(x & 7, Ordering::SeqCst);
    }
}
