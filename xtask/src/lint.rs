//! `cargo xtask lint`: formatting, clippy, and the documentation of the crate outboard, warnings being errors.

use anyhow::Result;
use std::process::Command;

use crate::run;

type Check = (&'static str, fn() -> Result<()>);

/// The lints, by name.
pub(crate) const CHECKS: [Check; 4] = [
    ("formatting", format),
    ("formatting of the examples", format_examples),
    ("clippy", clippy),
    ("documentation of the crate outboard", document),
];

/// The task.
pub(crate) fn run() -> Result<()> {
    CHECKS.iter().try_for_each(|(_, check)| check())
}

fn format() -> Result<()> {
    run::shown(run::cargo().args(["fmt", "--all", "--check"]))
}

/// `examples/heat` is no package: plain rustc compiles it.
fn format_examples() -> Result<()> {
    let mut command = Command::new("rustfmt");
    command.current_dir(run::root()).args(["--check", "--edition", "2024"]);
    for entry in std::fs::read_dir(run::root().join("examples"))? {
        let folder = entry?.path();
        for file in std::fs::read_dir(&folder)? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "rs") {
                command.arg(file.strip_prefix(run::root())?);
            }
        }
    }
    run::shown(&mut command)
}

fn clippy() -> Result<()> {
    run::shown(run::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

/// What users read of the crate: links in it lead somewhere, and nothing public is without a word.
fn document() -> Result<()> {
    let mut command = run::cargo();
    command.env("RUSTDOCFLAGS", "-D warnings -D missing-docs");
    run::shown(command.args(["doc", "--quiet", "--no-deps", "--package", "outboard"]))
}
