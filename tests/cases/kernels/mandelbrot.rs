//! A loop whose length differs between work items.
//@ launch 4x4 8x8
//@ u64 32
//@ out u32 1024

use crate::device::{global_x, global_y, own};

#[unsafe(no_mangle)]
pub extern "C" fn mandelbrot(size: usize, out: *mut u32) {
    let (x, y) = (global_x(), global_y());
    if x >= size {
        return;
    }
    let Some(out) = own(out, size * size, y * size + x) else { return };
    // Fixed point: the count is the same on every target, whether it fuses multiplication and addition or not.
    let scale = |at: usize| (3 * (at as i64) << 28) / size as i64 - (2 << 28);
    let (re, im) = (scale(x), scale(y) + (1 << 27));
    let (mut a, mut b, mut count) = (0i64, 0i64, 0);
    while count < 100 && (a * a >> 28) + (b * b >> 28) < 4 << 28 {
        (a, b) = ((a * a >> 28) - (b * b >> 28) + re, (2 * a * b >> 28) + im);
        count += 1;
    }
    *out = count;
}
