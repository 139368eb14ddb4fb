//! What the program with LLVM is asked to do, as it is written for it.

use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

/// What is asked for on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Options {
    /// The images, as device-link names their targets, and `host`; none for that.
    pub devices: Vec<String>,
    /// Whether the image for `host` has code for several levels of x86_64.
    pub levels: bool,
    /// When the runtime is opened.
    pub runtime: Runtime,
    /// The files that may be the runtime; none for where LLVM has it.
    pub runtime_files: Vec<PathBuf>,
    /// A folder in which images are kept.
    pub cache: Option<PathBuf>,
    /// The Rust toolchain whose standard library is used.
    pub sysroot: Option<PathBuf>,
    /// Whether the compiler is taken to have left control flow around barriers as it was: records are from before
    /// LLVM's optimisations, but not from before rustc's own.
    pub assume_convergent_source: bool,
    /// What computes sines and the like on x86_64.
    pub vector_math: VectorMath,
    /// NVIDIA's assembler; none for the one that is found.
    pub ptxas: Option<PathBuf>,
    /// A folder for what was made and what is worth saying about it: `PROGRAM.json` and `PROGRAM.offload`.
    pub report: Option<PathBuf>,
}

/// When the runtime is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// At the first launch, if it is there.
    #[default]
    Lazy,
    /// When the program starts: it is linked.
    Linked,
}

/// What computes sines and the like where loops become vector code for x86_64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VectorMath {
    /// glibc's libmvec.
    #[default]
    Libmvec,
    /// libm, one number after the other.
    None,
}

/// Images and a registration object that are wanted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    /// The object to write.
    pub object: PathBuf,
    /// What is linked, for messages.
    pub program: PathBuf,
    /// Where records are.
    pub sections: Vec<Section>,
    /// Objects that are bitcode, with their records inside.
    pub bitcode: Vec<PathBuf>,
    /// Objects and libraries that were compiled without the plugin, with bitcode of their compiler's inside.
    pub embedded: Vec<PathBuf>,
    /// How.
    pub options: Options,
    /// The link itself, if it follows.
    pub trial: Option<Trial>,
    /// A folder in which a run of cargo is told how far the work is, and what came of it.
    pub run: Option<PathBuf>,
}

/// A link, to be tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The program that links.
    pub linker: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// A section of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The file.
    pub file: PathBuf,
    /// The member, if it is an archive.
    pub member: Option<String>,
    /// Where the section is in the file.
    pub offset: u64,
    /// Its bytes.
    pub size: u64,
    /// Whether it is what a shared library keeps: its launches are that library's own affair.
    pub kept: bool,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        self.member.as_ref().map_or(Ok(()), |member| write!(f, "({member})"))
    }
}
