//! What a link is asked to do.

use crate::progress::Listener;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

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

/// What images are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emit {
    /// What the runtime loads.
    #[default]
    Image,
    /// PTX text in place of a cubin: for looking at, and for machines without ptxas.
    Ptx,
}

/// What a panic does on a device, before the kernel ends with a trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PanicMode {
    /// Nothing: the smallest code.
    #[default]
    Trap,
    /// It writes what, where and in which thread to the buffer of `abi::reports`, if the host gave one.
    Record,
}

/// What computes sines and the like where loops become vector code for x86_64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VectorMath {
    /// glibc's libmvec, several numbers at once, up to 4 units in the last place off; where this machine doesn't have
    /// it, the same as `None`.
    #[default]
    Libmvec,
    /// libm, one number after the other.
    None,
}

/// One image that is wanted: `TRIPLE[:CPU[,CPU...]]`, with an architecture in place of the triple where
/// its usual triple is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetSpec {
    /// Architecture or triple; empty for x86_64.
    pub triple: String,
    /// Processors, as the target calls them; none for what every machine of the target is. Several are
    /// for x86_64, whose image chooses among them when it runs.
    pub cpus: Vec<String>,
}

impl FromStr for TargetSpec {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        // amdgcn's processors have colons of their own: gfx90a:xnack+.
        let (triple, cpus) = text.split_once(':').unwrap_or((text, ""));
        let cpus = cpus.split(',').filter(|cpu| !cpu.is_empty()).map(ToOwned::to_owned).collect();
        Ok(Self { triple: triple.to_owned(), cpus })
    }
}

/// What a link is asked to do.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The images, in this order; none for one for x86_64.
    pub targets: Vec<TargetSpec>,
    /// Ordinary functions that become kernels.
    pub kernels: Vec<String>,
    /// Functions that have the entry's signature already, and are exported as they are.
    pub entries: Vec<String>,
    /// How hard LLVM tries.
    pub opt_level: OptLevel,
    /// What images are made of.
    pub emit: Emit,
    /// What a panic does.
    pub panic: PanicMode,
    /// What computes sines and the like on x86_64.
    pub vector_math: VectorMath,
    /// Whether images keep their IR, as it was linked and optimized, and cubins their PTX, to be looked at.
    pub embed_ir: bool,
    /// How many images are linked at the same time; none for as many as there are processors.
    pub jobs: Option<NonZeroUsize>,
    /// The ELF linker; by default the `ld.lld` of LLVM 22.
    pub linker: Option<PathBuf>,
    /// NVIDIA's assembler; by default the one that is found.
    pub ptxas: Option<PathBuf>,
    /// The folder of libclc's bitcode; by default that of Debian's package.
    pub libclc: Option<PathBuf>,
    /// Whether the inputs' compiler is taken to have left control flow around barriers as it was.
    pub assume_convergent_source: bool,
    /// Whether kernels may use variables that can change: the device has a copy of its own.
    pub allow_mutable_statics: bool,
    /// The Rust toolchain whose standard library is used; by default the one that made the inputs.
    pub sysroot: Option<PathBuf>,
    /// A folder in which images are kept, and found when nothing that they are made of has changed.
    pub cache_dir: Option<PathBuf>,
    /// How many bytes that folder may have when a link has added to it; 2 GiB by default. What was used longest ago
    /// is removed.
    pub cache_size: Option<u64>,
    /// A folder for the modules, objects and images that the phases make.
    pub save_temps: Option<PathBuf>,
    /// Who is told how far the link is.
    pub progress: Option<Listener>,
}
