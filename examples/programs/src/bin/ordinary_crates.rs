//! Kernels that use crates which know nothing of devices: complex numbers of `num-complex`, vectors and rotations of
//! `glam`. Their types are not this program's, so that elements are arrays, and become vectors in the kernel.
//!
//! `ordinary_crates [COUNT]`

use glam::{EulerRot, Mat3, Vec3};
use num_complex::Complex;
use outboard::Error;
use outboard::prelude::*;
use outboard_examples::{argument, fingerprint};

/// The value of a polynomial and of its derivative.
fn polynomial(z: Complex<f64>) -> (Complex<f64>, Complex<f64>) {
    (z * z * z - 1.0, 3.0 * z * z)
}

/// Which root of `z^3 = 1` Newton's method finds from points of a circle: complex numbers.
fn roots(device: &Device, count: usize) -> Result<Vec<[f64; 2]>, Error> {
    let from = move |i: usize| Complex::new(1.0, i as f64 / count as f64 * 4.0 - 2.0);
    let roots = (0..count).offload().on(device).map(move |i| {
        let mut z = from(i);
        for _ in 0..40 {
            let (value, slope) = polynomial(z);
            z -= value / slope;
        }
        [z.re, z.im]
    });
    roots.collect_vec()
}

/// Points turned around an axis and drawn to a sphere: vectors, and a matrix that the closure has captured.
fn turned(device: &Device, points: &[[f32; 3]]) -> Result<Vec<[f32; 3]>, Error> {
    let turn = Mat3::from_euler(EulerRot::XYZ, 0.1, 0.2, 0.3);
    points
        .offload()
        .on(device)
        .map(move |point| (turn * Vec3::from_array(*point)).normalize().to_array())
        .collect_vec()
}

fn main() -> anyhow::Result<()> {
    let count = argument(1, 1_000_000)?;
    let device = Device::default();
    let roots = roots(&device, count)?;
    let first = roots.iter().filter(|[re, _]| (re - 1.0).abs() < 1e-9).count();
    println!("{first} of {count} find 1: {}", fingerprint(roots.as_flattened().iter().map(|x| x.to_bits())));

    let points: Vec<[f32; 3]> = (0..count).map(|i| [1.0, i as f32, (i % 10) as f32]).collect();
    let turned = turned(&device, &points)?;
    println!("{count} points turned: {}", fingerprint(turned.as_flattened().iter().map(|x| x.to_bits())));
    println!("{}", device.stats());
    Ok(())
}
