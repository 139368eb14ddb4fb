//! What kernels call on a device, and how they get at their data.

use core::slice;

unsafe extern "C" {
    #[link_name = "__outboard_dev_global_id_x"]
    pub safe fn global_x() -> usize;
    #[link_name = "__outboard_dev_global_id_y"]
    pub safe fn global_y() -> usize;
    #[link_name = "__outboard_dev_global_id_z"]
    pub safe fn global_z() -> usize;
    #[link_name = "__outboard_dev_thread_id_x"]
    pub safe fn thread_x() -> u32;
    #[link_name = "__outboard_dev_thread_id_y"]
    pub safe fn thread_y() -> u32;
    #[link_name = "__outboard_dev_thread_id_z"]
    pub safe fn thread_z() -> u32;
    #[link_name = "__outboard_dev_block_id_x"]
    pub safe fn block_x() -> u32;
    #[link_name = "__outboard_dev_block_id_y"]
    pub safe fn block_y() -> u32;
    #[link_name = "__outboard_dev_block_size_x"]
    pub safe fn block_size_x() -> u32;
    #[link_name = "__outboard_dev_grid_size_x"]
    pub safe fn grid_size_x() -> u32;
    #[link_name = "__outboard_dev_barrier"]
    pub safe fn barrier();
    #[link_name = "__outboard_dev_lane_id"]
    pub safe fn lane() -> u32;
    #[link_name = "__outboard_dev_shuffle_32"]
    pub safe fn shuffle(value: u32, lane: u32) -> u32;
    #[link_name = "__outboard_dev_lane_count"]
    pub safe fn lanes() -> u32;
    #[link_name = "__outboard_dev_shuffle_64"]
    pub safe fn shuffle_64(value: u64, lane: u32) -> u64;
    #[link_name = "__outboard_dev_ballot"]
    pub safe fn ballot(condition: u32) -> u64;
    #[link_name = "__outboard_dev_fence_block"]
    pub safe fn fence_block();
    #[link_name = "__outboard_dev_fence_device"]
    pub safe fn fence_device();
    #[link_name = "__outboard_dev_fence_system"]
    pub safe fn fence_system();
    #[link_name = "__outboard_dev_atomic_add_32_device"]
    pub fn count_up(counter: *mut u32, by: u32) -> u32;
    #[link_name = "__outboard_dev_dynamic_shared"]
    pub safe fn dynamic_shared() -> *mut u8;
    fn __outboard_dev_static_shared(key: u64, size: u64, alignment: u64) -> *mut u8;
}

/// A buffer that nobody writes.
#[inline(always)]
pub fn input<'a, T>(pointer: *const T, len: usize) -> &'a [T] {
    unsafe { slice::from_raw_parts(pointer, len) }
}

/// The element of a buffer that belongs to this work item alone; `None` past the end.
#[inline(always)]
pub fn own<'a, T>(pointer: *mut T, len: usize, index: usize) -> Option<&'a mut T> {
    if index < len { Some(unsafe { &mut *pointer.add(index) }) } else { None }
}

/// The elements `at..at + count` of a buffer, which belong to this work item alone.
#[inline(always)]
pub fn own_range<'a, T>(pointer: *mut T, len: usize, at: usize, count: usize) -> Option<&'a mut [T]> {
    if at + count <= len { Some(unsafe { slice::from_raw_parts_mut(pointer.add(at), count) }) } else { None }
}

/// Memory that the threads of a block share. Calls with one `KEY` get the same.
#[inline(always)]
pub fn shared<T: Copy, const COUNT: usize, const KEY: u64>() -> *mut T {
    unsafe { __outboard_dev_static_shared(KEY, (size_of::<T>() * COUNT) as u64, align_of::<T>() as u64) }.cast()
}
