//! The five kernels of BabelStream, by iterators.

use super::SCALAR;
use crate::Arrays;
use outboard::Error;
use outboard::prelude::*;

pub fn copy(_: &Device, x: &mut Arrays<'_, f64>) -> Result<(), Error> {
    x.out.offload_mut().zip(&x.a).for_each(|(out, a)| *out = *a)
}

pub fn mul(_: &Device, x: &mut Arrays<'_, f64>) -> Result<(), Error> {
    x.out.offload_mut().zip(&x.a).for_each(|(out, a)| *out = SCALAR * *a)
}

pub fn add(_: &Device, x: &mut Arrays<'_, f64>) -> Result<(), Error> {
    x.out.offload_mut().zip(&x.a).zip(&x.b).for_each(|((out, a), b)| *out = *a + *b)
}

pub fn triad(_: &Device, x: &mut Arrays<'_, f64>) -> Result<(), Error> {
    x.out.offload_mut().zip(&x.a).zip(&x.b).for_each(|((out, a), b)| *out = *a + SCALAR * *b)
}

pub fn dot(_: &Device, x: &mut Arrays<'_, f64>) -> Result<(), Error> {
    x.written()[0] = x.a.offload().zip(&x.b).map(|(a, b)| *a * *b).sum()?;
    Ok(())
}
