//! The iterators and kernels over extents, against plain Rust: sizes from none to more than one thread's share.

use outboard::prelude::*;
use std::num::{NonZero, Wrapping};

const SIZES: &[usize] =
    if cfg!(miri) { &[0, 1, 7, 255, 1025] } else { &[0, 1, 7, 255, 1025, 8 * 1024, 100_003] };

/// More than one thread's share.
const MANY: usize = if cfg!(miri) { 500 } else { 100_003 };

fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|i| (i % 1000) as f32 * 0.5 - 100.0).collect()
}

/// Checks that `launch` does to a slice what `plain` does.
#[track_caller]
fn check(launch: impl Fn(&mut Vec<f32>) -> Result<(), outboard::Error>, plain: impl Fn(&mut Vec<f32>)) {
    for &n in SIZES {
        let (mut launched, mut expected) = (numbers(n), numbers(n));
        launch(&mut launched).expect("launches");
        plain(&mut expected);
        assert!(launched == expected, "{n} elements differ");
    }
}

#[test]
fn for_each_changes_every_element() {
    check(
        |y| y.offload_mut().for_each(|y| *y = *y * 2.0 + 1.0),
        |y| y.iter_mut().for_each(|y| *y = *y * 2.0 + 1.0),
    );
}

#[test]
fn zip_reads_beside() {
    let a = 3.0;
    check(
        move |y| {
            let x = numbers(y.len());
            y.offload_mut().zip(&x).for_each(move |(y, x)| *y += a * x)
        },
        |y| {
            let x = numbers(y.len());
            y.iter_mut().zip(&x).for_each(|(y, x)| *y += a * x);
        },
    );
}

#[test]
fn zip_is_as_long_as_the_shorter() -> Result<(), outboard::Error> {
    let mut y = [1u32; 5];
    y.offload_mut().zip(&[10, 20, 30]).for_each(|(y, x)| *y += x)?;
    assert_eq!(y, [11, 21, 31, 1, 1]);
    Ok(())
}

#[test]
fn neighbours_are_slices_of_one() {
    check(
        |y| {
            let x = numbers(y.len() + 2);
            let (before, after) = (&x[..y.len()], &x[2..]);
            y.offload_mut().zip(before).zip(after).for_each(|((y, a), b)| *y = a - b)
        },
        |y| {
            let x = numbers(y.len() + 2);
            y.iter_mut().enumerate().for_each(|(i, y)| *y = x[i] - x[i + 2]);
        },
    );
}

#[test]
fn chunks_are_slices() {
    check(
        |y| y.offload_chunks_mut(10).enumerate().for_each(|(i, chunk)| chunk[0] += (i + chunk.len()) as f32),
        |y| y.chunks_mut(10).enumerate().for_each(|(i, chunk)| chunk[0] += (i + chunk.len()) as f32),
    );
}

#[test]
fn collect_writes_all() {
    check(
        |y| {
            let x = numbers(y.len());
            x.offload().enumerate().map(|(i, x)| x + i as f32).collect_into(y)
        },
        |y| y.iter_mut().enumerate().for_each(|(i, y)| *y += i as f32),
    );
}

#[test]
fn reductions() -> Result<(), outboard::Error> {
    for &n in SIZES {
        let x: Vec<i64> = (0..n as i64).map(|i| (i * 7919) % 1009 - 500).collect();
        assert_eq!(x.offload().sum()?, x.iter().sum::<i64>());
        assert_eq!(x.offload().min()?, x.iter().copied().min());
        assert_eq!(x.offload().max()?, x.iter().copied().max());
        assert_eq!(
            x.offload().map(|x| x & 0xff).reduce(0, |a, b| a ^ b)?,
            x.iter().fold(0, |a, b| a ^ (b & 0xff))
        );
        assert_eq!(x.offload_chunks(3).map(|chunk| chunk.len()).sum()?, n);
        assert_eq!((0..n).offload().sum()?, (0..n).sum());
    }
    Ok(())
}

#[test]
fn sums_do_not_depend_on_threads() -> Result<(), outboard::Error> {
    let x: Vec<f32> = (0..MANY).map(|i| 1.0 / (i + 1) as f32).collect();
    let first = x.offload().sum()?;
    for _ in 0..5 {
        assert_eq!(x.offload().sum()?.to_bits(), first.to_bits());
    }
    Ok(())
}

#[test]
fn extents_of_all_dimensions() -> Result<(), outboard::Error> {
    let (w, h, d) = (13, 7, 5);
    let expected: Vec<[usize; 4]> = (0..w * h * d).map(|i| [i, i % w, i / w % h, i / w / h]).collect();
    let mut found = vec![[0; 4]; w * h * d];
    let place = |it: Item<'_>| [it.index(), it.x(), it.y(), it.z()];
    let device = Device::default();
    device.over((w, h, d)).run(each(&mut found), move |it, found| *found.of(it) = place(it))?;
    assert_eq!(found, expected);
    device.over((w * h, d)).run(each(&mut found), move |it, found| *found.of(it) = place(it))?;
    assert!(found.iter().enumerate().all(|(i, f)| *f == [i, i % (w * h), i / (w * h), 0]));
    device.over(w * h * d).run(each(&mut found), move |it, found| *found.of(it) = place(it))?;
    assert!(found.iter().enumerate().all(|(i, f)| *f == [i, i, 0, 0]));
    Ok(())
}

