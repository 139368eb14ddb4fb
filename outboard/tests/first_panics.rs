//! Items of every kind of kernel fail: the launch tells the first of them, whatever thread ran it, on a device as on the
//! CPU; and where none fails, both compute the same.

use outboard::Error;
use outboard::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Threads of a block.
const BLOCK: usize = 64;

/// A panic is told by all launches that run meanwhile.
static TURN: Mutex<()> = Mutex::new(());

/// What a launch tells of a panic: message and item.
type Told = Option<(String, [usize; 3])>;

/// What is in memory behind a launch, and what the launch told.
type Outcome = (Vec<u32>, Told);

/// A kernel over `n` items of which those from `fails` on fail, on a device.
type Kernel = fn(&Device, usize, usize) -> Outcome;

fn told(result: Result<(), Error>) -> Told {
    match result {
        Ok(()) => None,
        Err(Error::DevicePanic { message, item, .. }) => Some((message, item.expect("items are known"))),
        Err(other) => panic!("no panic of a kernel: {other:?}"),
    }
}

fn input(n: usize) -> Vec<u32> {
    (0..n as u32).map(|i| i.wrapping_mul(0x9e37_79b9) >> 8).collect()
}

/// Iterators, which have no checks of their own.
fn stream(device: &Device, n: usize, fails: usize) -> Outcome {
    let (mut y, x): (Vec<u32>, Vec<u32>) = (input(n), (0..n as u32).collect());
    let fails = fails as u32;
    let result = y.offload_mut().zip(&x).on(device).for_each(move |(y, x)| {
        assert!(*x < fails, "too far");
        *y = 3 * *x + 1;
    });
    (y, told(result))
}

/// A bounds check that fails where a slice ends, behind a guard.
fn guarded(device: &Device, n: usize, fails: usize) -> Outcome {
    let (mut y, x) = (input(n), input(fails.min(n)));
    let result = device.over(n).run((each(&mut y), &x, n), |it, (y, x, n)| {
        let i = it.index();
        if i < n {
            match x.get(i) {
                Some(x) => *y.of(it) = x ^ 5,
                None => panic!("behind the end"),
            }
        }
    });
    (y, told(result))
}

/// Neighbours, which items at the ends don't have.
fn stencil(device: &Device, n: usize, fails: usize) -> Outcome {
    let (mut y, x) = (input(n), input(n));
    let result = device.over(n).run((each(&mut y), &x, fails), |it, (y, x, fails)| {
        let i = it.index();
        assert!(i < fails, "too far");
        let inside = i > 0 && i + 1 < x.len();
        *y.of(it) = if inside { x[i - 1] / 4 + x[i] / 2 + x[i + 1] / 4 } else { x[i] };
    });
    (y, told(result))
}

/// Indices that are data.
fn gather(device: &Device, n: usize, fails: usize) -> Outcome {
    let (mut y, x) = (input(n), input(n));
    let indices: Vec<u32> = (0..n).map(|i| if i < fails { ((i * 7) % n) as u32 } else { u32::MAX }).collect();
    let result = device.over(n).run((each(&mut y), &x, &indices), |it, (y, x, indices)| {
        match x.get(indices[it.index()] as usize) {
            Some(x) => *y.of(it) = x + 1,
            None => panic!("no such element"),
        }
    });
    (y, told(result))
}

/// Numbers that items share.
fn atomics(device: &Device, n: usize, fails: usize) -> Outcome {
    let mut sums = vec![0u32; 16];
    let result = device.over(n).run((atomic(&mut sums), fails), |it, (sums, fails)| {
        let i = it.index();
        assert!(i < fails, "too far");
        sums.add(i % 16, i as u32);
    });
    (sums, told(result))
}

/// Rows of a plane: the index counts x first.
fn plane(device: &Device, n: usize, fails: usize) -> Outcome {
    let width = 37.min(n.max(1));
    let height = n / width;
    let mut y = input(width * height);
    let result = device.over((width, height)).run((each(&mut y), fails), |it, (y, fails)| {
        let i = it.y() * it.width() + it.x();
        assert!(i < fails, "too far");
        *y.of(it) = (it.x() * 1000 + it.y()) as u32;
    });
    (y, told(result))
}

