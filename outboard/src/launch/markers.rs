//! What device code asks where it runs and does what only blocks can; device-link puts the device's own answers in.
//! On the host, `host_markers` defines those that kernels call there too.

use super::item::{BlockPosition, Extent};

unsafe extern "C-unwind" {
    safe fn __outboard_dev_global_id_x() -> u64;
    safe fn __outboard_dev_global_id_y() -> u64;
    safe fn __outboard_dev_global_id_z() -> u64;
    safe fn __outboard_dev_thread_id_x() -> u32;
    safe fn __outboard_dev_thread_id_y() -> u32;
    safe fn __outboard_dev_thread_id_z() -> u32;
    safe fn __outboard_dev_block_id_x() -> u32;
    safe fn __outboard_dev_block_id_y() -> u32;
    safe fn __outboard_dev_block_id_z() -> u32;
    safe fn __outboard_dev_block_size_x() -> u32;
    safe fn __outboard_dev_block_size_y() -> u32;
    safe fn __outboard_dev_block_size_z() -> u32;
    safe fn __outboard_dev_grid_size_x() -> u32;
    safe fn __outboard_dev_grid_size_y() -> u32;
    safe fn __outboard_dev_grid_size_z() -> u32;
    #[link_name = "__outboard_dev_set_reports"]
    pub(crate) safe fn set_reports(buffer: *mut u8);
    #[link_name = "__outboard_dev_barrier"]
    pub(crate) safe fn barrier();
    #[link_name = "__outboard_dev_static_shared"]
    pub(crate) safe fn static_shared(key: u64, size: u64, alignment: u64) -> *mut u8;
    #[link_name = "__outboard_dev_dynamic_shared"]
    pub(crate) safe fn dynamic_shared() -> *mut u8;
}

/// The thread's position in an extent of `D`'s dimensions.
#[inline(always)]
pub(crate) fn global_position<D: Extent>() -> [usize; 3] {
    [
        __outboard_dev_global_id_x() as usize,
        if D::DIMENSIONS > 1 { __outboard_dev_global_id_y() as usize } else { 0 },
        if D::DIMENSIONS > 2 { __outboard_dev_global_id_z() as usize } else { 0 },
    ]
}

/// The thread's position in a grid of `D`'s dimensions.
#[inline(always)]
pub(crate) fn block_position<D: Extent>() -> BlockPosition {
    let (two, three) = (D::DIMENSIONS > 1, D::DIMENSIONS > 2);
    BlockPosition {
        thread: [
            __outboard_dev_thread_id_x(),
            if two { __outboard_dev_thread_id_y() } else { 0 },
            if three { __outboard_dev_thread_id_z() } else { 0 },
        ],
        block: [
            __outboard_dev_block_id_x(),
            if two { __outboard_dev_block_id_y() } else { 0 },
            if three { __outboard_dev_block_id_z() } else { 0 },
        ],
        block_size: [
            __outboard_dev_block_size_x(),
            if two { __outboard_dev_block_size_y() } else { 1 },
            if three { __outboard_dev_block_size_z() } else { 1 },
        ],
        grid_size: [
            __outboard_dev_grid_size_x(),
            if two { __outboard_dev_grid_size_y() } else { 1 },
            if three { __outboard_dev_grid_size_z() } else { 1 },
        ],
    }
}
