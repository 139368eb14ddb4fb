//! One condition before and after a barrier: optimisers like to take the barrier along into both arms.
//@ launch 2 64
//@ u64 128
//@ in u32 128 wave
//@ out u32 128
//@ together

use crate::device::{barrier, global_x, input, own, shared, thread_x};

#[unsafe(no_mangle)]
pub extern "C" fn exchange(n: usize, x: *const u32, out: *mut u32) {
    let x = input(x, n);
    let cells = shared::<u32, 64, 0>();
    let (i, thread) = (global_x(), thread_x() as usize);
    let mut value = x[i];
    let odd = value & 1 == 1;
    if odd {
        value = value.wrapping_mul(3);
    } else {
        value /= 2;
    }
    unsafe { *cells.add(thread) = value };
    barrier();
    let other = unsafe { *cells.add(63 - thread) };
    let result = if odd { other ^ 0xffff } else { other.rotate_left(7) };
    if let Some(out) = own(out, n, i) {
        *out = result;
    }
}
