//! Operators of a type of the crate's own.
//@ launch 2 32
//@ u64 64
//@ inout f64 128 wave
//@ close 1e-12

use crate::device::{global_x, own};
use core::ops::{Add, Div, Mul};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Complex {
    re: f64,
    im: f64,
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

impl Div<f64> for Complex {
    type Output = Self;
    fn div(self, by: f64) -> Self {
        Self { re: self.re / by, im: self.im / by }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn complex(n: usize, z: *mut Complex) {
    if let Some(z) = own(z, n, global_x()) {
        let mut power = *z;
        let mut sum = Complex { re: 1.0, im: 0.0 };
        for k in 1..9 {
            sum = sum + power;
            power = power * *z / f64::from(k + 1);
        }
        *z = sum;
    }
}
