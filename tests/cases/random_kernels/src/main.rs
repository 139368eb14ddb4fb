//! Runs every kernel of `kernels.rs` on the CPU and on the host device, and compares.

mod kernels;

use outboard::prelude::*;
use std::fmt::Debug;

/// What a launch changes.
#[derive(Clone, PartialEq)]
struct Memory {
    out: Vec<u32>,
    sums: [u32; 7],
}

/// How a kernel is launched: on this device, with this memory, input and limit.
type Launch<'a> = &'a dyn Fn(&Device, &mut Memory, &[u32], u32) -> Result<(), outboard::Error>;

struct Runner {
    cpu: Device,
    device: Device,
    input: Vec<u32>,
    launches: u32,
    panics: u32,
    wrong: u32,
}

impl Runner {
    /// A launch on both. What it leaves in memory has to be the same, or the panic.
    fn compare(&mut self, kernel: u32, sizes: &dyn Debug, items: usize, limit: u32, launch: Launch) {
        let before = Memory { out: (0..items as u32).map(|i| i ^ 0x5555).collect(), sums: [1; 7] };
        let (mut here, mut there) = (before.clone(), before);
        let expected = launch(&self.cpu, &mut here, &self.input, limit);
        let given = launch(&self.device, &mut there, &self.input, limit);
        self.launches += 1;
        let same = match (&expected, &given) {
            (Ok(()), Ok(())) => here == there,
            (Err(expected), Err(given)) => {
                self.panics += 1;
                what(expected) == what(given)
            }
            _ => false,
        };
        if !same {
            self.wrong += 1;
            println!("kernel {kernel} over {sizes:?} with limit {limit} differs:");
            println!("  on the CPU:    {}", shown(&expected, &here));
            println!("  on the device: {}", shown(&given, &there));
        }
    }
}

/// Message and place of a panic. Several items may panic: which one is told is the device's choice. A device's message
/// has no numbers.
fn what(error: &outboard::Error) -> String {
    match error {
        outboard::Error::DevicePanic { message, location, .. } => {
            let message = message.split(':').next().unwrap_or_default();
            format!("{message} at {location:?}")
        }
        other => other.to_string(),
    }
}

fn shown(result: &Result<(), outboard::Error>, memory: &Memory) -> String {
    match result {
        Ok(()) => format!("{:x?} {:x?}", memory.sums, &memory.out[..memory.out.len().min(40)]),
        Err(error) => what(error),
    }
}

fn bits(x: f32) -> u32 {
    if x.is_nan() { 0 } else { x.to_bits() }
}

#[inline(never)]
fn mix(a: u32, b: u32) -> u32 {
    let mixed = (a ^ b.rotate_left(13)).wrapping_mul(0x9e37_79b1);
    mixed ^ mixed >> 15
}

fn main() -> std::process::ExitCode {
    // Panics are compared, not shown.
    std::panic::set_hook(Box::new(|_| ()));
    let input = (0..61).map(|i| mix(i, 7)).collect();
    let device = Device::default().require();
    let mut runner = Runner { cpu: Device::cpu(), device, input, launches: 0, panics: 0, wrong: 0 };
    kernels::all(&mut runner);
    println!("{} launches, {} panicked, {} differ", runner.launches, runner.panics, runner.wrong);
    if runner.wrong == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}

/// How many positions sizes make.
trait Items {
    fn items(self) -> usize;
}

impl Items for usize {
    fn items(self) -> usize {
        self
    }
}

impl Items for (usize, usize) {
    fn items(self) -> usize {
        self.0 * self.1
    }
}

impl Items for (usize, usize, usize) {
    fn items(self) -> usize {
        self.0 * self.1 * self.2
    }
}
