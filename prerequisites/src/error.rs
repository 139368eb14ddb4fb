//! What keeps something from being installed.

use std::path::PathBuf;

/// What functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A system with other packages than Debian's.
    #[error(
        "this system has no apt-get, which would install {packages}\n\
         help: install LLVM 22.1 with lld and its OpenMP offload runtime, and set {variable} to the folder that \
         holds its bin and lib"
    )]
    NoApt {
        /// What is missing.
        packages: String,
        /// The variable that says where LLVM is.
        variable: &'static str,
    },
    /// A version of LLVM that will not do.
    #[error(
        "apt offers no llvm-22 of version 22.1 (offered: {offered})\n\
         help: Debian 12 has it in bookworm-security; elsewhere add the LLVM project's own packages \
         (https://apt.llvm.org), or set {variable} to an LLVM 22.1"
    )]
    NoVersion {
        /// The versions there are.
        offered: String,
        /// The variable that says where LLVM is.
        variable: &'static str,
    },
    /// Nobody who could be asked, or no sudo.
    #[error(
        "these packages are missing, and installing them needs root:\n  {commands}\nhelp: run that, then this command again"
    )]
    NeedsRoot {
        /// What root would run.
        commands: String,
    },
    /// The user has said no.
    #[error("nothing installed")]
    Refused,
    /// A program that can't be run.
    #[error("can't run `{command}`")]
    Run {
        /// As typed.
        command: String,
        /// Why.
        source: std::io::Error,
    },
    /// A program that failed.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// As typed.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// A question that can't be asked.
    #[error("can't ask at the terminal")]
    Terminal {
        /// Why.
        source: std::io::Error,
    },
    /// No Python to install into.
    #[error("`{}` is no Python environment\nhelp: install python3-venv", folder.display())]
    NoEnvironment {
        /// The folder.
        folder: PathBuf,
    },
}
