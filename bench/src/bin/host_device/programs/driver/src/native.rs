//! The cases: which kernel of ours runs against which function of the libraries that the driver is linked with.

use super::{Case, kernels};
use outboard::Error;

/// `n` elements each of what is written and of two inputs.
pub type Contestant<T> = unsafe extern "C" fn(out: *mut T, a: *const T, b: *const T, n: usize);

/// What libmvec, where device-link uses it, and another order of additions may change.
const ROUNDING: f64 = 1e-5;

macro_rules! cases {
    ($($case:ident $number:ty, $rounding:expr, [$($theirs:ident)*];)*) => {
        /// Runs the case of that name.
        pub fn run(name: &str, elements: usize) -> Result<(), Error> {
            match name {
                $(stringify!($case) => {
                    unsafe extern "C" {
                        $(fn $theirs(out: *mut $number, a: *const $number, b: *const $number, n: usize);)*
                    }
                    let theirs: &'static [(&str, Contestant<$number>)] = &[$((stringify!($theirs), $theirs)),*];
                    Case { ours: kernels::$case, theirs, rounding: $rounding }.run(elements)
                })*
                _ => panic!("no case `{name}`"),
            }
        }
    };
}

#[link(name = "native_contestants")]
#[link(name = "c_contestants")]
unsafe extern "C" {}

cases! {
    copy f64, 0.0, [openmp_copy rayon_copy];
    mul f64, 0.0, [openmp_mul rayon_mul serial_mul];
    add f64, 0.0, [openmp_add rayon_add serial_add];
    triad f64, 0.0, [openmp_triad rayon_triad serial_triad];
    dot f64, ROUNDING, [openmp_dot rayon_dot];
    axpy f32, 0.0, [serial_axpy];
    stencil f32, 0.0, [serial_stencil];
    math f32, ROUNDING, [serial_math];
    mandelbrot u32, 0.0, [serial_mandelbrot];
    nbody [f32; 4], 0.0, [serial_nbody];
    nbody_with_barriers [f32; 4], 0.0, [serial_nbody];
    matmul f32, 0.0, [fission_matmul];
    scan f32, 0.0, [fission_scan];
    reduce f32, 0.0, [fission_reduce];
    exchange f32, 0.0, [fission_exchange];
    convolution f32, 0.0, [serial_convolution];
    horner f32, 0.0, [serial_horner];
    solve [f32; 12], 0.0, [serial_solve];
    histogram u32, 0.0, [fission_histogram];
    transpose f32, 0.0, [fission_transpose];
}
