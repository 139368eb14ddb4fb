//! On one thread, as one writes it for a CPU.

use super::{SCALAR, contestants};

/// Columns of what is two-dimensional: a square.
fn side(elements: usize) -> usize {
    elements.isqrt()
}

contestants! {
    serial_mul(out, a, _b: f64) {
        for (out, a) in out.iter_mut().zip(a) {
            *out = SCALAR * *a;
        }
    }

    serial_add(out, a, b: f64) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = *a + *b;
        }
    }

    serial_triad(out, a, b: f64) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = *a + SCALAR * *b;
        }
    }

    serial_axpy(out, a, _b: f32) {
        for (out, a) in out.iter_mut().zip(a) {
            *out += SCALAR as f32 * *a;
        }
    }

    serial_stencil(out, a, _b: f32) {
        let last = a.len() - 1;
        (out[0], out[last]) = (a[0], a[last]);
        for (out, a) in out[1..last].iter_mut().zip(a.windows(3)) {
            *out = 0.25 * a[0] + 0.5 * a[1] + 0.25 * a[2];
        }
    }

    serial_math(out, a, b: f32) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a.sin() * b.exp() + (a + 1.0).ln();
        }
    }

    serial_mandelbrot(out, _a, _b: u32) {
        let side = side(out.len());
        for (i, out) in out.iter_mut().enumerate() {
            let place = [i % side, i / side].map(|at| at as f32 / side as f32);
            let (cx, cy) = (2.5 * place[0] - 2.0, 2.5 * place[1] - 1.25);
            let (mut x, mut y, mut steps) = (0.0f32, 0.0f32, 0);
            while steps < 100 && x * x + y * y <= 4.0 {
                (x, y) = (x * x - y * y + cx, 2.0 * x * y + cy);
                steps += 1;
            }
            *out = steps;
        }
    }

    serial_nbody(out, a, _b: [f32; 4]) {
        for (out, body) in out.iter_mut().zip(a) {
            let mut pull = [0.0f32; 3];
            for other in a {
                let way = [0, 1, 2].map(|axis| other[axis] - body[axis]);
                let square = way[0] * way[0] + way[1] * way[1] + way[2] * way[2] + 1e-3;
                let strength = other[3] / (square * square.sqrt());
                for (pull, way) in pull.iter_mut().zip(way) {
                    *pull += strength * way;
                }
            }
            *out = [pull[0], pull[1], pull[2], body[3]];
        }
    }

    serial_convolution(out, a, b: f32) {
        let side = side(out.len());
        for y in 0..side {
            for x in 0..side {
                let inside = x >= 2 && y >= 2 && x + 2 < side && y + 2 < side;
                let mut sum = a[y * side + x];
                if inside {
                    sum = 0.0;
                    for row in 0..5 {
                        for column in 0..5 {
                            sum += b[row * 5 + column] * a[(y + row - 2) * side + x + column - 2];
                        }
                    }
                }
                out[y * side + x] = sum;
            }
        }
    }

    serial_horner(out, a, b: f32) {
        let coefficients = &b[..16];
        for (out, a) in out.iter_mut().zip(a) {
            *out = coefficients.iter().fold(0.0, |sum, coefficient| sum * *a + *coefficient);
        }
    }

    serial_solve(out, a, _b: [f32; 12]) {
        for (out, a) in out.iter_mut().zip(a) {
            let mut rows = *a;
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
        }
    }
}
