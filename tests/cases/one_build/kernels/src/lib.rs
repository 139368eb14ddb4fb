//! Kernels of a library: a generic one, launches that are instantiated elsewhere, and a launch of its own.

use launching::{Ran, for_each};

/// `a * x + 1`, for any number.
pub fn scale<T: Copy + std::ops::Mul<Output = T> + From<u8> + std::ops::Add<Output = T>>(data: &mut [T], factor: T) -> Ran {
    for_each(data, move |element| *element = step(*element, factor))
}

/// Instantiated with its caller.
fn step<T: Copy + std::ops::Mul<Output = T> + From<u8> + std::ops::Add<Output = T>>(element: T, factor: T) -> T {
    element * factor + T::from(1)
}

/// Not generic: this crate launches.
pub fn squares(data: &mut [i64]) -> Ran {
    for_each(data, |element| *element = square(*element))
}

/// Called by kernels of other crates; in this one it is compiled.
#[inline(never)]
pub fn square(number: i64) -> i64 {
    number * number
}

/// ```
/// let mut data = [1_i64, 2, 3];
/// let ran = kernels::squares(&mut data);
/// assert_eq!(data, [1, 4, 9]);
/// assert_eq!(format!("{ran:?}"), std::env::var("EXPECTED").unwrap_or("Host".into()));
/// ```
pub fn documented() {}
