//! `cargo xtask setup`: looks at what is there, and installs what is missing. Nothing missing, nothing done.

use anyhow::{Context as _, Result, bail};
use clap::Args;
use std::process::Command;

use crate::run;
use needs::Needs;
use prerequisites::apt;
use prerequisites::tools::{self, NIGHTLIES, Toolchain};
use prerequisites::wheels::{Environment, FOR_DEVELOPERS as WHEELS};

mod needs;

/// Options of `cargo xtask setup`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only look: a table of what is wanted and what is there; exit status 1 if something needed is missing
    #[arg(long)]
    check: bool,
}

/// What the set-up is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building and running: no nightly.
    Run,
    /// All of it.
    Test,
}

/// The task.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.check {
        let needs = Needs::look();
        println!("{}", needs.table());
        return match needs.missing().len() {
            0 => Ok(()),
            n => bail!("{n} of {} things needed are missing", needs.len()),
        };
    }
    let needs = Needs::look();
    // What is optional is installed where that is easy.
    let with_packages = !needs.missing().is_empty() || tools::on_path("apt-get").is_some();
    install(Purpose::Test, &needs, with_packages)?;
    println!("{}\neverything needed is there", Needs::look().table());
    Ok(())
}

/// Installs what is missing, and says nothing when nothing is. What is optional is not worth asking for root.
pub(crate) fn ensure(purpose: Purpose) -> Result<()> {
    let needs = Needs::look();
    let anything_needed = !needs.missing().is_empty();
    install(purpose, &needs, anything_needed)
}

fn install(purpose: Purpose, needs: &Needs, with_packages: bool) -> Result<()> {
    let packages = if with_packages { needs.packages_to_install() } else { Vec::new() };
    if !packages.is_empty() {
        apt::install(&packages).with_context(|| needs.table())?;
    }
    if purpose == Purpose::Test {
        install_nightly();
        install_wheels();
    }
    let after = Needs::look();
    if !after.missing().is_empty() {
        bail!("something needed is missing\n{}", after.table());
    }
    Ok(())
}

/// The Python environment of the repository.
fn environment() -> Environment {
    Environment::at(&run::root().join(".venv"))
}

/// No network or no Python is only told: what wants them is left out.
fn install_wheels() {
    if let Err(why) = environment().install(&WHEELS) {
        println!("note: what comes from PyPI is not all there: {why}");
    }
}

/// Installs nothing and prints nothing: what is missing is an error.
pub(crate) fn require() -> Result<()> {
    match Needs::look().missing()[..] {
        [] => Ok(()),
        ref missing => bail!("missing: {}; run `cargo xtask setup`", missing.join(", ")),
    }
}

/// Installs a nightly with LLVM 22. The tests that want one are left out without it, so a failure is only told.
fn install_nightly() {
    if Toolchain::nightly().is_ok() {
        return;
    }
    let result = if tools::on_path("rustup").is_some() {
        let mut command = Command::new("rustup");
        command.args(["toolchain", "install", NIGHTLIES[0], "--profile", "minimal", "--no-self-update"]);
        run::shown(&mut command).map_err(|error| error.to_string())
    } else {
        Err("rustup is not on the PATH".into())
    };
    if let Err(why) = result.and_then(|()| Toolchain::nightly().map(drop)) {
        println!("note: the tests on nightly Rust will be left out: {why}");
    }
}
