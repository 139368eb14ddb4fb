//! Kernels whose items need not meet.

use super::SCALAR;
use crate::Arrays;
use outboard::Error;
use outboard::prelude::*;

pub fn axpy(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    device.over(x.elements).run((each(&mut x.out), &x.a), |it, (out, a)| {
        *out.of(it) += SCALAR as f32 * a[it.index()];
    })
}

pub fn stencil(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    device.over(x.elements).run((each(&mut x.out), &x.a), |it, (out, a)| {
        let i = it.index();
        let inside = i > 0 && i + 1 < a.len();
        *out.of(it) = if inside { 0.25 * a[i - 1] + 0.5 * a[i] + 0.25 * a[i + 1] } else { a[i] };
    })
}

pub fn math(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    device.over(x.elements).run((each(&mut x.out), &x.a, &x.b), |it, (out, a, b)| {
        let (a, b) = (a[it.index()], b[it.index()]);
        *out.of(it) = a.sin() * b.exp() + (a + 1.0).ln();
    })
}

pub fn mandelbrot(device: &Device, x: &mut Arrays<'_, u32>) -> Result<(), Error> {
    let side = x.elements.isqrt();
    device.over((side, side)).run(each(&mut x.out), |it, out| {
        let place = [it.x(), it.y()].map(|at| at as f32 / it.width() as f32);
        let (cx, cy) = (2.5 * place[0] - 2.0, 2.5 * place[1] - 1.25);
        let (mut x, mut y, mut steps) = (0.0f32, 0.0f32, 0);
        while steps < 100 && x * x + y * y <= 4.0 {
            (x, y) = (x * x - y * y + cx, 2.0 * x * y + cy);
            steps += 1;
        }
        *out.of(it) = steps;
    })
}

/// What another body adds to the pull.
#[inline(always)]
pub(super) fn add_pull(pull: &mut [f32; 3], body: [f32; 4], other: [f32; 4]) {
    let way = [0, 1, 2].map(|axis| other[axis] - body[axis]);
    let square = way[0] * way[0] + way[1] * way[1] + way[2] * way[2] + 1e-3;
    let strength = other[3] / (square * square.sqrt());
    for (pull, way) in pull.iter_mut().zip(way) {
        *pull += strength * way;
    }
}

pub fn nbody(device: &Device, x: &mut Arrays<'_, [f32; 4]>) -> Result<(), Error> {
    device.over(x.elements).run((each(&mut x.out), &x.a), |it, (out, bodies)| {
        let (body, mut pull) = (bodies[it.index()], [0.0; 3]);
        for other in bodies {
            add_pull(&mut pull, body, *other);
        }
        *out.of(it) = [pull[0], pull[1], pull[2], body[3]];
    })
}

/// 5 by 5.
pub fn convolution(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    let side = x.elements.isqrt();
    device.over((side, side)).run((each(&mut x.out), &x.a, &x.b), |it, (out, a, weights)| {
        let (x, y, width) = (it.x(), it.y(), it.width());
        let mut sum = a[it.index()];
        if x >= 2 && y >= 2 && x + 2 < width && y + 2 < it.height() {
            sum = 0.0;
            for row in 0..5 {
                for column in 0..5 {
                    sum += weights[row * 5 + column] * a[(y + row - 2) * width + x + column - 2];
                }
            }
        }
        *out.of(it) = sum;
    })
}

pub fn horner(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    device.over(x.elements).run((each(&mut x.out), &x.a, &x.b), |it, (out, a, coefficients)| {
        let a = a[it.index()];
        *out.of(it) = coefficients[..16].iter().fold(0.0, |sum, coefficient| sum * a + *coefficient);
    })
}

/// Systems of three equations: three rows of coefficients and right side.
pub fn solve(device: &Device, x: &mut Arrays<'_, [f32; 12]>) -> Result<(), Error> {
    device.over(x.elements).run((each(&mut x.out), &x.a), |it, (out, a)| {
        let (mut rows, out) = (a[it.index()], out.of(it));
        for pivot in 0..3 {
            let largest = (pivot + 1..3).fold(pivot, |largest, row| {
                if rows[row * 4 + pivot].abs() > rows[largest * 4 + pivot].abs() { row } else { largest }
            });
            if largest != pivot {
                for column in 0..4 {
                    rows.swap(pivot * 4 + column, largest * 4 + column);
                }
            }
            for row in 0..3 {
                if row != pivot {
                    let factor = rows[row * 4 + pivot] / rows[pivot * 4 + pivot];
                    for column in pivot..4 {
                        rows[row * 4 + column] -= factor * rows[pivot * 4 + column];
                    }
                }
            }
        }
        for row in 0..3 {
            out[row] = rows[row * 4 + 3] / rows[row * 4 + row];
        }
    })
}
