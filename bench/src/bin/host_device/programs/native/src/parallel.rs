//! With rayon.

use super::{SCALAR, contestants};
use rayon::prelude::*;

contestants! {
    rayon_copy(out, a, _b: f64) {
        out.par_iter_mut().zip(a).for_each(|(out, a)| *out = *a);
    }
    rayon_mul(out, a, _b: f64) {
        out.par_iter_mut().zip(a).for_each(|(out, a)| *out = SCALAR * *a);
    }
    rayon_add(out, a, b: f64) {
        out.par_iter_mut().zip(a).zip(b).for_each(|((out, a), b)| *out = *a + *b);
    }
    rayon_triad(out, a, b: f64) {
        out.par_iter_mut().zip(a).zip(b).for_each(|((out, a), b)| *out = *a + SCALAR * *b);
    }
    rayon_dot(out, a, b: f64) {
        out[0] = a.par_iter().zip(b).map(|(a, b)| *a * *b).sum();
    }
}
