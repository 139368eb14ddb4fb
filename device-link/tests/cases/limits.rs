//! Kernels that each do one thing that not every device can, behind a function or in the kernel itself.

use std::arch::x86_64::{_mm_loadu_ps, _mm_rsqrt_ps, _mm_storeu_ps};
use std::cell::Cell;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}
static mut COUNTER: u32 = 0;
static TABLE: [fn(u32) -> u32; 2] = [one, two];

unsafe extern "C" {
    fn nowhere(x: u32) -> u32;
    fn __outboard_dev_barrier();
    fn __outboard_dev_dynamic_shared() -> *mut u32;
}

mod inner {
    #[inline(never)]
    pub fn count() -> u32 {
        super::CALLS.with(|calls| calls.replace(calls.get() + 1))
    }

    #[inline(never)]
    pub fn cycles() -> u32 {
        let low: u32;
        unsafe { std::arch::asm!("rdtsc", out("eax") low, out("edx") _) };
        low
    }

    #[inline(never)]
    pub fn away(x: u32) -> u32 {
        unsafe { super::nowhere(x) }
    }

    #[inline(never)]
    pub fn wait() {
        unsafe { super::__outboard_dev_barrier() }
    }
}

fn one(x: u32) -> u32 {
    x + 1
}

fn two(x: u32) -> u32 {
    x * 2
}

#[unsafe(no_mangle)]
pub extern "C" fn assembly(x: &mut u32) {
    *x = inner::cycles();
}

#[unsafe(no_mangle)]
pub extern "C" fn barrier(x: &mut u32) {
    inner::wait();
    *x += 1;
}

#[unsafe(no_mangle)]
pub extern "C" fn intrinsic(x: &mut [f32; 4]) {
    unsafe { _mm_storeu_ps(x.as_mut_ptr(), _mm_rsqrt_ps(_mm_loadu_ps(x.as_ptr()))) };
}

#[unsafe(no_mangle)]
pub extern "C" fn local(x: &mut u32) {
    *x = inner::count();
}

#[unsafe(no_mangle)]
pub extern "C" fn mutable(x: &mut u32) {
    unsafe { COUNTER += 1 };
    *x = unsafe { COUNTER };
}

#[unsafe(no_mangle)]
pub extern "C" fn nothing(x: &u32) -> () {
    let _ = *x;
}

#[unsafe(no_mangle)]
pub extern "C" fn pointer(x: &mut u32, which: usize) {
    *x = TABLE[which & 1](*x);
}

#[unsafe(no_mangle)]
pub extern "C" fn returns(x: u32) -> u32 {
    x
}

#[unsafe(no_mangle)]
pub extern "C" fn shared(x: &mut u32) {
    *x = unsafe { *__outboard_dev_dynamic_shared() };
}

#[unsafe(no_mangle)]
pub extern "C" fn undefined(x: &mut u32) {
    *x = inner::away(*x);
}

#[unsafe(no_mangle)]
pub extern "C" fn wide(x: &mut i128) {
    *x = x.wrapping_mul(*x);
}