/// A kernel that a library could have: generic, an ordinary function.
fn axpy<'k, T>(it: Item<'k>, (y, x, a): (Own<'k, T>, &'k [T], T))
where
    T: Plain + std::ops::Mul<Output = T> + std::ops::AddAssign,
{
    *y.of(it) += a * x[it.index()];
}

#[test]
fn functions_are_kernels() -> Result<(), outboard::Error> {
    let device = Device::default();
    let (mut f, mut i) = ([1.0f64, 2.0], [1i32, 2]);
    device.over(2).run((each(&mut f), &[10.0, 20.0], 0.5), axpy)?;
    device.over(2).run((each(&mut i), &[10, 20], 3), axpy)?;
    assert_eq!((f, i), ([6.0, 12.0], [31, 62]));
    Ok(())
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Plain)]
struct Particle {
    position: [f64; 3],
    velocity: [f64; 3],
    charge: i8,
}

#[derive(Clone, Copy, Plain)]
struct Field<T>(T, T);

#[test]
fn structs_are_elements_arguments_and_captures() -> Result<(), outboard::Error> {
    let mut particles = [Particle { velocity: [1.0, 2.0, 3.0], charge: -1, ..Default::default() }; 3];
    let (field, step) = (Field(0.25, 4.0), [0.5, 0.25, 0.125]);
    Device::default().over(3).run((each(&mut particles), field), move |it, (own, Field(a, b))| {
        let particle = own.of(it);
        for (axis, step) in step.iter().enumerate() {
            particle.position[axis] += particle.velocity[axis] * step + f64::from(particle.charge) * a * b;
        }
    })?;
    assert_eq!(particles[2].position, [-0.5, -0.5, -0.625]);
    Ok(())
}

#[test]
fn what_is_collected_needs_no_default() -> Result<(), outboard::Error> {
    #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Plain)]
    struct Reading {
        valid: bool,
        value: NonZero<u64>,
    }
    let reading = |i: usize| Reading {
        valid: i.is_multiple_of(3),
        value: NonZero::new(i as u64 + 1).expect("more than 0"),
    };
    let readings = (0..MANY).offload().map(reading).collect_vec()?;
    assert!(readings.iter().enumerate().all(|(i, found)| *found == reading(i)));
    assert_eq!(readings.offload().max()?, (0..MANY).map(reading).reduce(|a, b| if b > a { b } else { a }));
    assert_eq!((0..0).offload().map(reading).collect_vec()?, []);
    Ok(())
}

#[test]
fn what_does_not_fit_words_travels_in_a_buffer() -> Result<(), outboard::Error> {
    let table: [u64; 40] = std::array::from_fn(|i| (i * i) as u64);
    let squares = (0..40).offload().map(move |i| table[i]).collect_vec()?;
    assert_eq!(squares, table);
    Ok(())
}

#[test]
fn atomics_of_all_kinds() -> Result<(), outboard::Error> {
    let device = Device::default();
    let (mut u, mut i, mut f, mut d) = ([0u32; 2], [0i64; 3], [0.0f32; 2], [0.0f64; 1]);
    device.over(1000).run(
        (atomic(&mut u), atomic(&mut i), atomic(&mut f), atomic(&mut d)),
        |it, (u, i, f, d)| {
            let n = it.index();
            u.add(n % 2, 1);
            i.add(0, n as i64);
            i.min(1, -(n as i64));
            i.max(2, n as i64);
            f.add(0, 0.5);
            f.max(1, n as f32);
            d.update(0, |d| d + 2.0);
        },
    )?;
    assert_eq!((u, i, f, d), ([500; 2], [499_500, -999, 999], [500.0, 999.0], [2000.0]));
    Ok(())
}

/// A sparse matrix in rows, each with its neighbours' columns.
fn laplacian(n: usize) -> (Vec<usize>, Vec<(usize, f64)>) {
    let (mut starts, mut entries) = (vec![0], Vec::new());
    for row in 0..n {
        let columns = [row.checked_sub(1), Some(row), (row + 1 < n).then_some(row + 1)];
        entries.extend(columns.into_iter().flatten().map(|at| (at, if at == row { 2.0 } else { -1.0 })));
        starts.push(entries.len());
    }
    (starts, entries)
}

