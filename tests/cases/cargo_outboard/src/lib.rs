//! A library whose function launches.

use outboard::prelude::*;

/// The squares of some numbers, and where they were computed.
///
/// ```
/// let (squares, ran) = app::squares(&[3, 4]);
/// assert_eq!(squares, [9, 16]);
/// assert_eq!(ran, std::env::var("EXPECTED").unwrap());
/// ```
pub fn squares(numbers: &[u64]) -> (Vec<u64>, &'static str) {
    let device = Device::default();
    let mut squares = vec![0; numbers.len()];
    let launch = device.over(numbers.len());
    launch.run((each(&mut squares), numbers), |it, (y, x)| *y.of(it) = x[it.index()] * x[it.index()]).unwrap();
    let ran = if device.stats().launches == 1 { "on a device" } else { "on the CPU" };
    (squares, ran)
}

#[cfg(test)]
mod tests {
    #[test]
    fn unit() {
        let (squares, ran) = super::squares(&[5]);
        assert_eq!((squares, ran), (vec![25], &*std::env::var("EXPECTED").unwrap()));
    }
}
