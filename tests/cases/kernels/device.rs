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
    #[link_name = "__outboard_dev_block_id_x"]
    pub safe fn block_x() -> u32;
    #[link_name = "__outboard_dev_block_id_y"]
    pub safe fn block_y() -> u32;
    #[link_name = "__outboard_dev_block_size_x"]
    pub safe fn block_size_x() -> u32;
    #[link_name = "__outboard_dev_grid_size_x"]
    pub safe fn grid_size_x() -> u32;
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
