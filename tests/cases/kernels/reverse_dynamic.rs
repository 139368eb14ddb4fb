//! Shared memory of a size that the launch gives: each block turns its part around.
//@ launch 3 48
//@ shared 384
//@ u64 144
//@ in u64 144 wave
//@ out u64 144
//@ together
//@ refused spirv64: `__outboard_dev_dynamic_shared`, which spirv64 has nothing for

use crate::device::{barrier, block_size_x, dynamic_shared, global_x, input, own, thread_x};

#[unsafe(no_mangle)]
pub extern "C" fn reverse_dynamic(n: usize, x: *const u64, out: *mut u64) {
    let x = input(x, n);
    let cells = dynamic_shared().cast::<u64>();
    let (i, thread) = (global_x(), thread_x() as usize);
    unsafe { *cells.add(thread) = x[i].rotate_left(thread_x()) };
    barrier();
    if let Some(out) = own(out, n, i) {
        *out = unsafe { *cells.add(block_size_x() as usize - 1 - thread) };
    }
}
