//! `cargo xtask matrix`: every kernel of the suite for every target in every mode.

use anyhow::Result;
use clap::Args;

use crate::{run, setup};

/// Options of `cargo xtask matrix`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Kernels, targets and modes, by name; all of a sort when none of it is named
    only: Vec<String>,
}

/// The task.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::ensure(setup::Purpose::Test)?;
    let mut build = run::cargo();
    build.args(["build", "--quiet", "--release", "--package", "tests", "--bin", "matrix"]);
    run::unshown(&mut build)?;
    let mut matrix = run::in_root(run::built("release").join("matrix"));
    run::unshown(matrix.args(&arguments.only))
}
