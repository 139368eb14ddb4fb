//! cargo in the workspace with the plugin and the linker step, set up as a user's `.cargo/config.toml` would.

use crate::workspace::target;
use crate::{Run, outboard_link, plugin, stable, workspace};
use std::path::PathBuf;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// cargo, for programs whose kernels run on devices, with more flags for rustc.
pub fn cargo_with_plugin(more_flags: &[&str]) -> Run {
    let plugin = format!("-Zllvm-plugins={}", plugin().display());
    let flags = [
        plugin.as_str(),
        "-Cpasses=offload-records",
        "-Zmir-enable-passes=-JumpThreading",
        "-Clink-arg=--outboard-assume-convergent-source",
        "--cfg=outboard",
    ];
    let flags: Vec<_> = flags.iter().chain(more_flags).collect();
    Run::new(stable().rustc.with_file_name("cargo"))
        .env("RUSTC", &stable().rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", folder())
        .dir(workspace())
        .args(["--config", &format!("build.target={TARGET:?}")])
        .args(["--config", &format!("target.{TARGET}.linker={:?}", outboard_link())])
        .args(["--config", &format!("target.{TARGET}.rustflags={flags:?}")])
        .args(["--config", "net.offline=true"])
}

fn folder() -> PathBuf {
    // cargo does not see that the plugin is another one: what older ones have stored is of no use.
    target().join(format!("tmp/one_build_of_records_{}", offload_records::VERSION))
}

/// A program that `cargo_with_plugin` has built for development.
pub fn built_with_plugin(program: &str) -> PathBuf {
    folder().join(TARGET).join("debug").join(program)
}
