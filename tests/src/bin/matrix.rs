//! `cargo xtask matrix`: every kernel for every target in every mode. Arguments name kernels, targets and modes; all
//! of a sort when none is named. Exit status 1 when a cell is not what its manifest says.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

use std::process::ExitCode;

use tests::Scratch;
use tests::kernels::build::MODES;
use tests::kernels::devices::Devices;
use tests::kernels::{TARGETS, all, matrix, table};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (mut kernels, mut targets, mut modes) = (all(), TARGETS.to_vec(), MODES.to_vec());
    for word in &words {
        let known = kernels.iter().any(|kernel| kernel.name == *word)
            || TARGETS.iter().any(|target| target.name == word)
            || MODES.iter().any(|mode| mode.name == word);
        if !known {
            eprintln!("error: `{word}` is no kernel, target or mode");
            return ExitCode::FAILURE;
        }
    }
    let keep = |name: &str| words.iter().any(|word| word == name);
    if targets.iter().any(|target| keep(target.name)) {
        targets.retain(|target| keep(target.name));
    }
    if modes.iter().any(|mode| keep(mode.name)) {
        modes.retain(|mode| keep(mode.name));
    }
    if kernels.iter().any(|kernel| keep(&kernel.name)) {
        kernels.retain(|kernel| keep(&kernel.name));
    }

    let scratch = Scratch::new();
    let devices = Devices::new(&scratch, &kernels);
    for target in &targets {
        if let Some(why) = devices.missing(*target) {
            println!("{}: linked, not run: {why}", target.name);
        }
    }
    let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut cells = Vec::new();
    for mode in modes {
        let more = matrix::mode(&scratch, &devices, &kernels, &targets, mode, jobs);
        for failure in table::failures(&more) {
            println!("wrong: {failure}");
        }
        println!("{}: {} cells", mode.name, more.len());
        cells.extend(more);
    }
    println!("\n{}", table::summary(&cells));
    if table::failures(&cells).is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
