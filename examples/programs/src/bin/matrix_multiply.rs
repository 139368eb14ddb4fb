//! A product of matrices by tiles. Shows blocks whose items share memory and wait for each other.
//!
//! `matrix_multiply [SIZE]`: rows and columns, a multiple of 16

use outboard::BlockItem;
use outboard::prelude::*;
use outboard_examples::{argument, fingerprint};

const TILE: usize = 16;

/// `c = a * b`: each block makes a tile of `c`, and its items load the tiles of `a` and `b` that it needs together.
fn multiply<'k>(it: BlockItem<'k>, (c, a, b, n): (Own<'k, f32>, &'k [f32], &'k [f32], usize)) {
    let tile_a = outboard::shared!(it, [f32; TILE * TILE]);
    let tile_b = outboard::shared!(it, [f32; TILE * TILE]);
    let (x, y) = (it.thread_x(), it.thread_y());
    let mut sum = 0.0;
    for first in (0..n).step_by(TILE) {
        tile_a.set(y * TILE + x, a[it.y() * n + first + x]);
        tile_b.set(y * TILE + x, b[(first + y) * n + it.x()]);
        it.barrier();
        for k in 0..TILE {
            sum += tile_a.get(y * TILE + k) * tile_b.get(k * TILE + x);
        }
        // Nobody may load the next tiles while others still read these.
        it.barrier();
    }
    *c.of(*it) = sum;
}

fn main() -> anyhow::Result<()> {
    let n = argument(1, 512)?;
    anyhow::ensure!(n > 0 && n % TILE == 0, "the size has to be a multiple of {TILE}, which {n} is not");
    let a: Vec<f32> = (0..n * n).map(|i| (i % 7) as f32 - 3.0).collect();
    let b: Vec<f32> = (0..n * n).map(|i| (i % 5) as f32 * 0.5).collect();
    let mut c = vec![0.0; n * n];
    let device = Device::default();
    device.blocks((n / TILE, n / TILE), (TILE, TILE)).run((each(&mut c), &a, &b, n), multiply)?;

    println!("{n} x {n}: {}", fingerprint(c.iter().map(|c| c.to_bits())));
    println!("{}", device.stats());
    // A column is enough to see that every tile was at its place.
    for y in 0..n {
        let expected: f32 = (0..n).map(|k| a[y * n + k] * b[k * n + 1]).sum();
        anyhow::ensure!(c[y * n + 1] == expected, "row {y} is wrong");
    }
    Ok(())
}
