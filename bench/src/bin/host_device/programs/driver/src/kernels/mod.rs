//! Our kernels, as a user of the crate writes them.

mod blocks;
mod items;
mod streams;

pub use blocks::{exchange, histogram, matmul, nbody_with_barriers, reduce, scan, transpose};
pub use items::{axpy, convolution, horner, mandelbrot, math, nbody, solve, stencil};
pub use streams::{add, copy, dot, mul, triad};

/// What `mul`, `triad` and `axpy` multiply with.
const SCALAR: f64 = 0.4;
