//! A system of linear equations by the method of conjugate gradients. Shows code that is generic over the number,
//! with a sparse matrix that stays on the device, as a library would have it.
//!
//! `conjugate_gradient [SIZE]`: a square of so many points a side

use outboard::prelude::*;
use outboard::{Error, MappedMut, Number};
use outboard_examples::{argument, fingerprint};
use std::ops::{Div, Mul, Sub};

/// What the method needs of a number.
trait Real: Number + PartialOrd + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> {}

impl Real for f32 {}
impl Real for f64 {}

/// A matrix in compressed rows: row `i` has the elements `starts[i]..starts[i + 1]`.
struct Sparse<T> {
    starts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<T>,
}

impl<T: Real> Sparse<T> {
    fn size(&self) -> usize {
        self.starts.len() - 1
    }

    /// Poisson's equation on a square: 4 for a point, -1 for each neighbour. `one` is 1.
    fn poisson(side: usize, one: T) -> Self {
        let mut matrix = Self { starts: vec![0], columns: Vec::new(), values: Vec::new() };
        let zero = T::default();
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let i = y * side + x;
            let row = [
                (y > 0, i.wrapping_sub(side), zero - one),
                (x > 0, i.wrapping_sub(1), zero - one),
                (true, i, one + one + one + one),
                (x + 1 < side, i + 1, zero - one),
                (y + 1 < side, i + side, zero - one),
            ];
            for (_, column, value) in row.into_iter().filter(|(is_there, ..)| *is_there) {
                matrix.columns.push(column as u32);
                matrix.values.push(value);
            }
            matrix.starts.push(matrix.columns.len() as u32);
        }
        matrix
    }
}

/// What a product with a matrix takes: the result, the matrix' three parts, and the vector.
type Product<'k, T> = (Own<'k, T>, &'k [u32], &'k [u32], &'k [T], &'k [T]);

/// A row of the matrix times `x`.
fn multiply<'k, T: Real>(it: Item<'k>, (y, starts, columns, values, x): Product<'k, T>) {
    let row = starts[it.index()] as usize..starts[it.index() + 1] as usize;
    let products =
        columns[row.clone()].iter().zip(&values[row]).map(|(column, value)| *value * x[*column as usize]);
    *y.of(it) = products.fold(T::default(), |sum, product| sum + product);
}

fn dot<T: Real>(x: &MappedMut<T>, y: &MappedMut<T>) -> Result<T, Error> {
    x.offload().zip(y).map(|(x, y)| *x * *y).sum()
}

/// `y += a * x`
fn add<T: Real>(y: &mut MappedMut<T>, a: T, x: &MappedMut<T>) -> Result<(), Error> {
    y.offload_mut().zip(x).for_each(move |(y, x)| *y = *y + a * *x)
}

/// Solves `matrix * x = b`, beginning with `x` 0, and tells how many steps it took until the square of what is left
/// is at most `tolerance`.
fn solve<T: Real>(
    device: &Device,
    matrix: &Sparse<T>,
    b: &[T],
    x: &mut [T],
    tolerance: T,
) -> Result<usize, Error> {
    x.fill(T::default());
    device.scope(|d| {
        let (starts, columns, values) = (d.to(&matrix.starts), d.to(&matrix.columns), d.to(&matrix.values));
        let (b, mut x) = (d.to(b), d.tofrom(x));
        let n = matrix.size();
        let vector = || d.alloc(n, T::default());
        let (mut left, mut direction, mut product) = (vector()?, vector()?, vector()?);
        left.offload_mut().zip(&b).for_each(|(left, b)| *left = *b)?;
        direction.offload_mut().zip(&b).for_each(|(direction, b)| *direction = *b)?;
        let mut square = dot(&left, &left)?;
        for step in 0..10 * n {
            if square <= tolerance {
                return Ok(step);
            }
            d.over(n).run((each(&mut product), &starts, &columns, &values, &direction), multiply)?;
            let length = square / dot(&direction, &product)?;
            add(&mut x, length, &direction)?;
            add(&mut left, T::default() - length, &product)?;
            let next = dot(&left, &left)?;
            let keep = next / square;
            direction
                .offload_mut()
                .zip(&left)
                .for_each(move |(direction, left)| *direction = *left + keep * *direction)?;
            square = next;
        }
        Ok(10 * n)
    })
}

fn main() -> anyhow::Result<()> {
    let side = argument(1, 1000)?;
    let n = side * side;
    let device = Device::default();
    let mut x = vec![0.0f32; n];
    let steps = solve(&device, &Sparse::poisson(side, 1.0), &vec![1.0; n], &mut x, 1e-6)?;
    println!("f32: {steps} steps, middle {}, {}", x[n / 2], fingerprint(x.iter().map(|x| x.to_bits())));
    let mut x = vec![0.0f64; n];
    let steps = solve(&device, &Sparse::poisson(side, 1.0), &vec![1.0; n], &mut x, 1e-20)?;
    println!("f64: {steps} steps, middle {}, {}", x[n / 2], fingerprint(x.iter().map(|x| x.to_bits())));
    println!("{}", device.stats());
    Ok(())
}
