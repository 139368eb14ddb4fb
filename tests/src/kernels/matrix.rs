//! Kernels × targets × modes: every cell linked, run where something runs it, and held against its manifest.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::build::{self, Mode};
use super::devices::Devices;
use super::{Kernel, Target};
use crate::Scratch;

/// What became of a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran, and computed what the host computes.
    Ran,
    /// An image of it was made.
    Linked,
    /// The target refused it, as its manifest says.
    Refused,
    /// Something else than its manifest says.
    Wrong(String),
}

/// One cell of the matrix.
#[derive(Debug)]
pub struct Cell<'k> {
    /// The kernel.
    pub kernel: &'k Kernel,
    /// The target.
    pub target: Target,
    /// How it was compiled.
    pub mode: Mode,
    /// What became of it.
    pub outcome: Outcome,
}

/// The cells of one mode: each kernel linked on its own for each target, on `jobs` threads.
pub fn mode<'k>(
    scratch: &Scratch,
    devices: &Devices,
    kernels: &'k [Kernel],
    targets: &[Target],
    mode: Mode,
    jobs: usize,
) -> Vec<Cell<'k>> {
    let modules = build::bitcode(scratch, kernels, mode);
    let work: Vec<_> =
        targets.iter().flat_map(|target| kernels.iter().map(move |kernel| (kernel, *target))).collect();
    let queue = Mutex::new(work.into_iter().enumerate());
    let cells = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no worker panics with it").next();
                    let Some((at, (kernel, target))) = next else { break };
                    let outcome = cell(scratch, devices, &modules, kernel, target, mode);
                    let cell = Cell { kernel, target, mode, outcome };
                    cells.lock().expect("no worker panics with it").push((at, cell));
                }
            });
        }
    });
    let mut cells = cells.into_inner().expect("all workers are done");
    cells.sort_by_key(|(at, _)| *at);
    cells.into_iter().map(|(_, cell)| cell).collect()
}

fn cell(
    scratch: &Scratch,
    devices: &Devices,
    modules: &[PathBuf],
    kernel: &Kernel,
    target: Target,
    mode: Mode,
) -> Outcome {
    let name = format!("{}/{}-{}", mode.name, kernel.name, target.name);
    match link_alone(scratch, modules, kernel, target, &name) {
        Ok(Some(container)) => run(scratch, devices, kernel, target, &container, &name),
        Ok(None) => Outcome::Refused,
        Err(why) => Outcome::Wrong(why),
    }
}

/// Links one kernel, and holds what comes of it against its manifest: a container, a refusal that is expected, or
/// what is wrong.
pub fn link_alone(
    scratch: &Scratch,
    modules: &[PathBuf],
    kernel: &Kernel,
    target: Target,
    name: &str,
) -> Result<Option<PathBuf>, String> {
    let (ran, container) = build::link(scratch, modules, &[kernel], target, name);
    match (ran.code(), kernel.refusal(target)) {
        (Some(0), Some(_)) => Err("it links, and should be refused".to_owned()),
        (Some(0), None) => Ok(Some(container)),
        (Some(1), Some(message)) if ran.stderr.contains(message) => Ok(None),
        (Some(1), Some(message)) => {
            Err(format!("it should be refused with `{message}`: {}", first_lines(&ran.stderr)))
        }
        (Some(1), None) => Err(format!("it does not link: {}", first_lines(&ran.stderr))),
        _ => Err(format!("device-link crashed: {}", first_lines(&ran.to_string()))),
    }
}

/// Runs a kernel of a container where something here runs it.
pub fn run(
    scratch: &Scratch,
    devices: &Devices,
    kernel: &Kernel,
    target: Target,
    container: &Path,
    name: &str,
) -> Outcome {
    if devices.missing(target).is_some() || !kernel.runs(target) {
        return Outcome::Linked;
    }
    let image = build::image(scratch, container, name);
    match devices.check(kernel, target, &image) {
        Ok(()) => Outcome::Ran,
        Err(why) => Outcome::Wrong(why),
    }
}

/// Enough of a message to know it by.
fn first_lines(text: &str) -> String {
    text.lines().take(4).map(str::trim).collect::<Vec<_>>().join(" | ")
}