fn space(device: &Device, n: usize, fails: usize) -> Outcome {
    let (width, height) = (5.min(n.max(1)), 7.min(n.max(1)));
    let depth = n / (width * height);
    let mut y = input(width * height * depth);
    let result = device.over((width, height, depth)).run((each(&mut y), fails), |it, (y, fails)| {
        let i = it.index();
        assert!(i < fails, "too far");
        *y.of(it) = (it.x() * 10_000 + it.y() * 100 + it.z()) as u32;
    });
    (y, told(result))
}

/// Items that meet: those of a block wait for each other before they fail.
fn meeting(device: &Device, n: usize, fails: usize) -> Outcome {
    let blocks = n.div_ceil(BLOCK);
    let (mut y, x) = (vec![0u32; blocks * BLOCK], input(blocks * BLOCK));
    let result = device.blocks(blocks, BLOCK).run((each(&mut y), &x, fails), |it, (y, x, fails)| {
        let cells = outboard::shared!(it, [u32; BLOCK]);
        let (i, thread) = (it.index(), it.thread_x());
        cells.set(thread, x[i]);
        it.barrier();
        assert!(i < fails, "too far");
        *y.of(*it) = cells.get(BLOCK - 1 - thread);
    });
    (y, told(result))
}

/// Blocks without barriers.
fn blocks(device: &Device, n: usize, fails: usize) -> Outcome {
    let blocks = n.div_ceil(BLOCK);
    let mut y = vec![0u32; blocks * BLOCK];
    let result = device.blocks(blocks, BLOCK).run((each(&mut y), fails), |it, (y, fails)| {
        let i = it.block_x() * BLOCK + it.thread_x();
        assert!(i < fails, "too far");
        *y.of(*it) = it.thread_x() as u32;
    });
    (y, told(result))
}

/// A kind of kernel, and how many items it has of `n` that are asked for.
type Case = (&'static str, Kernel, fn(usize) -> usize);

const KERNELS: [Case; 9] = [
    ("stream", stream, |n| n),
    ("guarded", guarded, |n| n),
    ("stencil", stencil, |n| n),
    ("gather", gather, |n| n),
    ("atomics", atomics, |n| n),
    ("plane", plane, |n| n / 37.min(n.max(1)) * 37.min(n.max(1))),
    ("space", space, |n| n / (5.min(n.max(1)) * 7.min(n.max(1))) * (5.min(n.max(1)) * 7.min(n.max(1)))),
    ("meeting", meeting, |n| n.next_multiple_of(BLOCK)),
    ("blocks", blocks, |n| n.next_multiple_of(BLOCK)),
];

/// None, one, around blocks of both sizes, primes, and enough for several threads.
const SIZES: &[usize] =
    if cfg!(miri) { &[0, 1, 65] } else { &[0, 1, 63, 64, 65, 255, 256, 257, 1009, 70_001] };

#[test]
fn the_first_item_that_fails_is_told() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, kernel, items_of) in KERNELS {
        for n in SIZES {
            let items = items_of(*n);
            let mut fails = vec![0, 1, items / 2, items.saturating_sub(1), items];
            fails.sort_unstable();
            fails.dedup();
            for fails in fails {
                let what = format!("{name}, {fails} of {n}");
                let (on_device, device_told) = kernel(&Device::default(), *n, fails);
                let (on_cpu, cpu_told) = kernel(&Device::cpu(), *n, fails);
                assert_eq!(device_told, cpu_told, "{what}");
                assert_eq!(device_told.is_some(), fails < items, "{what}");
                if device_told.is_none() {
                    assert!(on_device == on_cpu, "{what}");
                }
                if let Some((_, item)) = device_told {
                    assert_eq!(index_of(name, *n, item), fails, "{what}");
                }
            }
        }
    }
}

/// Which of a launch's items is at `item`.
fn index_of(name: &str, n: usize, [x, y, z]: [usize; 3]) -> usize {
    match name {
        "plane" => y * 37.min(n.max(1)) + x,
        "space" => (z * 7.min(n.max(1)) + y) * 5.min(n.max(1)) + x,
        _ => x,
    }
}

/// Many times, for threads are fast in another order each time.
#[test]
fn it_is_the_same_in_every_run() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (n, times) = if cfg!(miri) { (300, 2) } else { (200_000, 10) };
    for (name, kernel, _) in KERNELS {
        for _ in 0..times {
            let (_, told) = kernel(&Device::default(), n, 17);
            assert_eq!(index_of(name, n, told.expect("a panic").1), 17, "{name}");
        }
    }
}
