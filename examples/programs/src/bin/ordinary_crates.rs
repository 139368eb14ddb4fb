//! Kernels that use crates which know nothing of devices: complex numbers of `num-complex`, vectors and rotations of
//! `glam`, small numbers of `half`. Their types are plain data with the crate outboard's features of these names.
//!
//! `ordinary_crates [COUNT]`

use glam::{EulerRot, Mat3, Vec3};
use half::f16;
use num_complex::Complex;
use outboard::Error;
use outboard::prelude::*;
use outboard_examples::{argument, fingerprint};

/// The value of a polynomial and of its derivative.
fn polynomial(z: Complex<f64>) -> (Complex<f64>, Complex<f64>) {
    (z * z * z - 1.0, 3.0 * z * z)
}

/// Which root of `z^3 = 1` Newton's method finds from points of a circle: complex numbers.
fn roots(device: &Device, count: usize) -> Result<Vec<Complex<f64>>, Error> {
    let from = move |i: usize| Complex::new(1.0, i as f64 / count as f64 * 4.0 - 2.0);
    let roots = (0..count).offload().on(device).map(move |i| {
        let mut z = from(i);
        for _ in 0..40 {
            let (value, slope) = polynomial(z);
            z -= value / slope;
        }
        z
    });
    roots.collect_vec()
}

/// Points turned around an axis and drawn to a sphere: vectors, and a matrix that the closure has captured.
fn turned(device: &Device, points: &[Vec3]) -> Result<Vec<Vec3>, Error> {
    let turn = Mat3::from_euler(EulerRot::XYZ, 0.1, 0.2, 0.3);
    points.offload().on(device).map(move |point| (turn * point).normalize()).collect_vec()
}

/// How far points are from the middle, in 16 bits each.
fn lengths(device: &Device, points: &[Vec3]) -> Result<Vec<f16>, Error> {
    points.offload().on(device).map(|point| f16::from_f32(point.length())).collect_vec()
}

fn main() -> anyhow::Result<()> {
    let count = argument(1, 1_000_000)?;
    let device = Device::default();
    let roots = roots(&device, count)?;
    let first = roots.iter().filter(|root| (*root - 1.0).norm() < 1e-9).count();
    let bits = roots.iter().flat_map(|root| [root.re.to_bits(), root.im.to_bits()]);
    println!("{first} of {count} find 1: {}", fingerprint(bits));

    let points: Vec<_> = (0..count).map(|i| Vec3::new(1.0, i as f32, (i % 10) as f32)).collect();
    let turned = turned(&device, &points)?;
    let bits = turned.iter().flat_map(|point| point.to_array().map(f32::to_bits));
    println!("{count} points turned: {}", fingerprint(bits));
    let lengths = lengths(&device, &points)?;
    println!("{count} lengths: {}", fingerprint(lengths.iter().map(|length| length.to_bits())));
    println!("{}", device.stats());
    Ok(())
}
