//! A 5-point stencil over a 2-D grid.
//@ launch 3x4 8x8
//@ u64 23
//@ u64 30
//@ in f32 690 wave
//@ out f32 690
//@ close 1e-6

use crate::device::{global_x, global_y, input, own};

#[unsafe(no_mangle)]
pub extern "C" fn stencil(width: usize, height: usize, old: *const f32, new: *mut f32) {
    let old = input(old, width * height);
    let (x, y) = (global_x(), global_y());
    if x >= width || y >= height {
        return;
    }
    let at = |x: usize, y: usize| old[y * width + x];
    let inside = (1..width - 1).contains(&x) && (1..height - 1).contains(&y);
    let Some(new) = own(new, width * height, y * width + x) else { return };
    *new = if inside {
        0.5 * at(x, y) + 0.125 * (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1))
    } else {
        at(x, y)
    };
}
