//! `cargo xtask random-kernels`: random kernels on the CPU and on the host device.

use anyhow::Result;
use clap::Args;

use crate::{run, setup};

/// Options of `cargo xtask random-kernels`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What the kernels hang on: the same seed gives the same kernels
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many
    #[arg(long, default_value_t = 10_000)]
    count: u32,
    /// How many in each program
    #[arg(long, default_value_t = 250)]
    each: u32,
}

/// The task.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::ensure(setup::Purpose::Test)?;
    let mut build = run::cargo();
    build.args(["build", "--quiet", "--package", "tests", "--bin", "random_kernels"]);
    run::unshown(&mut build)?;
    let mut kernels = run::in_root(run::built("debug").join("random_kernels"));
    let numbers = [arguments.seed, arguments.count.into(), arguments.each.into()];
    run::unshown(kernels.args(numbers.map(|number| number.to_string())))
}
