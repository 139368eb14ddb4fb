//! Heat that spreads over a plate. Shows data that stays on the device: the plate goes there once and comes back
//! once, however many steps there are, and the second plate never moves.
//!
//! `heat_2d [SIZE] [STEPS]`

use outboard::prelude::*;
use outboard::{Error, Stats};
use outboard_examples::{argument, fingerprint};

/// Every point moves towards the mean of its four neighbours; the edges keep their heat.
fn step<'k>(it: Item<'k>, (next, now): (Own<'k, f32>, &'k [f32])) {
    let (x, y, i, width, height) = (it.x(), it.y(), it.index(), it.width(), it.height());
    let inside = x > 0 && y > 0 && x + 1 < width && y + 1 < height;
    *next.of(it) = if inside {
        now[i] + 0.2 * (now[i - 1] + now[i + 1] + now[i - width] + now[i + width] - 4.0 * now[i])
    } else {
        now[i]
    };
}

/// Cold, with a hot edge.
fn plate(width: usize, height: usize) -> Vec<f32> {
    (0..width * height).map(|i| if i < width { 100.0 } else { 0.0 }).collect()
}

/// Two steps at a time: from the plate to the other one, and back.
fn spread(device: &Device, plate: &mut [f32], size: (usize, usize), pairs: usize) -> Result<(), Error> {
    device.scope(|d| {
        let mut next = d.alloc(plate.len(), 0.0f32)?;
        let mut now = d.tofrom(plate);
        for _ in 0..pairs {
            d.over(size).run((each(&mut next), &now), step)?;
            d.over(size).run((each(&mut now), &next), step)?;
        }
        Ok(())
    })
}

fn main() -> anyhow::Result<()> {
    let (size, most) = (argument(1, 2000)?, argument(2, 1000)?);
    for pairs in [most / 20, most / 2] {
        let device = Device::default();
        let mut plate = plate(size, size);
        spread(&device, &mut plate, (size, size), pairs)?;
        let Stats { bytes_to_device, bytes_from_device, .. } = device.stats();
        println!("{} steps: {}", 2 * pairs, fingerprint(plate.iter().map(|heat| heat.to_bits())));
        println!("{}", device.stats());
        let plate_bytes = size_of_val(plate.as_slice()) as u64;
        let copies = if device.is_cpu() { 0 } else { 1 };
        anyhow::ensure!([bytes_to_device, bytes_from_device] == [copies * plate_bytes; 2]);
    }
    Ok(())
}
