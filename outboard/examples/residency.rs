//! A loop of launches with its data on the device and without: same results, and how many bytes moved.

#![expect(clippy::print_stdout, reason = "a program that shows what it does")]

use outboard::prelude::*;
use outboard::{Error, Stats};

const CELLS: usize = 100_000;
const STEPS: u64 = 20;

/// Every cell moves towards the mean of its neighbours; the ends stay.
fn step<'k>(it: Item<'k>, (next, now): (Own<'k, f32>, &'k [f32])) {
    let i = it.index();
    let inside = i > 0 && i + 1 < now.len();
    *next.of(it) = if inside { now[i] + 0.25 * (now[i - 1] - 2.0 * now[i] + now[i + 1]) } else { now[i] };
}

fn rod() -> Vec<f32> {
    (0..CELLS).map(|i| if i % 1000 < 100 { 100.0 } else { 0.0 }).collect()
}

/// Each launch takes both grids to the device, and one back.
fn without_scope(device: &Device) -> Result<Vec<f32>, Error> {
    let (mut now, mut next) = (rod(), vec![0.0; CELLS]);
    for _ in 0..STEPS {
        device.over(CELLS).run((each(&mut next), &now), step)?;
        std::mem::swap(&mut now, &mut next);
    }
    Ok(now)
}

/// Both grids are on the device until all steps are done.
fn with_scope(device: &Device) -> Result<Vec<f32>, Error> {
    let mut rod = rod();
    device.scope(|d| {
        let mut now = d.tofrom(&mut rod);
        let mut next = d.alloc(CELLS, 0.0f32)?;
        for _ in 0..STEPS / 2 {
            d.over(CELLS).run((each(&mut next), &now), step)?;
            d.over(CELLS).run((each(&mut now), &next), step)?;
        }
        Ok::<(), Error>(())
    })?;
    Ok(rod)
}

fn main() -> Result<(), Error> {
    let mut results = Vec::new();
    for (name, run) in [("without a scope", without_scope as fn(&Device) -> _), ("with a scope", with_scope)]
    {
        let device = Device::default();
        results.push(run(&device)?);
        let Stats { launches, fallbacks, bytes_to_device, bytes_from_device } = device.stats();
        println!(
            "{name}: {launches} launches, {fallbacks} on the CPU, {bytes_to_device} bytes to the device, \
             {bytes_from_device} from it"
        );
    }
    let same = results[0] == results[1];
    println!("{}", if same { "same results" } else { "DIFFERENT RESULTS" });
    std::process::exit(if same { 0 } else { 1 });
}
