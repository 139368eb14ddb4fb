//! Data that stays on the device: results, and the exact bytes that move where there is a device.

use outboard::prelude::*;
use outboard::{Error, Stats};

/// What a device would have counted; on the CPU launches are fallbacks, and nothing moves.
#[track_caller]
fn check_stats(device: &Device, launches: u64, to: u64, from: u64) {
    let expected = if device.is_cpu() {
        Stats { fallbacks: launches, ..Stats::default() }
    } else {
        Stats { launches, bytes_to_device: to, bytes_from_device: from, ..Stats::default() }
    };
    // Filling memory of a scope is a launch on a device and none on the CPU: its tests say so.
    assert_eq!(device.stats(), expected);
}

#[test]
fn a_loop_moves_its_data_once() -> Result<(), Error> {
    let device = Device::default();
    let x = vec![1.0f32; 1000];
    let mut y = vec![0.0f32; 1000];
    device.scope(|d| {
        let x = d.to(&x);
        let mut y = d.tofrom(&mut y);
        for _ in 0..10 {
            d.over(1000).run((each(&mut y), &x), |it, (y, x)| *y.of(it) += x[it.index()])?;
        }
        Ok::<(), Error>(())
    })?;
    assert_eq!(y, [10.0; 1000]);
    check_stats(&device, 10, 8000, 4000);
    Ok(())
}

#[test]
fn without_a_scope_every_launch_moves() -> Result<(), Error> {
    let device = Device::default();
    let x = [1.0f32; 100];
    let mut y = [0.0f32; 100];
    for _ in 0..3 {
        y.offload_mut().zip(&x).on(&device).for_each(|(y, x)| *y += x)?;
    }
    let mut z = [0u8; 10];
    (0..10).offload().map(|i| i as u8).on(&device).collect_into(&mut z)?;
    assert_eq!((y, z[9]), ([3.0; 100], 9));
    check_stats(&device, 4, 3 * 800, 3 * 400 + 10);
    Ok(())
}

#[test]
fn what_is_only_written_is_not_copied_there() -> Result<(), Error> {
    let device = Device::default();
    let x: Vec<u32> = (0..100).collect();
    let (mut squares, mut odd, mut pairs) = ([7u32; 100], [true; 100], [(0u8, 0u64); 100]);
    device.over(90).run((out(&mut squares), &x), |it, (y, x)| y.write(it, x[it.index()] * x[it.index()]))?;
    check_stats(&device, 1, 400, 90 * 4);
    assert_eq!((squares[89], squares[90]), (89 * 89, 7));
    device.over(100).run(out(&mut pairs), |it, pair| pair.write(it, (it.index() as u8, 1 << 40)))?;
    check_stats(&device, 2, 400, 90 * 4 + 100 * 16);
    assert_eq!(pairs[99], (99, 1 << 40));
    // Not every byte is a `bool`, and no item has to write.
    device.over(100).run(out(&mut odd), |it, odd| {
        if it.index() % 2 == 0 {
            odd.write(it, false);
        }
    })?;
    check_stats(&device, 3, 400 + 100, 90 * 4 + 100 * 16 + 100);
    assert!(odd.iter().enumerate().all(|(i, odd)| *odd == (i % 2 == 1)));
    // What is collected is written by every item, whatever its type.
    let even = (0..100).offload().map(|i| i % 2 == 0).on(&device).collect_vec()?;
    check_stats(&device, 4, 500, 90 * 4 + 100 * 16 + 100 + 100);
    assert!(even.iter().enumerate().all(|(i, even)| *even == (i % 2 == 0)));
    // In a scope nothing moves for any of it.
    device.scope(|d| {
        let mut y = d.from(&mut squares);
        d.over(100).run(out(&mut y), |it, y| y.write(it, 5))?;
        d.over(100).run(each(&mut y), |it, y| *y.of(it) += 1)
    })?;
    check_stats(&device, 6, 500, 90 * 4 + 100 * 16 + 200 + 400);
    assert_eq!(squares, [6; 100]);
    Ok(())
}

