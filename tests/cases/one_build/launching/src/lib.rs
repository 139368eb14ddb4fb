//! What a crate for users has: launches of the contract, their definitions for programs without images, and a
//! fallback on the CPU.

use std::ffi::c_void;

/// Map flags of the contract.
const TOFROM: u64 = 3;
const TO: u64 = 1;
const LITERAL: u64 = 0x100;
/// Options of the contract: no fallback inside.
const REQUIRED: i32 = 2;
const NO_DEVICE: i32 = 2;

type Kernel3 = unsafe extern "C-unwind" fn(*mut u8, usize, *const u8);

unsafe extern "C-unwind" {
    #[link_name = "__outboard_launch_3"]
    fn launch_3(
        kernel: Kernel3, device: i64, options: i32, grid_x: i32, grid_y: i32, grid_z: i32, block_x: i32, block_y: i32,
        block_z: i32, shared: i32, map0: u64, base0: *const c_void, size0: u64, map1: u64, base1: *const c_void,
        size1: u64, map2: u64, base2: *const c_void, size2: u64,
    ) -> i32;
    #[link_name = "__outboard_runtime_function"]
    fn runtime_function(name: *const u8) -> *const c_void;
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __outboard_launch_3(
    _: Kernel3, _: i64, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: u64, _: *const c_void,
    _: u64, _: u64, _: *const c_void, _: u64, _: u64, _: *const c_void, _: u64,
) -> i32 {
    NO_DEVICE
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __outboard_runtime_function(_: *const u8) -> *const c_void {
    std::ptr::null()
}

/// Where something ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    Device,
    Host,
}

/// Whether the runtime has been opened, or can be.
pub fn has_runtime() -> bool {
    // SAFETY: a terminated name.
    unsafe { !runtime_function(c"omp_get_num_devices".as_ptr().cast()).is_null() }
}

/// Calls `body` with every element of `data`, on a device if there is one.
pub fn for_each<T: Copy, F: Fn(&mut T) + Copy>(data: &mut [T], body: F) -> Ran {
    let (pointer, length) = (data.as_mut_ptr(), data.len());
    // A mapping of no bytes is an error; a closure without captures is as good as one of a byte.
    let environment: (F, u8) = (body, 0);
    // SAFETY: the kernel gets what it is written for.
    let status = unsafe {
        launch_3(
            each::<T, F>, -1, REQUIRED, 1, 1, 1, 1, 1, 1, 0, TOFROM, pointer.cast(), size_of_val(data) as u64, LITERAL,
            std::ptr::without_provenance(length), 8, TO, (&raw const environment).cast(), size_of::<(F, u8)>() as u64,
        )
    };
    if status == 0 {
        return Ran::Device;
    }
    data.iter_mut().for_each(body);
    Ran::Host
}

/// The kernel: one work item does it all.
unsafe extern "C-unwind" fn each<T: Copy, F: Fn(&mut T) + Copy>(data: *mut u8, length: usize, environment: *const u8) {
    // SAFETY: by the launch.
    unsafe {
        let data = std::slice::from_raw_parts_mut(data.cast::<T>(), length);
        let (body, _) = &*environment.cast::<(F, u8)>();
        data.iter_mut().for_each(body);
    }
}
