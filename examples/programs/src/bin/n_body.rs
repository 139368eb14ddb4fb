//! Bodies that attract each other. Shows elements that are structs, a kernel that reads all of them and changes its
//! own, and values that are put together on the device.
//!
//! `n_body [BODIES] [STEPS]`: the steps are made two at a time, there and back

use outboard::Error;
use outboard::prelude::*;
use outboard_examples::{argument, fingerprint};

#[derive(Clone, Copy, Default, Plain)]
struct Body {
    place: [f64; 3],
    speed: [f64; 3],
    mass: f64,
}

const STEP: f64 = 1e-3;

/// Keeps bodies that meet from flinging each other away.
const SOFTENING: f64 = 1e-2;

/// From one body to another, and the distance.
fn way(from: &Body, to: &Body) -> ([f64; 3], f64) {
    let way = [0, 1, 2].map(|axis| to.place[axis] - from.place[axis]);
    let square = way.iter().map(|part| part * part).sum::<f64>() + SOFTENING * SOFTENING;
    (way, square.sqrt())
}

/// One step of a body under the pull of all.
fn advance<'k>(it: Item<'k>, (next, bodies): (Own<'k, Body>, &'k [Body])) {
    let mut body = bodies[it.index()];
    for other in bodies {
        let (way, distance) = way(&bodies[it.index()], other);
        let pull = other.mass / (distance * distance * distance);
        for (speed, way) in body.speed.iter_mut().zip(way) {
            *speed += STEP * pull * way;
        }
    }
    for axis in 0..3 {
        body.place[axis] += STEP * body.speed[axis];
    }
    *next.of(it) = body;
}

/// What a body has of energy; what two have together counts half for each.
fn energy<'k>(it: Item<'k>, (energy, bodies): (Own<'k, f64>, &'k [Body])) {
    let body = bodies[it.index()];
    let moving = 0.5 * body.mass * body.speed.iter().map(|part| part * part).sum::<f64>();
    let others = bodies.iter().enumerate().filter(|(index, _)| *index != it.index());
    let pull: f64 = others.map(|(_, other)| other.mass / way(&body, other).1).sum();
    *energy.of(it) = moving - 0.5 * body.mass * pull;
}

fn total_energy(device: &Device, bodies: &[Body]) -> Result<f64, Error> {
    let mut energies = vec![0.0; bodies.len()];
    device.over(bodies.len()).run((each(&mut energies), bodies), energy)?;
    energies.offload().on(device).sum()
}

/// In a ball, at rest: numbers of a linear congruential generator.
fn ball(count: usize) -> Vec<Body> {
    let mut state = 1u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let mut places = std::iter::repeat_with(|| [number(), number(), number()])
        .filter(|place| place.iter().map(|part| part * part).sum::<f64>() < 1.0);
    let body = |place| Body { place, mass: 1.0 / count as f64, ..Body::default() };
    places.by_ref().take(count).map(body).collect()
}

fn main() -> anyhow::Result<()> {
    let (count, steps) = (argument(1, 10_000)?, argument(2, 100)?);
    let device = Device::default();
    let mut bodies = ball(count);
    let before = total_energy(&device, &bodies)?;
    device.scope(|d| {
        let mut next = d.alloc(count, Body::default())?;
        let mut bodies = d.tofrom(&mut bodies);
        for _ in 0..steps / 2 {
            d.over(count).run((each(&mut next), &bodies), advance)?;
            d.over(count).run((each(&mut bodies), &next), advance)?;
        }
        Ok::<(), Error>(())
    })?;
    let after = total_energy(&device, &bodies)?;
    println!("energy before {before}");
    println!("energy after  {after}");
    println!("places: {}", fingerprint(bodies.iter().flat_map(|body| body.place.map(f64::to_bits))));
    println!("{}", device.stats());
    anyhow::ensure!((after - before).abs() < 0.02 * before.abs(), "energy got lost");
    Ok(())
}
