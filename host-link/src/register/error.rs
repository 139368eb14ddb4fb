//! What keeps the images of a program from being made.

use diagnostics::Code;
use diagnostics::names::{demangled, kernel_name};
use offload_records::Launch;
use std::path::PathBuf;

/// A failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("can't write `{}`", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    File(#[from] host_link::Error),
    #[error("`{place}`")]
    Record { place: String, source: offload_records::Error },
    #[error(transparent)]
    Bitcode(#[from] bitcode_link::Error),
    #[error(
        "kernel `{}` has no code for devices: nothing that is linked has a record with it\nnote: launched {}\n\
         help: compile its crate with the plugin, as `{place}` was",
        kernel_name(.kernel),
        launched_at(.launch)
    )]
    NoKernel { kernel: String, place: String, launch: Box<Launch> },
    #[error(
        "kernel `{}` is in `{place}`, which was compiled without the plugin: its bitcode is optimized, and no source \
         of kernels\nnote: launched {}\nhelp: compile its crate with the plugin",
        kernel_name(.kernel),
        launched_at(.launch)
    )]
    OptimizedKernel { kernel: String, place: String, launch: Box<Launch> },
    #[error(
        "`{place}` waits at barriers, and was compiled without the plugin: its bitcode is optimized, which may have \
         moved them\nhelp: compile its crate with the plugin"
    )]
    OptimizedBarrier { place: String },
    #[error(transparent)]
    Images(#[from] host_codegen::container::ContainerError),
    #[error(transparent)]
    Registration(#[from] host_codegen::Error),
    #[error("LLVM can't {what}: {text}")]
    Llvm { what: &'static str, text: String },
}

/// Where a launch is: a place, or a function.
pub(crate) fn launched_at(launch: &Launch) -> String {
    match &launch.place {
        Some(place) => format!("at {place}"),
        None => format!("in `{}`", demangled(&launch.function)),
    }
}

impl Error {
    /// What explains it; nothing where it is a bug.
    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Self::Write { .. } => Some(Code::OB0207),
            Self::File(error) => error.code(),
            Self::Record { source, .. } => source.code(),
            Self::Bitcode(error) => Some(error.code()),
            Self::NoKernel { .. } => Some(Code::OB0205),
            Self::OptimizedKernel { .. } | Self::OptimizedBarrier { .. } => Some(Code::OB0211),
            Self::Images(_) | Self::Registration(_) | Self::Llvm { .. } => None,
        }
    }
}
