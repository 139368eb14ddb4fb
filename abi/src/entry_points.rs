//! The runtime functions that emitted host code calls, one row each.
//!
//! [`for_each_entry_point!`] hands the table to a consumer macro; host-codegen makes a typed method
//! of every row. The grammar of a row is
//! `fn method = "symbol"(parameter: i32|i64|ptr, ...) [-> i32|i64];`
//!
//! Source: the exports of libomptarget.so.22.1, declared in offload/include/omptarget.h (LLVM 22.1),
//! and of the C library.

use std::ffi::CStr;

/// Calls `$consumer!` once with the table of all runtime functions.
#[macro_export]
macro_rules! for_each_entry_point {
    ($consumer:ident) => {
        $consumer! {
            /// Announces images and entries to the runtime; the image is loaded at its first launch.
            fn register_lib = "__tgt_register_lib"(bin_desc: ptr);
            /// Takes a registration back. The last one destroys the runtime.
            fn unregister_lib = "__tgt_unregister_lib"(bin_desc: ptr);
            /// Maps the arguments, launches, copies back. 0 means that it ran on a device, anything
            /// else that offloading is disabled; every other failure ends the process.
            fn target_kernel = "__tgt_target_kernel"(
                ident: ptr, device: i64, teams: i32, threads: i32, region_id: ptr, kernel_args: ptr
            ) -> i32;
            /// C's `atexit`, for the unregister function.
            fn at_exit = "atexit"(function: ptr) -> i32;
            /// POSIX's `write`, for the last words of a program.
            fn write = "write"(file: i32, bytes: ptr, size: i64) -> i64;
            /// C's `abort`.
            fn abort = "abort"();
        }
    };
}

/// Starts every device of every plugin, image or not. rustc's built-in offload calls it; with it, a
/// program whose image fits no device is ended instead of told to run its fallback.
pub const INIT_ALL_RTLS: &str = "__tgt_init_all_rtls";
/// The launch function, by name: for finding launches that other front ends emitted.
pub const TARGET_KERNEL: &str = "__tgt_target_kernel";
/// The registration function, by name.
pub const REGISTER_LIB: &str = "__tgt_register_lib";
/// What takes a registration back, by name.
pub const UNREGISTER_LIB: &str = "__tgt_unregister_lib";

/// Starts mappings. Not in the table: the crate outboard asks for it by name.
pub const DATA_BEGIN: &CStr = c"__tgt_target_data_begin_mapper";
/// Ends mappings. As [`DATA_BEGIN`].
pub const DATA_END: &CStr = c"__tgt_target_data_end_mapper";
/// Copies mapped memory. As [`DATA_BEGIN`].
pub const DATA_UPDATE: &CStr = c"__tgt_target_data_update_mapper";
/// Memory of the host that a device can reach. As [`DATA_BEGIN`].
pub const ALLOC_HOST: &CStr = c"llvm_omp_target_alloc_host";
/// OpenMP's number of devices, the host left out. As [`DATA_BEGIN`].
pub const NUM_DEVICES: &CStr = c"omp_get_num_devices";
/// OpenMP's default device. As [`DATA_BEGIN`].
pub const DEFAULT_DEVICE: &CStr = c"omp_get_default_device";
/// Whether memory of the host is mapped on a device. As [`DATA_BEGIN`].
pub const IS_PRESENT: &CStr = c"omp_target_is_present";
