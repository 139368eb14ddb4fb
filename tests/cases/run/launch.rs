//! The launch contract for the Rust programs beside this file: flags, the launch functions, and how values
//! become slots.

#![allow(clashing_extern_declarations, dead_code, unused_imports, unused_macros, reason = "each program uses a part of it")]

pub type Kernel = unsafe extern "C" fn();

pub const ALLOC: u64 = 0;
pub const TO: u64 = 1;
pub const FROM: u64 = 2;
pub const TOFROM: u64 = 3;
pub const PRIVATE: u64 = 0x81;
pub const VALUE: u64 = 0x100;
pub const RESIDENT: u64 = 0x1000;

pub const NO_WAIT: u32 = 1;
pub const REQUIRED: u32 = 2;

/// Declares launch functions: `(flags, base, size)` for each argument.
macro_rules! launch_functions {
    ($abi:literal; $($name:ident($($f:ident $b:ident $s:ident)*);)*) => {
        unsafe extern $abi {
            $(pub fn $name(kernel: Kernel, device: i64, options: u32, gx: u32, gy: u32, gz: u32,
                bx: u32, by: u32, bz: u32, shared: u32 $(, $f: u64, $b: *mut u8, $s: u64)*) -> i32;)*
        }
    };
}
pub(crate) use launch_functions;

launch_functions! { "C";
    __outboard_launch_0();
    __outboard_launch_1(f0 b0 s0);
    __outboard_launch_2(f0 b0 s0 f1 b1 s1);
    __outboard_launch_3(f0 b0 s0 f1 b1 s1 f2 b2 s2);
    __outboard_launch_4(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3);
    __outboard_launch_6(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5);
    __outboard_launch_16(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8
        f9 b9 s9 f10 b10 s10 f11 b11 s11 f12 b12 s12 f13 b13 s13 f14 b14 s14 f15 b15 s15);
}

unsafe extern "C" {
    fn __tgt_target_data_begin_mapper(ident: *const u8, device: i64, count: i32, bases: *const *mut u8,
        pointers: *const *mut u8, sizes: *const u64, flags: *const u64, names: *const u8, mappers: *const u8);
    fn __tgt_target_data_end_mapper(ident: *const u8, device: i64, count: i32, bases: *const *mut u8,
        pointers: *const *mut u8, sizes: *const u64, flags: *const u64, names: *const u8, mappers: *const u8);
}

/// Maps memory until the matching [`data_end`].
pub fn data_begin<T>(device: i64, flags: u64, memory: &mut [T]) {
    let (base, size) = (memory.as_mut_ptr().cast::<u8>(), size_of_val(memory) as u64);
    let null = std::ptr::null;
    unsafe { __tgt_target_data_begin_mapper(null(), device, 1, &base, &base, &size, &flags, null(), null()) }
}

pub fn data_end<T>(device: i64, flags: u64, memory: &mut [T]) {
    let (base, size) = (memory.as_mut_ptr().cast::<u8>(), size_of_val(memory) as u64);
    let null = std::ptr::null;
    unsafe { __tgt_target_data_end_mapper(null(), device, 1, &base, &base, &size, &flags, null(), null()) }
}

/// What can be an argument: its bits, or its address, and its size.
pub trait Slot {
    fn base(self) -> *mut u8;
    fn size(&self) -> u64;
}

macro_rules! values {
    ($($type:ty, $value:ident => $bits:expr;)*) => {
        $(impl Slot for $type {
            fn base(self) -> *mut u8 {
                let $value = self;
                std::ptr::without_provenance_mut(($bits) as usize)
            }
            fn size(&self) -> u64 { size_of::<$type>() as u64 }
        })*
    };
}

values! {
    bool, v => v;
    i32, v => v as u32;
    i64, v => v;
    u64, v => v;
    f32, v => v.to_bits();
    f64, v => v.to_bits();
}

impl<T> Slot for &[T] {
    fn base(self) -> *mut u8 { self.as_ptr().cast_mut().cast() }
    fn size(&self) -> u64 { size_of_val(*self) as u64 }
}

impl<T> Slot for &mut [T] {
    fn base(self) -> *mut u8 { self.as_mut_ptr().cast() }
    fn size(&self) -> u64 { size_of_val::<[T]>(self) as u64 }
}

impl<T> Slot for *mut T {
    fn base(self) -> *mut u8 { self.cast() }
    fn size(&self) -> u64 { size_of::<T>() as u64 }
}

/// `launch!(__outboard_launch_2: add on device, options; VALUE 1_i64, TOFROM x)`: the launch's status.
///
/// Collapsed, so that errors and the runtime's reports name the place that uses it.
#[collapse_debuginfo(yes)]
macro_rules! launch {
    ($function:ident: $kernel:ident on $device:expr, $options:expr; $($flags:ident $value:expr),*) => {
        unsafe {
            $crate::launch::$function($kernel, $device, $options, 1, 1, 1, 1, 1, 1, 0
                $(, $crate::launch::$flags, $crate::launch::Slot::base($value), $crate::launch::Slot::size(&$value))*)
        }
    };
    ($function:ident: $kernel:ident; $($flags:ident $value:expr),*) => {
        launch!($function: $kernel on -1, 0; $($flags $value),*)
    };
}
pub(crate) use launch;
