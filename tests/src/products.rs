//! The plugin and the programs, built once a test process: tests never run a stale one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::workspace::{target, workspace};

/// The plugin, in the profile of the tests.
pub fn plugin() -> &'static Path {
    static PLUGIN: OnceLock<PathBuf> = OnceLock::new();
    PLUGIN.get_or_init(|| build(&["--lib"], "liboutboard_pass.so"))
}

/// The program device-link, in the profile of the tests.
pub fn device_link() -> &'static Path {
    static DEVICE_LINK: OnceLock<PathBuf> = OnceLock::new();
    DEVICE_LINK.get_or_init(|| build(&["--bin", "device-link"], "device-link"))
}

/// The program bitcode-link, in the profile of the tests.
pub fn bitcode_link() -> &'static Path {
    static BITCODE_LINK: OnceLock<PathBuf> = OnceLock::new();
    BITCODE_LINK.get_or_init(|| build(&["--bin", "bitcode-link"], "bitcode-link"))
}

/// The linker step of one build, with the program that it runs beside it.
pub fn outboard_link() -> &'static Path {
    static OUTBOARD_LINK: OnceLock<PathBuf> = OnceLock::new();
    OUTBOARD_LINK
        .get_or_init(|| build(&["--bin", "outboard-link", "--bin", "outboard-register"], "outboard-link"))
}

/// The command `cargo outboard`, with all that it uses beside it.
pub fn cargo_outboard() -> &'static Path {
    static CARGO_OUTBOARD: OnceLock<PathBuf> = OnceLock::new();
    let _ = (plugin(), outboard_link(), device_link());
    CARGO_OUTBOARD.get_or_init(|| build(&["--bin", "cargo-outboard"], "cargo-outboard"))
}

/// Builds `targets`, and tells where their `file` is. Of the whole workspace, for the features of a dependency are those
/// that the chosen packages ask for together: so it is compiled once for all products and all tests.
fn build(targets: &[&str], file: &str) -> PathBuf {
    let release = !cfg!(debug_assertions);
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace()).args(["build", "--quiet", "--workspace"]).args(targets);
    if release {
        cargo.arg("--release");
    }
    let output = cargo.output().unwrap_or_else(|error| panic!("cannot run cargo: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{file} does not build:\n{errors}");
    target().join(if release { "release" } else { "debug" }).join(file)
}
