//! The plugin and device-link, built once a test process: tests never run a stale one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::workspace::{target, workspace};

/// The plugin, in the profile of the tests.
pub fn plugin() -> &'static Path {
    &built().plugin
}

/// The program device-link, in the profile of the tests.
pub fn device_link() -> &'static Path {
    &built().device_link
}

struct Products {
    plugin: PathBuf,
    device_link: PathBuf,
}

fn built() -> &'static Products {
    static BUILT: OnceLock<Products> = OnceLock::new();
    BUILT.get_or_init(|| {
        let release = !cfg!(debug_assertions);
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(workspace()).args(["build", "--quiet", "-p", "outboard-pass", "-p", "device-link"]);
        if release {
            cargo.arg("--release");
        }
        let output = cargo.output().unwrap_or_else(|error| panic!("cannot run cargo: {error}"));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the plugin and device-link do not build:\n{errors}");
        let folder = target().join(if release { "release" } else { "debug" });
        Products { plugin: folder.join("liboutboard_pass.so"), device_link: folder.join("device-link") }
    })
}
