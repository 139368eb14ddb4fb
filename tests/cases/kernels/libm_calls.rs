//! Mathematical functions that are calls of libm, and `%` of floats.
//@ launch 2 32
//@ u64 60
//@ in f64 60 wave
//@ in f32 60 wave
//@ out f64 660
//@ out f32 660
//@ close 3e-6
//@ libm

use crate::device::{global_x, input, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn libm_calls(n: usize, x: *const f64, y: *const f32, a: *mut f64, b: *mut f32) {
    let (x, y) = (input(x, n), input(y, n));
    let i = global_x();
    let (Some(a), Some(b)) = (own_range(a, 11 * n, 11 * i, 11), own_range(b, 11 * n, 11 * i, 11)) else {
        return;
    };
    let (x, y) = (x[i], y[i]);
    let all = [x.tan(), x.atan(), x.atan2(0.5), x.sinh(), x.cosh(), x.tanh(), x.cbrt()];
    a[..7].copy_from_slice(&all);
    a[7..].copy_from_slice(&[
        x.hypot(2.0),
        x.asin() + x.acos(),
        x.exp_m1() + x.abs().ln_1p(),
        (9.0 * x) % 0.7,
    ]);
    let all = [y.tan(), y.atan(), y.atan2(0.5), y.sinh(), y.cosh(), y.tanh(), y.cbrt()];
    b[..7].copy_from_slice(&all);
    b[7..].copy_from_slice(&[
        y.hypot(2.0),
        y.asin() + y.acos(),
        y.exp_m1() + y.abs().ln_1p(),
        (8.0 * y) % 0.75,
    ]);
}
