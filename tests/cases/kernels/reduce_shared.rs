//! The sum of each block by a tree in shared memory, with a barrier a level.
//@ launch 4 64
//@ u64 250
//@ in u32 250 wave
//@ out u32 4
//@ together

use crate::device::{barrier, block_x, global_x, input, own, shared, thread_x};

#[unsafe(no_mangle)]
pub extern "C" fn reduce_shared(n: usize, x: *const u32, out: *mut u32) {
    let x = input(x, n);
    let cells = shared::<u32, 64, 0>();
    let thread = thread_x() as usize;
    unsafe { *cells.add(thread) = x.get(global_x()).copied().unwrap_or(0) };
    barrier();
    let mut stride = 32;
    while stride > 0 {
        if thread < stride {
            unsafe { *cells.add(thread) = (*cells.add(thread)).wrapping_add(*cells.add(thread + stride)) };
        }
        barrier();
        stride /= 2;
    }
    if thread == 0 {
        if let Some(out) = own(out, 4, block_x() as usize) {
            *out = unsafe { *cells };
        }
    }
}
