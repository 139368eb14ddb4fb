//! An array on the stack: copied, rotated, sorted, copied back.
//@ launch 1 16
//@ u64 12
//@ inout f32 768 wave

use crate::device::{global_x, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn local_array(n: usize, x: *mut f32) {
    let i = global_x();
    let Some(x) = own_range(x, 64 * n, 64 * i, 64) else { return };
    let mut local = [0f32; 64];
    local.copy_from_slice(x);
    local.rotate_left(i % 64);
    local[8..40].reverse();
    for end in (1..local.len()).rev() {
        for at in 0..end {
            if local[at] > local[at + 1] {
                local.swap(at, at + 1);
            }
        }
    }
    x.copy_from_slice(&local);
}
