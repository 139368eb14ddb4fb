//! `cargo xtask demo`: a real program, from its source to its run on a device, as users build theirs.

use std::ffi::OsString;

use anyhow::{Context, Result};

use crate::{run, setup};

/// The program: a heat equation whose data stays on the device.
const PROGRAM: [&str; 4] = ["-p", "outboard-examples", "--bin", "heat_2d"];

/// The task.
pub(crate) fn run() -> Result<()> {
    setup::ensure(setup::Purpose::Run)?;
    println!("\n1. the plugin, the linker step, the device linker and the command");
    run::build_products()?;
    println!("\n2. the program, built for the host device and run there");
    let mut outboard = run::cargo();
    outboard.args(["outboard", "run", "--release", "--device", "host", "--require"]).args(PROGRAM);
    run::shown(outboard.env("PATH", path()?))?;
    println!(
        "\nIts source is examples/programs/src/bin/heat_2d.rs; `cargo outboard new` makes a project of yours."
    );
    Ok(())
}

/// The PATH with what was built in front.
fn path() -> Result<OsString> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(run::built("release")).chain(std::env::split_paths(&old));
    std::env::join_paths(folders).context("a folder of the PATH has a colon in its name")
}
