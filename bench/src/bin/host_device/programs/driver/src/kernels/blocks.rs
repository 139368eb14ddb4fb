//! Kernels whose items share memory and meet at barriers.

use super::items::add_pull;
use crate::Arrays;
use outboard::Error;
use outboard::prelude::*;

/// Items of a block, and of a side of a two-dimensional one.
const ITEMS: usize = 256;
const TILE: usize = 16;

/// Bodies between two barriers.
const BODIES: usize = 4;

const BINS: usize = 64;

pub fn matmul(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    let side = x.elements.isqrt();
    let grid = (side / TILE, side / TILE);
    device.blocks(grid, (TILE, TILE)).run((each(&mut x.out), &x.a, &x.b), |it, (out, a, b)| {
        let tile_a = outboard::shared!(it, [f32; TILE * TILE]);
        let tile_b = outboard::shared!(it, [f32; TILE * TILE]);
        let (x, y, side) = (it.thread_x(), it.thread_y(), it.width());
        let mut sum = 0.0;
        for first in (0..side).step_by(TILE) {
            tile_a.set(y * TILE + x, a[it.y() * side + first + x]);
            tile_b.set(y * TILE + x, b[(first + y) * side + it.x()]);
            it.barrier();
            for k in 0..TILE {
                sum += tile_a.get(y * TILE + k) * tile_b.get(k * TILE + x);
            }
            it.barrier();
        }
        *out.of(*it) = sum;
    })
}

/// Sums of what stands before in the block, by steps that double.
pub fn scan(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    device.blocks(x.elements / ITEMS, ITEMS).run((each(&mut x.out), &x.a), |it, (out, a)| {
        let cells = outboard::shared!(it, [f32; ITEMS]);
        let thread = it.thread_x();
        cells.set(thread, a[it.index()]);
        it.barrier();
        let mut step = 1;
        while step < ITEMS {
            let before = if thread >= step { cells.get(thread - step) } else { 0.0 };
            it.barrier();
            cells.set(thread, cells.get(thread) + before);
            it.barrier();
            step *= 2;
        }
        *out.of(*it) = cells.get(thread);
    })
}

/// The sum of a block by a tree, at the block's first element.
pub fn reduce(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    device.blocks(x.elements / ITEMS, ITEMS).run((each(&mut x.out), &x.a), |it, (out, a)| {
        let cells = outboard::shared!(it, [f32; ITEMS]);
        let thread = it.thread_x();
        cells.set(thread, a[it.index()]);
        it.barrier();
        let mut stride = ITEMS / 2;
        while stride > 0 {
            if thread < stride {
                cells.set(thread, cells.get(thread) + cells.get(thread + stride));
            }
            it.barrier();
            stride /= 2;
        }
        if thread == 0 {
            *out.of(*it) = cells.get(0);
        }
    })
}

/// One condition, which not all items agree on, before and after a barrier.
pub fn exchange(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    device.blocks(x.elements / ITEMS, ITEMS).run((each(&mut x.out), &x.a, &x.b), |it, (out, a, b)| {
        let cells = outboard::shared!(it, [f32; ITEMS]);
        let (thread, a, b) = (it.thread_x(), a[it.index()], b[it.index()]);
        let large = a > 0.5;
        cells.set(thread, if large { a * 3.0 } else { a + 1.0 });
        it.barrier();
        let other = cells.get(ITEMS - 1 - thread);
        *out.of(*it) = if large { other + b } else { other * b };
    })
}

pub fn nbody_with_barriers(device: &Device, x: &mut Arrays<'_, [f32; 4]>) -> Result<(), Error> {
    device.blocks(x.elements / ITEMS, ITEMS).run((each(&mut x.out), &x.a), |it, (out, bodies)| {
        let (body, mut pull) = (bodies[it.index()], [0.0; 3]);
        for first in (0..bodies.len()).step_by(BODIES) {
            it.barrier();
            for other in 0..BODIES {
                add_pull(&mut pull, body, bodies[first + other]);
            }
        }
        *out.of(*it) = [pull[0], pull[1], pull[2], body[3]];
    })
}

/// How often each remainder comes in a block, at the block's first elements.
pub fn histogram(device: &Device, x: &mut Arrays<'_, u32>) -> Result<(), Error> {
    device.blocks(x.elements / ITEMS, ITEMS).run((each(&mut x.out), &x.a), |it, (out, a)| {
        let bins = outboard::shared!(it, [u32; BINS]);
        bins.add(a[it.index()] as usize % BINS, 1);
        it.barrier();
        let thread = it.thread_x();
        *out.of(*it) = if thread < BINS { bins.get(thread) } else { 0 };
    })
}

pub fn transpose(device: &Device, x: &mut Arrays<'_, f32>) -> Result<(), Error> {
    const ROW: usize = TILE + 1;
    let side = x.elements.isqrt();
    device.blocks((side / TILE, side / TILE), (TILE, TILE)).run((each(&mut x.out), &x.a), |it, (out, a)| {
        let tile = outboard::shared!(it, [f32; TILE * ROW]);
        let (x, y) = (it.thread_x(), it.thread_y());
        tile.set(y * ROW + x, a[(it.block_x() * TILE + y) * it.width() + it.block_y() * TILE + x]);
        it.barrier();
        *out.of(*it) = tile.get(x * ROW + y);
    })
}
