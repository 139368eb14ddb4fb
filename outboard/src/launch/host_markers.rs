//! The markers' host definitions, for kernels that run on the CPU; device-link leaves them out of images. Positions
//! are no matter of theirs: the fallback makes its items itself.

use super::block_team;

macro_rules! positions {
    ($($name:ident $type:ty, $nowhere:literal;)*) => {
        $(
            // SAFETY: the name is the marker's, and so is the type.
            #[unsafe(no_mangle)]
            extern "C-unwind" fn $name() -> $type {
                $nowhere
            }
        )*
    };
}

positions! {
    __outboard_dev_global_id_x u64, 0;
    __outboard_dev_global_id_y u64, 0;
    __outboard_dev_global_id_z u64, 0;
    __outboard_dev_thread_id_x u32, 0;
    __outboard_dev_thread_id_y u32, 0;
    __outboard_dev_thread_id_z u32, 0;
    __outboard_dev_block_id_x u32, 0;
    __outboard_dev_block_id_y u32, 0;
    __outboard_dev_block_id_z u32, 0;
    __outboard_dev_block_size_x u32, 1;
    __outboard_dev_block_size_y u32, 1;
    __outboard_dev_block_size_z u32, 1;
    __outboard_dev_grid_size_x u32, 1;
    __outboard_dev_grid_size_y u32, 1;
    __outboard_dev_grid_size_z u32, 1;
}

// SAFETY: the name is the marker's, and so is the type.
#[unsafe(no_mangle)]
extern "C-unwind" fn __outboard_dev_barrier() {
    block_team::wait();
}

// SAFETY: the name is the marker's, and so is the type.
#[unsafe(no_mangle)]
extern "C-unwind" fn __outboard_dev_static_shared(key: u64, size: u64, _alignment: u64) -> *mut u8 {
    block_team::shared_memory(key, size)
}

// SAFETY: the name is the marker's, and so is the type.
#[unsafe(no_mangle)]
extern "C-unwind" fn __outboard_dev_dynamic_shared() -> *mut u8 {
    block_team::dynamic_memory()
}

// SAFETY: the name is the marker's, and so is the type.
#[unsafe(no_mangle)]
extern "C-unwind" fn __outboard_dev_set_reports(_buffer: *mut u8) {}
