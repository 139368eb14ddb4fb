//! How fast kernels are on the host device, launched by the crate on data that is there: against clang's OpenMP and
//! rayon from memory, serial Rust in cache, C with loops by hand where items meet at barriers, and with code for lower
//! levels of the architecture. All contestants of a case share their memory.

mod contestants;

use std::cell::RefCell;
use std::path::Path;

use bench::builds::Profile;
use bench::{Better, Contestant, Record, interleave, median_ratio};
use contestants::{Drivers, Level, start};
use tests::Scratch;

/// How often a program is started for a case: where its memory lies differs from start to start, and what it takes with
/// that by up to a half.
const STARTS: usize = 7;

/// Rounds of a start.
const ROUNDS: usize = 7;
const ROUNDS_IN_MEMORY: usize = 3;

/// 64-bit elements of an array.
const MIB_16: usize = 16 << 17;
const MIB_128: usize = 128 << 17;

/// Elements of an array that is in cache.
const IN_CACHE: usize = 64 << 10;

/// A case of the driver, its elements, and the goals against others.
type Case = (&'static str, usize, &'static [(&'static str, Option<f64>)]);

/// From memory, with two threads.
const STREAMS: [Case; 10] = [
    ("copy", MIB_16, &[("openmp_copy", Some(0.90)), ("rayon_copy", Some(0.95))]),
    ("mul", MIB_16, &[("openmp_mul", Some(0.90)), ("rayon_mul", Some(0.95))]),
    ("add", MIB_16, &[("openmp_add", Some(0.90)), ("rayon_add", Some(0.95))]),
    ("triad", MIB_16, &[("openmp_triad", Some(0.90)), ("rayon_triad", Some(0.95))]),
    ("dot", MIB_16, &[("openmp_dot", Some(0.60)), ("rayon_dot", None)]),
    ("copy", MIB_128, &[("openmp_copy", Some(0.90)), ("rayon_copy", Some(0.95))]),
    ("mul", MIB_128, &[("openmp_mul", Some(0.90)), ("rayon_mul", Some(0.95))]),
    ("add", MIB_128, &[("openmp_add", Some(0.90)), ("rayon_add", Some(0.95))]),
    ("triad", MIB_128, &[("openmp_triad", Some(0.90)), ("rayon_triad", Some(0.95))]),
    ("dot", MIB_128, &[("openmp_dot", Some(0.80)), ("rayon_dot", None)]),
];

/// In cache, with one thread. `solve` has 12 numbers an element, `nbody` a loop over all elements in each.
const WITHOUT_BARRIERS: [Case; 12] = [
    ("mul", IN_CACHE, &[("serial_mul", Some(0.90))]),
    ("add", IN_CACHE, &[("serial_add", Some(0.90))]),
    ("triad", IN_CACHE, &[("serial_triad", Some(0.90))]),
    ("axpy", IN_CACHE, &[("serial_axpy", Some(0.70))]),
    ("stencil", IN_CACHE, &[("serial_stencil", Some(0.60))]),
    ("math", IN_CACHE, &[("serial_math", Some(4.0))]),
    ("mandelbrot", IN_CACHE, &[("serial_mandelbrot", Some(0.95))]),
    ("nbody", 1 << 10, &[("serial_nbody", Some(8.0))]),
    ("nbody_with_barriers", 1 << 10, &[("serial_nbody", Some(8.0))]),
    ("convolution", IN_CACHE, &[("serial_convolution", None)]),
    ("horner", IN_CACHE, &[("serial_horner", None)]),
    ("solve", 8 << 10, &[("serial_solve", None)]),
];

/// In cache, with one thread.
const WITH_BARRIERS: [Case; 6] = [
    ("matmul", IN_CACHE, &[("fission_matmul", Some(0.50))]),
    ("scan", IN_CACHE, &[("fission_scan", Some(0.80))]),
    ("reduce", IN_CACHE, &[("fission_reduce", Some(0.30))]),
    ("exchange", IN_CACHE, &[("fission_exchange", Some(0.40))]),
    ("histogram", IN_CACHE, &[("fission_histogram", None)]),
    ("transpose", IN_CACHE, &[("fission_transpose", None)]),
];

/// What lower levels lose from memory, with two threads.
const LEVELS: [(Level, Case); 2] = [
    (Level::V3, ("triad", MIB_16, &[("openmp_triad", Some(0.90))])),
    (Level::Baseline, ("triad", MIB_16, &[("openmp_triad", Some(0.80))])),
];

fn main() {
    let scratch = Scratch::new();
    let mut drivers = Drivers::new(&scratch, Profile::Release);
    let best = drivers.link(Level::Best);
    let lower = LEVELS.map(|(level, case)| (level, drivers.link(level), case));
    for case in STREAMS {
        run(&best, &case, &format!(", {} MiB", case.1 >> 17), 2, ROUNDS_IN_MEMORY);
    }
    for (level, driver, case) in lower {
        run(&driver, &case, &format!(", 16 MiB, {}", level.name()), 2, ROUNDS_IN_MEMORY);
    }
    for case in WITHOUT_BARRIERS.iter().chain(&WITH_BARRIERS) {
        run(&best, case, ", in cache", 1, ROUNDS);
    }
}

/// Runs a case and prints how much faster ours is than each of the others; in cache, without the launch too. There the
/// goals are the kernels': the others launch nothing, and what a launch costs is another bench's.
fn run(driver: &Path, case: &Case, what: &str, threads: usize, rounds: usize) {
    let (name, elements, theirs) = *case;
    let names: Vec<_> = ["ours", "launch"].into_iter().chain(theirs.iter().map(|(name, _)| *name)).collect();
    let mut taken = vec![Vec::new(); names.len()];
    for _ in 0..STARTS {
        let turns = RefCell::new(start(driver, name, elements, threads));
        let turns_of = |name: &&'static str| {
            let (turns, name) = (&turns, *name);
            Contestant::new(name, move || turns.borrow_mut().turn(name))
        };
        let mut contestants: Vec<_> = names.iter().map(turns_of).collect();
        let of_start = interleave(&mut contestants, rounds);
        drop(contestants);
        turns.into_inner().end();
        taken.iter_mut().zip(of_start).for_each(|(all, new)| all.extend(new));
    }
    let (ours, launches) = (&taken[0], &taken[1]);
    for ((their_name, goal), theirs) in theirs.iter().zip(&taken[2..]) {
        let in_cache = threads == 1;
        let whole = median_ratio(theirs, ours);
        print(&format!("{name}{what}"), their_name, whole, goal.filter(|_| !in_cache));
        if in_cache {
            let kernels: Vec<_> = ours.iter().zip(launches).map(|(ours, launch)| ours - launch).collect();
            let kernel = median_ratio(theirs, &kernels);
            print(&format!("{name}{what}, launch left out"), their_name, kernel, *goal);
        }
    }
}

fn print(case: &str, theirs: &str, ratio: f64, goal: Option<f64>) {
    let [bench, case, against] = ["host_device", case, against(theirs)].map(str::to_owned);
    bench::print(&Record { bench, case, against, ratio, goal, better: Better::Higher });
}

/// What a contestant is, by the first word of its name.
fn against(name: &str) -> &'static str {
    match name.split('_').next() {
        Some("openmp") => "clang OpenMP, native",
        Some("rayon") => "rayon, native",
        Some("serial") => "serial Rust, native",
        _ => "C with loops by hand, native",
    }
}

#[cfg(test)]
mod tests_of_contestants {
    use super::{Drivers, Level, Profile, start};
    use super::{LEVELS, STREAMS, WITH_BARRIERS, WITHOUT_BARRIERS, against};
    use std::collections::BTreeSet;
    use tests::Scratch;

    /// Nothing but the bench builds its contestants, and each program compares them before the first turn.
    #[test]
    fn agree() {
        let scratch = Scratch::new();
        let driver = Drivers::new(&scratch, Profile::Dev).link(Level::Best);
        let all = STREAMS.iter().chain(&WITHOUT_BARRIERS).chain(&WITH_BARRIERS);
        let mut seen = BTreeSet::new();
        for (case, _, theirs) in all.chain(LEVELS.iter().map(|(_, case)| case)) {
            // A square of four blocks.
            let mut turns = start(&driver, case, 1 << 10, 2);
            for name in ["ours", "launch"].into_iter().chain(theirs.iter().map(|(name, _)| *name)) {
                assert!(!seen.insert((*case, name)) || turns.turn(name) > 0.0, "{case}: {name}");
            }
            turns.end();
        }
        assert_eq!(against("serial_mul"), "serial Rust, native");
    }
}