#[test]
fn overlapping_slices_move_once() -> Result<(), Error> {
    let device = Device::default();
    let x: Vec<u32> = (0..100).collect();
    let mut y = [0u32; 98];
    y.offload_mut().zip(&x[..98]).zip(&x[2..]).on(&device).for_each(|((y, a), b)| *y = a + b)?;
    assert_eq!(y[97], 97 + 99);
    check_stats(&device, 1, 98 * 4 + 100 * 4, 98 * 4);
    Ok(())
}

#[test]
fn what_is_mapped_already_moves_nothing() -> Result<(), Error> {
    let device = Device::default();
    let x = vec![2u32; 100];
    let sum = device.scope(|d| {
        let whole = d.to(&x);
        let part = d.to(&x[10..20]);
        Ok::<_, Error>(whole.offload().sum()? + part.offload().sum()? + x[50..].offload().on(d).sum()?)
    })?;
    assert_eq!(sum, 200 + 20 + 100);
    check_stats(&device, 3, 400, 3 * 4);
    Ok(())
}

#[test]
fn results_come_when_asked() -> Result<(), Error> {
    let device = Device::default();
    let mut y = vec![1u64; 10];
    device.scope(|d| {
        let mut y = d.tofrom(&mut y);
        y.offload_mut().for_each(|y| *y += 1)?;
        assert_eq!(y.sync_to_host()?, [2; 10]);
        y.copy_from_host(&[7; 10])?;
        y.offload_mut().for_each(|y| *y += 1)
    })?;
    assert_eq!(y, [8; 10]);
    check_stats(&device, 2, 160, 160);
    Ok(())
}

#[test]
fn memory_of_the_device_alone() -> Result<(), Error> {
    let device = Device::default();
    let mut y = vec![0.0f32; 10];
    device.scope(|d| {
        let mut t = d.alloc(10, 1.5f32)?;
        let mut y = d.from(&mut y);
        t.offload_mut().for_each(|t| *t *= 2.0)?;
        y.offload_mut().zip(&t).for_each(|(y, t)| *y = *t)
    })?;
    assert_eq!(y, [3.0; 10]);
    let filling = u64::from(!device.is_cpu());
    check_stats(&device, 2 + filling, 0, 40);
    Ok(())
}

#[test]
fn empty_slices() -> Result<(), Error> {
    let device = Device::default();
    let (x, mut y): ([f32; 0], Vec<u8>) = ([], vec![]);
    device.scope(|d| {
        let x = d.to(&x);
        let mut y = d.tofrom(&mut y);
        assert!(x.is_empty() && y.is_empty());
        y.offload_mut().for_each(|y| *y += 1)?;
        d.over(3).run((&x, atomic(&mut [0u32])), |_, (x, n)| {
            n.add(0, x.len() as u32);
        })?;
        assert_eq!(y.sync_to_host()?, []);
        x.offload().sum()
    })?;
    Ok(())
}

#[test]
fn a_panic_ends_the_scope_and_its_mappings() {
    let device = Device::default();
    let mut y = vec![1u32; 4];
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        device.scope(|d| {
            let mut y = d.tofrom(&mut y);
            y.offload_mut().for_each(|y| *y = 9).expect("launches");
            std::panic::resume_unwind(Box::new("stop"));
        });
    }));
    assert!(outcome.is_err());
    assert_eq!(y, [9; 4]);
}

#[test]
fn devices_are_kept_apart() -> Result<(), Error> {
    let devices = Device::all();
    let mut parts = vec![vec![1u32; 100]; devices.len()];
    for (device, part) in devices.iter().zip(&mut parts) {
        device.scope(|d| d.tofrom(part).offload_mut().for_each(|y| *y += 1))?;
        check_stats(device, 1, 400, 400);
    }
    assert!(parts.concat().iter().all(|y| *y == 2));
    if let [first, second, ..] = devices.as_slice() {
        let x = [1u32; 8];
        let error = first.scope(|d| d.to(&x).offload().on(second).sum()).expect_err("wrong device");
        assert!(matches!(error, Error::OtherDevice { holder: 0, target: Some(1) }), "{error}");
    }
    Ok(())
}
