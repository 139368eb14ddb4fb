//! cargo in the workspace with the plugin and the linker step, set up as a user's `.cargo/config.toml` would.

use crate::workspace::target;
use crate::{Run, outboard_link, plugin, stable, workspace};
use std::hash::{DefaultHasher, Hasher as _};
use std::path::PathBuf;
use std::sync::OnceLock;

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

/// A folder of its own for every plugin: cargo does not see that one under the same path is another.
fn folder() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let choose = || {
        let mut hash = DefaultHasher::new();
        hash.write(&std::fs::read(plugin()).expect("the plugin has been built"));
        let (all, name) = (target().join("tmp/one_build"), format!("{:016x}", hash.finish()));
        for old in std::fs::read_dir(&all).into_iter().flatten().flatten() {
            if old.file_name() != name.as_str() {
                // What is left of it takes room, and nothing else.
                let _ = std::fs::remove_dir_all(old.path());
            }
        }
        all.join(name)
    };
    FOLDER.get_or_init(choose).clone()
}

/// A program that `cargo_with_plugin` has built for development.
pub fn built_with_plugin(program: &str) -> PathBuf {
    folder().join(TARGET).join("debug").join(program)
}