#[test]
fn slices_beside_elements() -> Result<(), outboard::Error> {
    for n in [1, 7, MANY / 10] {
        let (starts, entries) = laplacian(n);
        let x: Vec<f64> = (0..n).map(|i| (i * i % 17) as f64).collect();
        let expected: Vec<f64> = (0..n)
            .map(|i| entries[starts[i]..starts[i + 1]].iter().map(|(at, value)| value * x[*at]).sum())
            .collect();
        let mut y = vec![0.0; n];
        y.offload_mut().enumerate().with((&starts, &entries, &x)).for_each(
            |((i, y), (starts, entries, x))| {
                *y = entries[starts[i]..starts[i + 1]].iter().map(|(at, value)| value * x[*at]).sum();
            },
        )?;
        assert_eq!(y, expected);
        // The same as what is collected, and as a sum of what is computed.
        let product = (0..n).offload().with((&starts, &entries, &x)).map(|(i, (starts, entries, x))| {
            entries[starts[i]..starts[i + 1]].iter().map(|(at, value)| value * x[*at]).sum::<f64>()
        });
        assert_eq!(product.clone().collect_vec()?, expected);
        assert_eq!(product.sum()?, expected.iter().sum());
        assert_eq!(x.offload().zip(&y).with(3.0).map(|((x, y), a)| a * x * y).max()?, {
            x.iter().zip(&y).map(|(x, y)| 3.0 * x * y).reduce(f64::max)
        });
    }
    Ok(())
}

#[test]
fn atomics_beside_elements() -> Result<(), outboard::Error> {
    let x: Vec<u32> = (0..MANY as u32).map(|i| i * 7 % 11).collect();
    let mut counts = [0u32; 11];
    x.offload().with(atomic(&mut counts)).for_each(|(x, counts)| {
        counts.add(*x as usize, 1);
    })?;
    let expected: [u32; 11] = std::array::from_fn(|n| x.iter().filter(|x| **x as usize == n).count() as u32);
    assert_eq!(counts, expected);
    Ok(())
}

#[test]
fn tuples_and_options_are_elements() -> Result<(), outboard::Error> {
    let x = numbers(MANY);
    let largest = x.offload().enumerate().map(|(i, x)| (*x, i)).max()?;
    let first =
        x.iter().enumerate().fold((f32::MIN, 0), |old, (i, x)| if (*x, i) > old { (*x, i) } else { old });
    assert_eq!(largest, Some(first));

    let halves: Vec<Option<(u32, Wrapping<u8>)>> = (0..1000)
        .offload()
        .map(|i| (i % 2 == 0).then_some((i as u32 / 2, Wrapping(200) + Wrapping(i as u8))))
        .collect_vec()?;
    assert!(
        halves
            .iter()
            .zip(0..)
            .all(|(half, i)| { *half == (i % 2 == 0).then_some((i / 2, Wrapping(200) + Wrapping(i as u8))) })
    );

    let mut pairs = [(NonZero::<u16>::MIN, [false; 3]); 40];
    pairs.offload_mut().enumerate().for_each(|(i, (number, flags))| {
        *number = number.saturating_add(i as u16);
        flags[i % 3] = true;
    })?;
    assert_eq!((pairs[39].0.get(), pairs[39].1), (40, [true, false, false]));
    Ok(())
}

#[test]
fn every_device_computes_the_same() -> Result<(), outboard::Error> {
    let x = numbers(1000);
    let expected: Vec<f32> = x.iter().map(|x| x * 3.0).collect();
    let all = Device::all();
    assert_eq!(all.is_empty(), Device::default().is_cpu());
    for (number, device) in all.iter().chain([&Device::cpu()]).enumerate() {
        assert_eq!(x.offload().on(device).map(|x| x * 3.0).collect_vec()?, expected);
        assert_eq!(device.info().number, (number < all.len()).then_some(number as u32));
    }
    if let [_, second, ..] = all.as_slice() {
        let error = second.scope(|d| d.to(&x).offload().on(&all[0]).map(|x| x * 3.0).collect_vec());
        assert_eq!(
            error.expect_err("another device").to_string(),
            "memory that a scope holds on device 1 cannot be used on device 0\n\
             help: launch on the scope's own device"
        );
    }
    Ok(())
}

#[test]
fn launches_from_many_threads() {
    let (x, rounds) = if cfg!(miri) { (numbers(600), 2) } else { (numbers(10_000), 50) };
    let expected: f32 = x.offload().sum().expect("launches");
    std::thread::scope(|scope| {
        for part in 0..4 {
            let x = &x;
            scope.spawn(move || {
                for _ in 0..rounds {
                    let mut y = vec![0.0f32; x.len() / 10];
                    y.offload_mut().zip(&x[part * 100..]).for_each(|(y, x)| *y = *x).expect("launches");
                    assert_eq!(y, x[part * 100..][..y.len()]);
                    assert_eq!(x.offload().sum().expect("launches").to_bits(), expected.to_bits());
                }
            });
        }
    });
}
