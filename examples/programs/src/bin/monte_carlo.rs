//! Pi by throwing darts. Shows random numbers on a device: the generator has no state, for it computes each number
//! from its place in the row (Philox, J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011),
//! so that every run throws the same darts, in whatever order.
//!
//! `monte_carlo [THROWS] [SEED]`

use outboard::prelude::*;
use outboard_examples::argument;

/// Philox 4x32 with 10 rounds: four random words for a counter and a key.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
    const STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
    for _ in 0..10 {
        let [first, second] =
            [MULTIPLIERS[0] * u64::from(counter[0]), MULTIPLIERS[1] * u64::from(counter[2])];
        counter = [
            (second >> 32) as u32 ^ counter[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ counter[3] ^ key[1],
            first as u32,
        ];
        key = [key[0].wrapping_add(STEPS[0]), key[1].wrapping_add(STEPS[1])];
    }
    counter
}

/// Whether that throw hits the quarter of a circle.
fn hits(throw: usize, seed: usize) -> bool {
    let halves = |number: usize| [number as u32, (number as u64 >> 32) as u32];
    let [low, high] = halves(throw);
    let [a, b, c, d] = philox([low, high, 0, 0], halves(seed));
    let part = |high: u32, low: u32| (u64::from(high) << 32 | u64::from(low)) as f64 / 2f64.powi(64);
    let (x, y) = (part(a, b), part(c, d));
    x * x + y * y < 1.0
}

fn main() -> anyhow::Result<()> {
    // The paper's reference implementation gives these for nothing but zeros.
    anyhow::ensure!(philox([0; 4], [0; 2]) == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]);
    let (throws, seed) = (argument(1, 1_000_000_000)?, argument(2, 2026)?);
    let device = Device::default();
    let count = (0..throws).offload().map(move |throw| usize::from(hits(throw, seed))).on(&device).sum()?;
    let pi = 4.0 * count as f64 / throws as f64;
    // The standard deviation of a mean of so many throws.
    let error = (pi * (4.0 - pi) / throws as f64).sqrt();
    println!("{count} of {throws} hit: pi is {pi:.6}, give or take {error:.6}");
    println!("{}", device.stats());
    anyhow::ensure!((pi - std::f64::consts::PI).abs() < 4.0 * error, "the darts are not random");
    Ok(())
}
