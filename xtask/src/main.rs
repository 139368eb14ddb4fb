//! `cargo xtask`: the project's own commands, one file each.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod bless;
mod book;
mod demo;
mod dictionary;
mod lint;
mod matrix;
mod random_kernels;
mod run;
mod setup;
mod test;

/// The project's own commands.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what building and testing needs: LLVM 22, its runtimes, a nightly toolchain
    Setup(setup::Arguments),
    /// Run every test and lint
    Test(test::Arguments),
    /// Run a real program on a device: a heat equation
    Demo,
    /// Measure against other ways to offload
    Bench(bench::Arguments),
    /// Link the kernel suite for every target in every mode, and run what runs here
    Matrix(matrix::Arguments),
    /// Train the dictionary that records are compressed with
    Dictionary,
    /// Run random kernels on the CPU and on the host device, and compare
    RandomKernels(random_kernels::Arguments),
    /// Accept the snapshots as they are now
    Bless,
    /// Build the book of docs/
    Book(book::Arguments),
    /// Check formatting, clippy and documentation
    Lint,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Setup(arguments) => setup::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Demo => demo::run(),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Matrix(arguments) => matrix::run(&arguments),
        Task::Dictionary => dictionary::run(),
        Task::RandomKernels(arguments) => random_kernels::run(&arguments),
        Task::Bless => bless::run(),
        Task::Book(arguments) => book::run(&arguments),
        Task::Lint => lint::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
