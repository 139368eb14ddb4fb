//! Arguments of `bitcode-link thin`.

use super::code::CodeArguments;
use super::engine::EngineArguments;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Who runs the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Executor {
    /// Threads of this process
    #[default]
    Threads,
    /// Ninja: this writes thin.ninja
    Ninja,
    /// GNU make: this writes thin.mk
    Make,
    /// A Dask cluster
    Dask,
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Bitcode, IR text, objects, archives, .rlib files and shared libraries, told apart by their content
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// What ld.lld links of the objects: a program, unless another kind is asked for
    #[arg(short, long, value_name = "FILE", required_unless_present = "objects")]
    pub(crate) output: Option<PathBuf>,
    /// The folder for the objects, and for the files of build systems
    #[arg(long, value_name = "DIR")]
    pub(crate) objects: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) kind: KindArguments,
    /// Where a program starts
    #[arg(long, value_name = "SYMBOL", default_value = "_start")]
    pub(crate) entry: String,
    /// A symbol that others see; with the first of these, nobody sees any other
    #[arg(long = "export", value_name = "SYMBOL")]
    pub(crate) exports: Vec<String>,
    /// A file of such symbols, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) export_list: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) code: CodeArguments,
    /// Who runs the jobs
    #[arg(long, value_enum, default_value_t)]
    pub(crate) executor: Executor,
    /// A folder in which objects are kept, and found when nothing that they are made of has changed
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// The ELF linker [default: the ld.lld of LLVM 22]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) linker: Option<PathBuf>,
    /// An argument for the linker
    #[arg(long = "linker-arg", value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) linker_arguments: Vec<String>,
    #[command(flatten)]
    pub(crate) engine: EngineArguments,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct KindArguments {
    /// For a shared library
    #[arg(long)]
    pub(crate) shared: bool,
    /// For a program at any address
    #[arg(long)]
    pub(crate) pie: bool,
    /// For another link [default without -o]
    #[arg(short, long)]
    pub(crate) relocatable: bool,
}
