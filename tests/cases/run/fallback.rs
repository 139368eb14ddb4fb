//! What runs without a device: the launch functions, and the kernels' host bodies.

#![allow(dead_code, unused_imports, reason = "each program uses a part of it")]

use crate::launch::Kernel;

/// Defines launch functions that call the kernel with the bases of its arguments.
macro_rules! fallbacks {
    ($($name:ident($($f:ident $b:ident $s:ident)*);)*) => {
        $(#[unsafe(no_mangle)]
        #[inline(never)]
        pub extern "C" fn $name(kernel: Kernel, _device: i64, _options: u32, _gx: u32, _gy: u32, _gz: u32,
            _bx: u32, _by: u32, _bz: u32, _shared: u32 $(, $f: u64, $b: *mut u8, $s: u64)*) -> i32 {
            $(let _ = ($f, $s, stringify!($b));)*
            let kernel: extern "C" fn($(fallbacks!(@pointer $b)),*) = unsafe { std::mem::transmute(kernel) };
            kernel($($b),*);
            1
        })*
    };
    (@pointer $b:ident) => { *mut u8 };
}

fallbacks! {
    __outboard_launch_0();
    __outboard_launch_1(f0 b0 s0);
    __outboard_launch_2(f0 b0 s0 f1 b1 s1);
    __outboard_launch_3(f0 b0 s0 f1 b1 s1 f2 b2 s2);
    __outboard_launch_4(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3);
    __outboard_launch_6(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5);
    __outboard_launch_16(f0 b0 s0 f1 b1 s1 f2 b2 s2 f3 b3 s3 f4 b4 s4 f5 b5 s5 f6 b6 s6 f7 b7 s7 f8 b8 s8
        f9 b9 s9 f10 b10 s10 f11 b11 s11 f12 b12 s12 f13 b13 s13 f14 b14 s14 f15 b15 s15);
}

/// The kernels of kernels.c, for the host. Every argument is one 8-byte slot here too.
mod kernels {
    use std::slice::{from_raw_parts, from_raw_parts_mut};
    use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

    #[unsafe(no_mangle)]
    unsafe extern "C" fn axpy(n: u64, a: u64, x: *const f64, y: *mut f64) {
        let (x, y) = unsafe { (from_raw_parts(x, n as usize), from_raw_parts_mut(y, n as usize)) };
        for (y, x) in y.iter_mut().zip(x) {
            *y += f64::from_bits(a) * x;
        }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn fill(n: u64, value: u64, x: *mut f64) {
        unsafe { from_raw_parts_mut(x, n as usize) }.fill(f64::from_bits(value));
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn add_one(x: *mut i64) {
        unsafe { *x += 1 }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn add(value: u64, x: *mut i64) {
        unsafe { *x += value as i64 }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn literals(small: u64, large: u64, single: u64, wide: u64, yes: u64, out: *mut f64) {
        let values = [
            f64::from(small as i32),
            large as i64 as f64,
            f64::from(f32::from_bits(single as u32)),
            f64::from_bits(wide),
            f64::from(yes as u8),
            (small >> 32) as f64,
        ];
        unsafe { from_raw_parts_mut(out, values.len()) }.copy_from_slice(&values);
    }

    #[repr(C)]
    pub struct Point([f64; 3], i32);

    #[unsafe(no_mangle)]
    unsafe extern "C" fn from_struct(p: *const Point, out: *mut f64) {
        unsafe { *out = (*p).0.iter().sum::<f64>() * f64::from((*p).1) }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn square_into(n: u64, x: *const f64, scratch: *mut f64) {
        let (x, scratch) = unsafe { (from_raw_parts(x, n as usize), from_raw_parts_mut(scratch, n as usize)) };
        for (scratch, x) in scratch.iter_mut().zip(x) {
            *scratch = x * x;
        }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn sum_of(n: u64, scratch: *const f64, sum: *mut f64) {
        unsafe { *sum = from_raw_parts(scratch, n as usize).iter().sum() }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn sixteen(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, i: u64, j: u64,
        k: u64, l: u64, m: u64, n: u64, o: *const u64, out: *mut u64) {
        let values = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, unsafe { *o }];
        unsafe { *out = values.iter().fold(0, |sum, value| sum * 3 + value) }
    }

    static BUMPS: AtomicI64 = AtomicI64::new(0);

    #[unsafe(no_mangle)]
    extern "C" fn bump() {
        BUMPS.fetch_add(1, Relaxed);
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn read_bumps(out: *mut i64) {
        unsafe { *out = BUMPS.load(Relaxed) }
    }
}
