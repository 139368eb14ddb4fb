//! The five kernels of BabelStream, with its checks and its table: how fast a device reads and writes its memory.
//! Shows iterators over memory of the device alone, and kernels that are generic over the number.
//!
//! `babel_stream [ELEMENTS] [TIMES]`

use outboard::prelude::*;
use outboard::{Error, Number};
use outboard_examples::argument;
use std::ops::Mul;
use std::time::{Duration, Instant};

/// `f32` or `f64`.
trait Float: Number + Mul<Output = Self> + Into<f64> {
    const NAME: &'static str;
    const EPSILON: f64;
    fn of(number: f64) -> Self;
}

impl Float for f32 {
    const NAME: &'static str = "f32";
    const EPSILON: f64 = Self::EPSILON as f64;
    fn of(number: f64) -> Self {
        number as Self
    }
}

impl Float for f64 {
    const NAME: &'static str = "f64";
    const EPSILON: f64 = Self::EPSILON;
    fn of(number: f64) -> Self {
        number
    }
}

/// What the arrays hold at first, and what `mul` and `triad` multiply with. Source: BabelStream, Stream.h.
const START: [f64; 3] = [0.1, 0.2, 0.0];
const SCALAR: f64 = 0.4;

/// The kernels, and how many elements of the arrays each reads and writes for an index.
const KERNELS: [(&str, usize); 5] = [("Copy", 2), ("Mul", 2), ("Add", 3), ("Triad", 3), ("Dot", 2)];

/// The arrays after all rounds, the last dot product, and the time of every kernel in every round.
struct Outcome<T> {
    arrays: [Vec<T>; 3],
    dot: T,
    times: Vec<[Duration; 5]>,
}

fn run<T: Float>(device: &Device, n: usize, rounds: usize) -> Result<Outcome<T>, Error> {
    let scalar = T::of(SCALAR);
    device.scope(|d| {
        let [start_a, start_b, start_c] = START.map(T::of);
        let (mut a, mut b, mut c) = (d.alloc(n, start_a)?, d.alloc(n, start_b)?, d.alloc(n, start_c)?);
        let (mut dot, mut times) = (T::default(), Vec::new());
        for _ in 0..rounds {
            let times_of_round = [
                timed(|| c.offload_mut().zip(&a).for_each(|(c, a)| *c = *a))?,
                timed(|| b.offload_mut().zip(&c).for_each(move |(b, c)| *b = scalar * *c))?,
                timed(|| c.offload_mut().zip(&a).zip(&b).for_each(|((c, a), b)| *c = *a + *b))?,
                timed(|| a.offload_mut().zip(&b).zip(&c).for_each(move |((a, b), c)| *a = *b + scalar * *c))?,
                timed(|| {
                    dot = a.offload().zip(&b).map(|(a, b)| *a * *b).sum()?;
                    Ok(())
                })?,
            ];
            times.push(times_of_round);
        }
        let arrays = [a.sync_to_host()?.to_vec(), b.sync_to_host()?.to_vec(), c.sync_to_host()?.to_vec()];
        Ok(Outcome { arrays, dot, times })
    })
}

fn timed(launch: impl FnOnce() -> Result<(), Error>) -> Result<Duration, Error> {
    let start = Instant::now();
    launch()?;
    Ok(start.elapsed())
}

/// Every element of an array is the same: what plain arithmetic with three numbers gives.
fn check<T: Float>(outcome: &Outcome<T>, rounds: usize) -> anyhow::Result<()> {
    let ([mut a, mut b, mut c], scalar) = (START.map(T::of), T::of(SCALAR));
    for _ in 0..rounds {
        c = a;
        b = scalar * c;
        c = a + b;
        a = b + scalar * c;
    }
    let n = outcome.arrays[0].len();
    for ((name, array), expected) in ["a", "b", "c"].iter().zip(&outcome.arrays).zip([a, b, c]) {
        let error: f64 = array.iter().map(|&x| (x.into() - expected.into()).abs()).sum::<f64>() / n as f64;
        anyhow::ensure!(error <= T::EPSILON * 100.0, "{}: the mean error of `{name}` is {error:e}", T::NAME);
        println!("{}: every {name} is {}", T::NAME, Into::<f64>::into(array[0]));
    }
    let expected = Into::<f64>::into(a) * Into::<f64>::into(b) * n as f64;
    let error = ((outcome.dot.into() - expected) / expected).abs();
    anyhow::ensure!(error <= T::EPSILON * 100.0, "{}: the error of the dot product is {error:e}", T::NAME);
    println!("{}: the dot product is {}", T::NAME, Into::<f64>::into(outcome.dot));
    Ok(())
}

/// The first round warms up and does not count, as in BabelStream.
fn table<T: Float>(n: usize, times: &[[Duration; 5]]) {
    println!("  Function    MBytes/sec  Min (sec)   Max         Average");
    for (kernel, (name, arrays)) in KERNELS.iter().enumerate() {
        let seconds: Vec<f64> = times.iter().skip(1).map(|round| round[kernel].as_secs_f64()).collect();
        let min = seconds.iter().copied().fold(f64::INFINITY, f64::min);
        let max = seconds.iter().copied().fold(0.0, f64::max);
        let average = seconds.iter().sum::<f64>() / seconds.len() as f64;
        let rate = (arrays * n * size_of::<T>()) as f64 * 1e-6 / min;
        println!("  {name:<12}{rate:<12.3}{min:<12.7}{max:<12.7}{average:<12.7}");
    }
}

fn stream<T: Float>(device: &Device, n: usize, rounds: usize) -> anyhow::Result<()> {
    let outcome = run::<T>(device, n, rounds)?;
    check(&outcome, rounds)?;
    table::<T>(n, &outcome.times);
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let (n, rounds) = (argument(1, 1 << 25)?, argument(2, 100)?);
    anyhow::ensure!(n > 0 && rounds > 1, "there must be elements, and rounds after the first");
    let device = Device::default();
    stream::<f32>(&device, n, rounds)?;
    stream::<f64>(&device, n, rounds)?;
    println!("{}", device.stats());
    Ok(())
}
