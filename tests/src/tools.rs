//! The tools that tests run: LLVM, and every rustc whose LLVM is 22.

use std::path::PathBuf;
use std::sync::OnceLock;

use xtask::tools::{Llvm, Toolchain};

use crate::workspace;

/// LLVM 22.1. Without it no test can run.
pub fn llvm() -> &'static Llvm {
    static LLVM: OnceLock<Llvm> = OnceLock::new();
    LLVM.get_or_init(|| Llvm::find().unwrap_or_else(|error| panic!("{error}")))
}

/// The toolchain that the workspace is built with.
pub fn stable() -> &'static Toolchain {
    static STABLE: OnceLock<Toolchain> = OnceLock::new();
    STABLE.get_or_init(|| Toolchain::of_workspace(workspace()).unwrap_or_else(|error| panic!("{error}")))
}

/// A nightly with LLVM 22. `None` where there is none, and the reason is printed.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
pub fn nightly() -> Option<&'static Toolchain> {
    static NIGHTLY: OnceLock<Result<Toolchain, String>> = OnceLock::new();
    match NIGHTLY.get_or_init(Toolchain::nightly) {
        Ok(toolchain) => Some(toolchain),
        Err(why) => {
            eprintln!("left out on nightly: {why}");
            None
        }
    }
}

/// Stable, and nightly where there is one.
pub fn rustcs() -> Vec<&'static Toolchain> {
    [Some(stable()), nightly()].into_iter().flatten().collect()
}

/// A program of the Python environment that `cargo xtask setup` makes.
pub fn wheel_program(name: &str) -> Option<PathBuf> {
    let program = workspace().join(".venv/bin").join(name);
    program.is_file().then_some(program)
}
