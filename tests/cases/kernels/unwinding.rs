//! A drop that would run while a panic unwinds.
//@ launch 2 32
//@ u64 64
//@ inout u32 64 small

use crate::device::{global_x, own};

struct Restore<'a> {
    cell: &'a mut u32,
    to: u32,
}

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        *self.cell ^= self.to;
    }
}

#[inline(never)]
fn risky(x: u32) -> u32 {
    assert!(x < 1_000_000, "{x} is too large");
    1_000_000 / (x + 1)
}

#[unsafe(no_mangle)]
pub extern "C" fn unwinding(n: usize, x: *mut u32) {
    if let Some(x) = own(x, n, global_x()) {
        let before = *x;
        let restore = Restore { cell: x, to: before };
        *restore.cell = risky(before) + 1;
    }
}
