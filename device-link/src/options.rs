//! What a link is asked to do.

use std::path::PathBuf;

/// How hard LLVM tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OptLevel {
    /// Not at all; inlining that correctness needs is done all the same.
    O0,
    /// A little.
    O1,
    /// The default.
    #[default]
    O2,
    /// More than usual.
    O3,
}

/// What a link is asked to do.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Architecture or triple of the image; empty for x86_64.
    pub target: String,
    /// Processor of the image; empty for one that every machine of the target is, `native` for this one.
    pub arch: String,
    /// Ordinary functions that become kernels.
    pub kernels: Vec<String>,
    /// Functions that have the entry's signature already, and are exported as they are.
    pub entries: Vec<String>,
    /// How hard LLVM tries.
    pub opt_level: OptLevel,
    /// The ELF linker; by default the `ld.lld` of LLVM 22.
    pub linker: Option<PathBuf>,
    /// A folder for the modules, objects and images that the phases make.
    pub save_temps: Option<PathBuf>,
}
