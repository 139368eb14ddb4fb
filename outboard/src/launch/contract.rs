//! The launch functions of the contract (docs/launch-contract.md), declared; and what they are where no plugin
//! rewrites their calls: no device takes a launch.

use std::ffi::c_void;
use std::mem::MaybeUninit;

/// What the slot of an argument carries: an address, or a value's bits, some of which may be padding.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Base(pub(crate) MaybeUninit<*mut u8>);

/// The one option that the crate sets: the fallback is its own.
pub(crate) const REQUIRED: i32 = abi::LaunchOptions::REQUIRED.bits() as i32;

/// Status of a launch that no device took.
const NO_DEVICE: i32 = abi::launch::status::NO_DEVICE as i32;

unsafe extern "C-unwind" {
    /// The runtime's function of that name, terminated, if what this is compiled into has images.
    #[link_name = "__outboard_runtime_function"]
    pub(crate) fn runtime_function(name: *const u8) -> *const c_void;
}

// SAFETY: the name is the contract's, and so is the type.
#[unsafe(no_mangle)]
extern "C-unwind" fn __outboard_runtime_function(_name: *const u8) -> *const c_void {
    std::ptr::null()
}

macro_rules! launch_functions {
    ($($name:ident($($flags:ident $base:ident $size:ident)*);)*) => {
        unsafe extern "C-unwind" {
            $(pub(crate) fn $name(
                kernel: *const (), device: i64, options: i32,
                grid_x: i32, grid_y: i32, grid_z: i32, block_x: i32, block_y: i32, block_z: i32, shared_bytes: i32
                $(, $flags: i64, $base: Base, $size: i64)*
            ) -> i32;)*
        }

        /// The definitions that are called without the plugin.
        mod absent {
            use super::{Base, NO_DEVICE};

            $(
                // SAFETY: the name is the contract's, and so is the type.
                #[unsafe(no_mangle)]
                extern "C-unwind" fn $name(
                    _kernel: *const (), _device: i64, _options: i32,
                    _grid_x: i32, _grid_y: i32, _grid_z: i32, _block_x: i32, _block_y: i32, _block_z: i32,
                    _shared_bytes: i32 $(, $flags: i64, $base: Base, $size: i64)*
                ) -> i32 {
                    $(let _ = ($flags, $base, $size);)*
                    NO_DEVICE
                }
            )*
        }
    };
}

#[rustfmt::skip]
launch_functions! {
    __outboard_launch_0();
    __outboard_launch_1(f0 b0 s0);
    __outboard_launch_2(f0 b0 s0 f1 b1 s1);
    __outboard_launch_3(f0 b0 s0 f1 b1 s1 f2 b2 s2);
    __outboard_launch_4(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3);
    __outboard_launch_5(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4);
    __outboard_launch_6(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5);
    __outboard_launch_7(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6);
    __outboard_launch_8(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7);
    __outboard_launch_9(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8);
    __outboard_launch_10(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8 f9 b9 s9);
    __outboard_launch_11(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8 f9 b9 s9 f10 b10 s10);
    __outboard_launch_12(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8 f9 b9 s9 f10 b10 s10 f11 b11 s11);
    __outboard_launch_13(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8 f9 b9 s9 f10 b10 s10 f11 b11 s11 f12 b12 s12);
    __outboard_launch_14(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8 f9 b9 s9 f10 b10 s10 f11 b11 s11 f12 b12 s12 f13 b13 s13);
    __outboard_launch_15(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8 f9 b9 s9 f10 b10 s10 f11 b11 s11 f12 b12 s12 f13 b13 s13 f14 b14 s14);
    __outboard_launch_16(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8 f9 b9 s9 f10 b10 s10 f11 b11 s11 f12 b12 s12 f13 b13 s13 f14 b14 s14 f15 b15 s15);
}
