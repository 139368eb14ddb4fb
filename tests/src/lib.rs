//! What the integration tests share: where things are, the built plugin and device-link, running
//! programs with readable failures, temporary folders, and LLVM's text in one normal form.

#![forbid(unsafe_code)]

pub mod cargo_with_plugin;
pub mod cluster;
pub mod compile;
pub mod images;
pub mod kernels;
pub mod linked_program;
pub mod normalise;
pub mod one_build;
pub mod outboard_project;
pub mod products;
pub mod random_kernels;
pub mod run;
pub mod scratch;
pub mod thin_workload;
pub mod tools;
pub mod workspace;

pub use normalise::normalise;
pub use products::{bitcode_link, cargo_outboard, device_link, outboard_link, plugin};
pub use run::{Ran, Run};
pub use scratch::Scratch;
pub use tools::{llvm, nightly, rustcs, stable};
pub use workspace::workspace;

/// `insta::assert_snapshot!`, and a failure says how to accept the new text.
#[macro_export]
macro_rules! snapshot {
    ($($argument:tt)*) => {{
        let _hint = $crate::BlessHint;
        ::insta::assert_snapshot!($($argument)*);
    }};
}

/// Prints how to accept a snapshot when a failure unwinds past it.
#[derive(Debug)]
pub struct BlessHint;

impl Drop for BlessHint {
    #[expect(clippy::print_stderr, reason = "tests talk to who runs them")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("if the new text is right, `cargo xtask bless` accepts it");
        }
    }
}

/// Whether `cargo xtask bless` runs: expectations that insta does not keep are rewritten then.
pub fn is_blessing() -> bool {
    std::env::var_os("OUTBOARD_BLESS").is_some()
}
