//! Mathematical functions of f32 that LLVM has intrinsics for.
//@ launch 2 32
//@ u64 60
//@ in f32 60 wave
//@ out f32 780
//@ close 3e-6

use crate::device::{global_x, input, own_range};

#[unsafe(no_mangle)]
pub extern "C" fn math_f32(n: usize, x: *const f32, out: *mut f32) {
    let x = input(x, n);
    let i = global_x();
    let Some(out) = own_range(out, 13 * n, 13 * i, 13) else { return };
    let (x, positive) = (x[i], x[i].abs() + 0.25);
    out[0] = x.sin();
    out[1] = x.cos();
    out[2] = x.exp();
    out[3] = positive.powf(x);
    out[4] = x.powi(i as i32 % 7);
    out[5] = positive.ln();
    out[6] = positive.log2();
    out[7] = x.exp2();
    out[8] = positive.sqrt();
    out[9] = x.mul_add(positive, 1.0);
    out[10] = (7.0 * x).floor() + (5.0 * x).round() + (3.0 * x).trunc() + (9.0 * x).ceil();
    out[11] = x.copysign(-1.0) + x.min(0.25) + x.max(-0.25) + x.clamp(-0.5, 0.5) + x.signum();
    out[12] = positive.log10();
}
