//! A kernel of stock rustc's, with a bounds check.
#![no_std]

unsafe extern "C" {
    fn __outboard_dev_global_id_x() -> u64;
}

/// `y += a * x`.
#[unsafe(no_mangle)]
pub extern "C" fn axpy(n: u64, a: f32, x: *const f32, y: *mut f32) {
    let i = unsafe { __outboard_dev_global_id_x() } as usize;
    let x = unsafe { core::slice::from_raw_parts(x, n as usize) };
    let y = unsafe { core::slice::from_raw_parts_mut(y, n as usize) };
    y[i] += a * x[i];
}
