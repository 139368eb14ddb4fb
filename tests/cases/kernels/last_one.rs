//! Fences: whoever comes last by a counter of the device sees what all others have written.
//@ launch 4 32
//@ in u32 128 wave
//@ inout u32 128 zero
//@ inout u32 1 zero
//@ out u32 3

use crate::device::{count_up, fence_block, fence_device, fence_system, global_x, input};

#[unsafe(no_mangle)]
pub extern "C" fn last_one(x: *const u32, cells: *mut u32, counter: *mut u32, out: *mut u32) {
    let (x, i) = (input(x, 128), global_x());
    unsafe { cells.add(i).write_volatile(x[i].rotate_left(5)) };
    fence_device();
    if unsafe { count_up(counter, 1) } != 127 {
        return;
    }
    fence_device();
    let sum = |step: usize| {
        let others = (0..128).step_by(step);
        others.fold(0u32, |sum, other| sum.wrapping_mul(31) ^ unsafe { cells.add(other).read_volatile() })
    };
    for (index, step) in [1, 3, 64].into_iter().enumerate() {
        unsafe { *out.add(index) = sum(step) };
        fence_block();
    }
    fence_system();
}
