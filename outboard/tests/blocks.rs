//! Blocks: positions, barriers, shared memory, on the CPU.

use outboard::prelude::*;
use outboard::{BlockItem, Error};

#[test]
fn positions_in_three_dimensions() -> Result<(), Error> {
    let (grid, block) = ((3, 2, 2), (4, 3, 2));
    let total = 12 * 24;
    let mut found = vec![[0u32; 8]; total];
    Device::cpu().blocks(grid, block).run(each(&mut found), |it, found| {
        let place = [it.thread_x(), it.thread_y(), it.thread_z(), it.block_x(), it.block_y(), it.block_z()];
        let at = [it.x(), it.y(), it.z()];
        let expected = [0, 1, 2].map(|axis| place[axis] + place[3 + axis] * [4, 3, 2][axis]);
        let sizes = [it.block_width(), it.block_height(), it.block_depth()];
        assert_eq!((at, sizes, it.block_items()), (expected, [4, 3, 2], 24));
        assert_eq!([it.grid_width(), it.grid_height(), it.grid_depth()], [3, 2, 2]);
        *found.of(*it) = std::array::from_fn(|i| place.get(i).map_or(it.index(), |place| *place) as u32);
    })?;
    for (index, found) in found.iter().enumerate() {
        let (x, y, z) = (index % 12, index / 12 % 6, index / 72);
        let expected = [x % 4, y % 3, z % 2, x / 4, y / 3, z / 2, index, index].map(|n| n as u32);
        assert_eq!(*found, expected);
    }
    Ok(())
}

/// `c = a * b` in tiles that a block loads together.
fn multiply<'k>(it: BlockItem<'k>, (a, b, c, n): (&'k [f32], &'k [f32], Own<'k, f32>, usize)) {
    const TILE: usize = 8;
    let tile_a = outboard::shared!(it, [f32; TILE * TILE]);
    let tile_b = outboard::shared!(it, [f32; TILE * TILE]);
    let (x, y) = (it.thread_x(), it.thread_y());
    let mut sum = 0.0;
    for tile in 0..n / TILE {
        tile_a.set(y * TILE + x, a[it.y() * n + tile * TILE + x]);
        tile_b.set(y * TILE + x, b[(tile * TILE + y) * n + it.x()]);
        it.barrier();
        for k in 0..TILE {
            sum += tile_a.get(y * TILE + k) * tile_b.get(k * TILE + x);
        }
        it.barrier();
    }
    *c.of(*it) = sum;
}

#[test]
fn tiled_matrix_multiplication() -> Result<(), Error> {
    let n = if cfg!(miri) { 16 } else { 32 };
    let a: Vec<f32> = (0..n * n).map(|i| (i % 7) as f32).collect();
    let b: Vec<f32> = (0..n * n).map(|i| (i % 5) as f32).collect();
    let mut c = vec![0.0; n * n];
    Device::cpu().blocks((n / 8, n / 8), (8, 8)).run((&a, &b, each(&mut c), n), multiply)?;
    for y in 0..n {
        for x in 0..n {
            assert_eq!(c[y * n + x], (0..n).map(|k| a[y * n + k] * b[k * n + x]).sum::<f32>());
        }
    }
    Ok(())
}

#[test]
fn a_scan_of_a_block_whose_size_the_program_tells() -> Result<(), Error> {
    for size in if cfg!(miri) { [1, 2, 3, 8, 9] } else { [1, 2, 64, 300, 1024] } {
        let mut y: Vec<u64> = (0..3 * size as u64).collect();
        let expected: Vec<u64> = y
            .chunks(size)
            .flat_map(|chunk| {
                chunk
                    .iter()
                    .scan(0, |sum, y| {
                        *sum += y;
                        Some(*sum)
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        Device::cpu().blocks(3, size).shared::<u64>(size).run(each(&mut y), |it, y| {
            let (own, sums, at) = (y.of(*it), it.launch_shared(), it.thread_x());
            sums.set(at, *own);
            let mut reach = 1;
            while reach < it.block_width() {
                it.barrier();
                let before = if at >= reach { sums.get(at - reach) } else { 0 };
                it.barrier();
                sums.set(at, sums.get(at) + before);
                reach *= 2;
            }
            *own = sums.get(at);
        })?;
        assert_eq!(y, expected, "blocks of {size}");
    }
    Ok(())
}

#[test]
fn blocks_share_nothing_with_each_other() -> Result<(), Error> {
    let blocks = if cfg!(miri) { 4 } else { 200 };
    let mut counts = vec![0u32; blocks];
    Device::cpu().blocks(blocks, 16).run(atomic(&mut counts), |it, counts| {
        let count = outboard::shared!(it, [u32; 1]);
        count.add(0, 1);
        it.barrier();
        if it.thread_x() == 3 {
            counts.set(it.block_x(), count.get(0));
        }
    })?;
    assert!(counts.iter().all(|count| *count == 16), "{counts:?}");
    Ok(())
}

#[test]
fn items_that_are_done_are_not_waited_for() -> Result<(), Error> {
    let mut sums = [0u32; 4];
    Device::cpu().blocks(4, 8).run(atomic(&mut sums), |it, sums| {
        if it.thread_x() >= 6 {
            return;
        }
        it.barrier();
        sums.add(it.block_x(), 1);
    })?;
    assert_eq!(sums, [6; 4]);
    Ok(())
}

#[test]
fn a_panic_between_barriers_ends_the_launch() {
    let mut y = [0u32; 64];
    let error = Device::cpu().blocks(2, 32).run(each(&mut y), |it, y| {
        it.barrier();
        assert!(it.index() != 40, "not this one");
        it.barrier();
        *y.of(*it) = 1;
    });
    let Err(Error::DevicePanic { message, item, .. }) = error else { panic!("{error:?}") };
    assert_eq!((message.as_str(), item), ("not this one", Some([40, 0, 0])));
}
