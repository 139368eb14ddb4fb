//! `driver CASE ELEMENTS`: the process that holds all contestants of a case and the memory that they share.
//!
//! Every contestant's result is checked first. A contestant's name on standard input is a turn then: what it does is
//! timed some times over, and nanoseconds for once are printed.

mod kernels;
mod native;

use outboard::prelude::*;
use outboard::{Element, Error, MappedMut};
use std::time::{Duration, Instant};

/// What a turn takes at least, unless `MOST_TIMES` are less.
const TURN: Duration = Duration::from_millis(2);
const MOST_TIMES: u32 = 200;

/// What is written, and two inputs, in memory of the device.
pub struct Arrays<'s, T: Value> {
    out: MappedMut<'s, T>,
    a: MappedMut<'s, T>,
    b: MappedMut<'s, T>,
    /// Where they are, which the host may look at: the device is the host.
    places: [*mut T; 3],
    elements: usize,
}

impl<T: Value> Arrays<'_, T> {
    fn written(&mut self) -> &mut [T] {
        // SAFETY: an array of the device's, which no launch uses now.
        unsafe { std::slice::from_raw_parts_mut(self.places[0], self.elements) }
    }
}

/// Numbers that contestants are compared by.
pub trait Value: Element + Default + PartialEq + std::fmt::Debug {
    /// An element of the array of that number.
    fn input(array: usize, index: usize) -> Self;
    /// Whether two are the same, but for a rounding of that size.
    fn is_close(&self, other: &Self, rounding: f64) -> bool;
}

/// From 0 to 1.
fn wave(array: usize, index: usize) -> f64 {
    let number = (index as u64 + 1 + ((array as u64) << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (number >> 40) as f64 / (1 << 24) as f64
}

macro_rules! floats {
    ($($number:ty)*) => {
        $(impl Value for $number {
            fn input(array: usize, index: usize) -> Self {
                wave(array, index) as Self
            }
            fn is_close(&self, other: &Self, rounding: f64) -> bool {
                self == other || f64::from(self - other).abs() <= rounding * f64::from(*self).abs()
            }
        })*
    };
}

floats!(f32 f64);

impl Value for u32 {
    fn input(array: usize, index: usize) -> Self {
        (wave(array, index) * 1e6) as Self
    }
    fn is_close(&self, other: &Self, _rounding: f64) -> bool {
        self == other
    }
}

impl<const N: usize> Value for [f32; N]
where
    Self: Element + Default,
{
    fn input(array: usize, index: usize) -> Self {
        std::array::from_fn(|part| f32::input(array, index * N + part))
    }
    fn is_close(&self, other: &Self, rounding: f64) -> bool {
        self.iter().zip(other).all(|(a, b)| a.is_close(b, rounding))
    }
}

type Ours<T> = fn(&Device, &mut Arrays<'_, T>) -> Result<(), Error>;

/// One case: our kernel, the others by name, and how far results may be apart.
struct Case<T: Value> {
    ours: Ours<T>,
    theirs: &'static [(&'static str, native::Contestant<T>)],
    rounding: f64,
}

impl<T: Value> Case<T> {
    fn run(&self, elements: usize) -> Result<(), Error> {
        Device::default().require().scope(|d| {
            let (mut out, mut a, mut b) = (
                d.alloc(elements, T::default())?,
                d.alloc(elements, T::default())?,
                d.alloc(elements, T::default())?,
            );
            let places = [place(d, &mut out)?, place(d, &mut a)?, place(d, &mut b)?];
            for (number, place) in places.into_iter().enumerate() {
                fill(number, place, elements);
            }
            let mut arrays = Arrays { out, a, b, places, elements };
            self.check(d, &mut arrays)?;
            self.take_turns(d, &mut arrays)
        })
    }

    fn once(&self, who: &str, device: &Device, arrays: &mut Arrays<'_, T>) -> Result<(), Error> {
        match who {
            "ours" => return (self.ours)(device, arrays),
            "launch" => return launch(device, arrays),
            _ => {}
        }
        let theirs = self.theirs.iter().find(|(name, _)| *name == who);
        let (_, run) = theirs.unwrap_or_else(|| panic!("no contestant `{who}`"));
        let [out, a, b] = arrays.places;
        // SAFETY: three arrays of that many elements, which no launch uses now.
        unsafe { run(out, a, b, arrays.elements) };
        Ok(())
    }

    fn check(&self, device: &Device, arrays: &mut Arrays<'_, T>) -> Result<(), Error> {
        self.once("ours", device, arrays)?;
        let ours = arrays.written().to_vec();
        for (name, _) in self.theirs {
            fill(0, arrays.places[0], arrays.elements);
            let before = arrays.written().to_vec();
            self.once(name, device, arrays)?;
            assert!(arrays.written() != before, "`{name}` wrote nothing");
            for (index, (ours, theirs)) in ours.iter().zip(arrays.written()).enumerate() {
                assert!(
                    ours.is_close(theirs, self.rounding),
                    "element {index}: {ours:?} is not {theirs:?} of `{name}`"
                );
            }
        }
        Ok(())
    }

    fn take_turns(&self, device: &Device, arrays: &mut Arrays<'_, T>) -> Result<(), Error> {
        for who in std::io::stdin().lines() {
            let who = who.expect("turns are lines");
            // Whoever had its turn before has left its own data near.
            self.once(&who, device, arrays)?;
            let start = Instant::now();
            let mut times = 0;
            while times < MOST_TIMES && start.elapsed() < TURN {
                self.once(&who, device, arrays)?;
                times += 1;
            }
            println!("{}", start.elapsed().as_nanos() as f64 / f64::from(times));
        }
        Ok(())
    }
}

/// A launch that has next to nothing to do.
fn launch<T: Value>(device: &Device, arrays: &mut Arrays<'_, T>) -> Result<(), Error> {
    device.over(1).run((each(&mut arrays.out), &arrays.a, &arrays.b), |it, (out, a, b)| {
        *out.of(it) = if a.len() > b.len() { a[it.index()] } else { b[it.index()] };
    })
}

fn fill<T: Value>(number: usize, place: *mut T, elements: usize) {
    // SAFETY: an array of the device's, which no launch uses now.
    let array = unsafe { std::slice::from_raw_parts_mut(place, elements) };
    array.iter_mut().enumerate().for_each(|(index, element)| *element = T::input(number, index));
}

/// Where an array of the device's is.
fn place<T: Value>(device: &Device, array: &mut MappedMut<'_, T>) -> Result<*mut T, Error> {
    let mut place = [0u64];
    device.over(1).run((outboard::unsafe_slice(array), out(&mut place)), |it, (array, place)| {
        place.write(it, array.as_mut_ptr().expose_provenance() as u64);
    })?;
    Ok(std::ptr::with_exposed_provenance_mut(place[0] as usize))
}

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let case = arguments.next().expect("a case");
    let elements = arguments.next().and_then(|word| word.parse().ok()).expect("a number of elements");
    native::run(&case, elements)
}
