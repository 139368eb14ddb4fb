//! What the suite's kernels call on a device, for rustc's own nvptx64 target.

use core::arch::nvptx as ptx;
use core::slice;

macro_rules! position {
    ($($name:ident $intrinsic:ident)*) => {
        $(pub fn $name() -> u32 {
            unsafe { ptx::$intrinsic() as u32 }
        })*
    };
}
position! {
    thread_x _thread_idx_x thread_y _thread_idx_y thread_z _thread_idx_z
    block_x _block_idx_x block_y _block_idx_y block_z _block_idx_z
    block_size_x _block_dim_x block_size_y _block_dim_y block_size_z _block_dim_z
    grid_size_x _grid_dim_x
}

pub fn global_x() -> usize {
    block_x() as usize * block_size_x() as usize + thread_x() as usize
}
pub fn global_y() -> usize {
    block_y() as usize * block_size_y() as usize + thread_y() as usize
}
pub fn global_z() -> usize {
    block_z() as usize * block_size_z() as usize + thread_z() as usize
}

#[inline(always)]
pub fn input<'a, T>(pointer: *const T, len: usize) -> &'a [T] {
    unsafe { slice::from_raw_parts(pointer, len) }
}

#[inline(always)]
pub fn own<'a, T>(pointer: *mut T, len: usize, index: usize) -> Option<&'a mut T> {
    if index < len { Some(unsafe { &mut *pointer.add(index) }) } else { None }
}

#[inline(always)]
pub fn own_range<'a, T>(pointer: *mut T, len: usize, at: usize, count: usize) -> Option<&'a mut [T]> {
    if at + count <= len { Some(unsafe { slice::from_raw_parts_mut(pointer.add(at), count) }) } else { None }
}
