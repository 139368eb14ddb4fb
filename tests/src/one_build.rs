//! A workspace of cargo's that is built in one build: with the plugin and the linker step, by its configuration.

use std::path::{Path, PathBuf};

use xtask::tools::Toolchain;

use crate::{Run, Scratch, outboard_link, plugin, stable, workspace};

/// What it is built for.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What the program of the workspace prints.
pub fn report(ran: &str) -> String {
    let launches = ["generic f32", "generic f64", "of the library", "capturing", "parsing"];
    launches.map(|launch| format!("{launch}: {ran}\n")).concat()
}

/// Has a copy of a program ask the loader for an LLVM that is not there.
pub fn without_llvm(program: &Path) {
    let (there, missing) = (b"libLLVM.so.22.1", b"libLLVM.so.22.9");
    let mut bytes = std::fs::read(program).expect("a copy");
    let at = memchr::memmem::find(&bytes, there).expect("it needs LLVM");
    bytes[at..at + missing.len()].copy_from_slice(missing);
    std::fs::write(program, bytes).expect("writable");
}

/// A copy of the workspace, with its configuration.
#[derive(Debug)]
pub struct Build {
    /// The folder.
    pub scratch: Scratch,
    toolchain: &'static Toolchain,
}

impl Default for Build {
    fn default() -> Self {
        Self::new()
    }
}

impl Build {
    /// The plugin and the linker, as a user writes them down.
    pub fn new() -> Self {
        Self::with(&[], "")
    }

    /// The same with more flags for rustc, and more configuration.
    pub fn with(flags: &[&str], configuration: &str) -> Self {
        let plugin = format!("-Zllvm-plugins={}", plugin().display());
        let all: Vec<_> =
            [plugin.as_str(), "-Cpasses=offload-records"].iter().chain(flags).copied().collect();
        let linker = format!("linker = {:?}\n", outboard_link());
        Self::configured(&format!("{linker}rustflags = {all:?}\n"), configuration)
    }

    /// With this about the target.
    pub fn configured(target: &str, configuration: &str) -> Self {
        let scratch = Scratch::new();
        copy(&workspace().join("tests/cases/one_build"), scratch.folder());
        let text = format!(
            "[env]\nRUSTC_BOOTSTRAP = \"1\"\n\n[build]\ntarget = \"{TARGET}\"\n\n[target.{TARGET}]\n{target}\n{configuration}"
        );
        scratch.write(".cargo/config.toml", text);
        Self { scratch, toolchain: stable() }
    }

    /// Built by this toolchain.
    #[must_use]
    pub fn on(self, toolchain: &'static Toolchain) -> Self {
        Self { toolchain, ..self }
    }

    /// Changes a file of the workspace.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.scratch.path(file);
        let text = std::fs::read_to_string(&path).expect("a file of the workspace");
        assert!(text.contains(from), "{file} has no `{from}`");
        std::fs::write(&path, text.replace(from, to)).expect("writable");
    }

    /// What a development build made.
    pub fn made(&self, name: &str) -> PathBuf {
        self.scratch.path("target").join(TARGET).join("debug").join(name)
    }

    /// cargo in the workspace.
    pub fn cargo(&self, arguments: &[&str]) -> Run {
        Run::new(self.toolchain.rustc.with_file_name("cargo"))
            .env("RUSTC", &self.toolchain.rustc)
            .env("CARGO_TARGET_DIR", self.scratch.path("target"))
            .env("OMP_TARGET_OFFLOAD", "MANDATORY")
            .dir(self.scratch.folder())
            .args(["--config", "net.offline=true"])
            .args(arguments)
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the case is there") {
        let entry = entry.expect("the case is readable");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a file");
        }
    }
}
