//! Running other programs: the command is printed first, and a failure names it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// What a user installs.
const PRODUCTS: [&str; 4] = ["outboard-pass", "host-link", "device-link", "cargo-outboard"];

/// The programs that tests run.
const PROGRAMS: [&str; 5] =
    ["outboard-link", "outboard-register", "device-link", "bitcode-link", "cargo-outboard"];

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("xtask is a folder of the repository").to_owned()
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    in_root(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The folder of built programs of a profile (`debug`, `release`).
pub(crate) fn built(profile: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target).join(profile)
}

/// A program run in the root of the repository.
pub(crate) fn in_root(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The command as one would type it in the root of the repository.
pub(crate) fn as_typed(command: &Command) -> String {
    let text = prerequisites::command::as_typed(command);
    match command.get_current_dir() {
        Some(folder) if folder == root() => text.replace(&format!("{}/", root().display()), ""),
        _ => text,
    }
}

/// Prints the command and runs it with our terminal.
pub(crate) fn shown(command: &mut Command) -> Result<()> {
    println!("$ {}", as_typed(command));
    unshown(command)
}

/// Runs the command with our terminal.
pub(crate) fn unshown(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run `{}`", as_typed(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", as_typed(command));
    }
    Ok(())
}

/// What the command wrote: (standard output, standard error).
pub(crate) fn captured(command: &mut Command) -> Result<(String, String)> {
    let output = command.output().with_context(|| format!("cannot run `{}`", as_typed(command)))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    if !output.status.success() {
        bail!("`{}` failed ({})\n{stdout}{stderr}", as_typed(command), output.status);
    }
    Ok((stdout, stderr))
}

/// Builds the plugin and all programs: what a user installs.
pub(crate) fn build_products() -> Result<()> {
    let mut command = cargo();
    command.args(["build", "--release"]);
    command.args(PRODUCTS.iter().flat_map(|package| ["--package", package]));
    shown(&mut command)
}

/// Builds the same for the tests, of the whole workspace: so dependencies have the features that they have there.
pub(crate) fn build_tested() -> Result<()> {
    let mut command = cargo();
    command.args(["build", "--workspace", "--lib"]);
    command.args(PROGRAMS.iter().flat_map(|program| ["--bin", program]));
    shown(&mut command)
}
