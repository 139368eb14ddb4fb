//! Why there is no relocatable object.

use crate::file_error::FileError;
use crate::inlining::HelperError;
use crate::origin::Origin;
use diagnostics::Code;
use std::path::PathBuf;
use std::process::ExitStatus;
use thiserror::Error;

/// A failure. No output is written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CombineError {
    /// The inputs, or what doesn't go together.
    #[error(transparent)]
    Input(#[from] crate::Error),
    /// The helpers.
    #[error(transparent)]
    Helper(#[from] HelperError),
    /// An ELF file that isn't relocatable, or for another machine.
    #[error("`{origin}` is no relocatable object of 64 bits")]
    NotRelocatable {
        /// The file.
        origin: Origin,
    },
    /// Nothing to compile.
    #[error("no input has bitcode: {}\nhelp: `ld -r` combines objects alone", inputs.join(", "))]
    NoBitcode {
        /// The inputs.
        inputs: Vec<String>,
    },
    /// A name in the list that means nothing.
    #[error("`{symbol}` is to be exported, and nothing defines it")]
    UnknownExport {
        /// The symbol.
        symbol: String,
    },
    /// A file that can't be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A target that this LLVM has no code generator for.
    #[error("there is no code generator for `{triple}`: {text}")]
    Target {
        /// The target.
        triple: String,
        /// LLVM's text.
        text: String,
    },
    /// LLVM failed.
    #[error("LLVM can't {what}: {text}")]
    Llvm {
        /// At what.
        what: &'static str,
        /// Its text.
        text: String,
    },
    /// A program that can't be run.
    #[error("`{}` can't be run\nhelp: install LLVM 22 with lld, or set LLVM_SYS_221_PREFIX", program.display())]
    NotRun {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A program that failed.
    #[error("`{}` failed ({status}): {}", program.display(), text.trim())]
    Failed {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// What it printed.
        text: String,
    },
}

impl CombineError {
    /// What explains it; nothing where it is a failure of LLVM's.
    pub fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Input(error) => error.code(),
            Self::Helper(error) => error.code(),
            Self::NotRelocatable { .. } | Self::NoBitcode { .. } => Code::OB0301,
            Self::UnknownExport { .. } => Code::OB0703,
            Self::File(error) => error.code(),
            Self::NotRun { .. } | Self::Failed { .. } => Code::OB0706,
            Self::Target { .. } | Self::Llvm { .. } => return None,
        })
    }
}
