//! What can go wrong in a ThinLTO link, wherever its parts run.

use crate::error::Mismatch;
use crate::file_error::FileError;
use crate::origin::Origin;
use diagnostics::Code;
use std::path::PathBuf;
use thiserror::Error;

/// A failure, with the module or file that it is about.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ThinError {
    /// An input that can't be read.
    #[error(transparent)]
    Input(#[from] crate::Error),
    /// Nothing to do.
    #[error(
        "none of the {count} inputs has bitcode\n\
         help: compile with -flto=thin, or with rustc's -C linker-plugin-lto"
    )]
    NoBitcode {
        /// How many there are.
        count: usize,
    },
    /// A module that LLVM doesn't take.
    #[error("`{origin}` can't be part of a ThinLTO link: {text}")]
    Module {
        /// The module.
        origin: Origin,
        /// LLVM's text.
        text: String,
    },
    /// Modules for different machines.
    #[error(
        "`{}` is for {} and `{}` for {}\nhelp: link them apart",
        _0.first, _0.first_value, _0.second, _0.second_value
    )]
    Triples(Box<Mismatch>),
    /// Modules for different processors, where the result is for one.
    #[error(
        "`{}` is for {} and `{}` for {}\n\
         help: compile both for one processor, or say with --cpu which one the code is for",
        _0.first, _0.first_value, _0.second, _0.second_value
    )]
    Cpus(Box<Mismatch>),
    /// No processor, where the result is for one.
    #[error("no function says which processor of {triple} it is for\nhelp: say it with --cpu")]
    NoCpu {
        /// The triple.
        triple: String,
    },
    /// A processor or a feature that there isn't: LLVM would compile for another one.
    #[error(
        "{triple} has nothing called `{word}`\n\
         help: `clang-22 --target={triple} --print-supported-cpus` lists its processors"
    )]
    UnknownToTarget {
        /// What was asked for.
        word: String,
        /// The triple.
        triple: String,
    },
    /// LLVM's thin link.
    #[error("the thin link failed: {text}")]
    ThinLink {
        /// LLVM's text.
        text: String,
    },
    /// A part of an index that isn't one.
    #[error("`{}` is no ThinLTO index: {text}", path.display())]
    Index {
        /// The file.
        path: PathBuf,
        /// LLVM's text.
        text: String,
    },
    /// A module to import from that isn't there.
    #[error("`{module}` imports from `{import}`, which can't be read")]
    Import {
        /// The module.
        module: String,
        /// The one that it imports from.
        import: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// LLVM's back end.
    #[error("`{module}` can't be compiled: {text}")]
    Backend {
        /// The module.
        module: String,
        /// LLVM's text.
        text: String,
    },
    /// A job that ran and failed.
    #[error("the job for `{module}` failed ({status}): {}\nhelp: the command was: {command}", text.trim())]
    Job {
        /// The module.
        module: String,
        /// How it ended.
        status: String,
        /// What it printed.
        text: String,
        /// What was run.
        command: String,
    },
    /// A job that ran, and whose object isn't there.
    #[error("the job for `{module}` succeeded and wrote no `{output}`\nhelp: the command was: {command}")]
    NoOutput {
        /// The module.
        module: String,
        /// The file.
        output: String,
        /// What was run.
        command: String,
    },
    /// A program that can't be run.
    #[error("`{program}` can't be run")]
    NotRun {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No linker.
    #[error(
        "no `{}`, nor ld.lld-22 or ld.lld on the PATH\n\
         help: install lld 22, set LLVM_SYS_221_PREFIX to its installation prefix, or give --linker",
        looked_for.display()
    )]
    NoLinker {
        /// Where it was looked for first.
        looked_for: PathBuf,
    },
    /// Jobs that don't make objects.
    #[error(
        "no linker takes what the jobs make for {triple}\n\
         help: leave -o out, and take the PTX from --objects"
    )]
    NothingToLink {
        /// The triple.
        triple: String,
    },
    /// The last link.
    #[error("the linker `{program}` failed ({status}): {}", text.trim())]
    Linker {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
        /// What it printed.
        text: String,
    },
    /// A list of jobs that can't be read.
    #[error("`{}` is no list of jobs", path.display())]
    JobList {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A list of jobs that doesn't say what it has to.
    #[error("`{}` is no list of jobs: {text}", path.display())]
    JobListContent {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        text: String,
    },
    /// A job whose worker was lost too often.
    #[error("the job for `{module}` was lost {attempts} times: {why}")]
    Lost {
        /// The module.
        module: String,
        /// How often.
        attempts: u64,
        /// What was told last.
        why: String,
    },
    /// A job that took too long.
    #[error("the job for `{module}` took longer than {seconds} s\nhelp: give it more with --job-timeout")]
    Timeout {
        /// The module.
        module: String,
        /// The limit.
        seconds: u64,
    },
    /// Workers that make other code.
    #[error(
        "no worker has LLVM {llvm}: {}\n\
         help: install the same LLVM there, or say with --worker-program where it is",
        workers.join("; ")
    )]
    WorkerLlvm {
        /// What is needed.
        llvm: String,
        /// What each has.
        workers: Vec<String>,
    },
    /// No cluster's name.
    #[error(
        "no Dask scheduler was named\n\
         help: say where it is with --dask-scheduler or DASK_SCHEDULER_ADDRESS"
    )]
    UnnamedScheduler,
    /// No cluster.
    #[error(
        "the Dask scheduler `{scheduler}` can't be reached: {text}\nhelp: start one with `dask scheduler`"
    )]
    Scheduler {
        /// Its address.
        scheduler: String,
        /// What Dask says.
        text: String,
    },
    /// A cluster of nobody.
    #[error(
        "no worker came to the Dask scheduler `{scheduler}` in {seconds} s\n\
         help: start some with `dask worker {scheduler}`"
    )]
    NoWorkers {
        /// The scheduler's address.
        scheduler: String,
        /// How long it took.
        seconds: u64,
    },
    /// No Dask.
    #[error(
        "`{program}` has no Dask: {text}\n\
         help: install the Python package distributed, or say with --python which one has it"
    )]
    NoDask {
        /// The Python that was tried.
        program: String,
        /// What it says.
        text: String,
    },
    /// A file that is no longer what was linked.
    #[error("`{}` has changed while it was being linked", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The distributor ended without having told why.
    #[error("the program that talks to Dask ended early ({status}): {}", text.trim())]
    Distributor {
        /// How it ended.
        status: String,
        /// What it printed.
        text: String,
    },
    /// An image that no GPU runs.
    #[error(
        "the object of `{module}` is for no processor: its ELF flags are 0\n\
         help: pass the processor on, with -mcpu= or --cpu"
    )]
    NoProcessor {
        /// The module.
        module: String,
    },
    /// A file that can't be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl ThinError {
    /// What explains it; nothing where it is a failure of LLVM's.
    pub fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Input(error) => error.code(),
            Self::File(error) => error.code(),
            Self::NoBitcode { .. } | Self::Module { .. } => Code::OB0301,
            Self::Triples(_) | Self::Cpus(_) => Code::OB0306,
            Self::UnknownToTarget { .. } => Code::OB0402,
            Self::ThinLink { .. } => return None,
            Self::Index { .. }
            | Self::Import { .. }
            | Self::Backend { .. }
            | Self::Job { .. }
            | Self::NoOutput { .. }
            | Self::Lost { .. }
            | Self::Timeout { .. }
            | Self::Changed { .. } => Code::OB0704,
            Self::NoCpu { .. } | Self::NoProcessor { .. } => Code::OB0705,
            Self::NotRun { .. }
            | Self::NoLinker { .. }
            | Self::NothingToLink { .. }
            | Self::Linker { .. } => Code::OB0706,
            Self::JobList { .. } | Self::JobListContent { .. } => Code::OB0707,
            Self::WorkerLlvm { .. }
            | Self::UnnamedScheduler
            | Self::Scheduler { .. }
            | Self::NoWorkers { .. }
            | Self::NoDask { .. }
            | Self::Distributor { .. } => Code::OB0708,
        })
    }
}
