//! What a user can get wrong, in words.

use crate::report::Coded;
use abi::launch::{FUNCTION_PREFIX, MAX_ARGUMENTS};
use diagnostics::Code;
use host_codegen::container::ContainerError;
use std::path::PathBuf;

/// A mistake in a launch, a parameter or an image file.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "the kernel operand of `{launch}` is {found}, not a function\nhelp: pass the kernel itself, so that its name is known when the program is compiled"
    )]
    KernelNotFunction { launch: String, found: String },
    #[error("`{launch}` is no launch function: {FUNCTION_PREFIX}N takes 0 to {MAX_ARGUMENTS} arguments")]
    UnknownArity { launch: String },
    #[error("`{launch}` has type {found}\nhelp: its type is {expected}")]
    WrongType { launch: String, found: String, expected: String },
    #[error("the address of `{launch}` is taken\nhelp: launch functions are called directly")]
    AddressTaken { launch: String },
    #[error(
        "the {what} of the launch of `{kernel}` are not a constant\nhelp: write them as a literal or a named constant"
    )]
    NotConstant { what: String, kernel: String },
    #[error("the launch of `{kernel}` has unknown options {bits:#x}\nhelp: the options are {known}")]
    UnknownOptions { kernel: String, bits: u32, known: String },
    #[error(transparent)]
    Map(#[from] host_codegen::MapError),
    #[error(
        "unknown pass `{name}`\nhelp: passes are offload-host<images=FILE>, offload-embed<images=FILE>, offload-records and inline-helpers<bitcode=FILE>"
    )]
    UnknownPass { name: String },
    #[error("unknown parameter `{parameter}`\nhelp: did you mean `{nearest}`? The parameters are {known}")]
    UnknownParameter { parameter: String, nearest: String, known: String },
    #[error("unknown parameter `{parameter}`\nhelp: the pass has no parameters")]
    NoParameters { parameter: String },
    #[error(
        "{launches} in a module for `{triple}`: device code is made of bitcode for x86_64 alone\nhelp: compile the crates that launch for x86_64-unknown-linux-gnu"
    )]
    OtherHost { triple: String, launches: String },
    #[error("parameter `{parameter}` has no value\nhelp: write {parameter}=VALUE")]
    NoValue { parameter: String },
    #[error("parameter `{parameter}` cannot be `{value}`\nhelp: it is one of {known}")]
    BadValue { parameter: String, value: String, known: String },
    #[error(
        "no images are given for {launches}\nhelp: give the images as {pass}<images=FILE>; device-link makes them"
    )]
    NoImages { pass: String, launches: String },
    #[error(
        "rustc passes argument {argument} of kernel `{kernel}`, a value, as a pointer: the kernel would read garbage\nhelp: rustc 1.97 gets it right; with an older one pass a reference to an array that holds the value"
    )]
    ValueAsPointer { kernel: String, argument: usize },
    #[error(
        "kernel `{kernel}` takes {expected}, but rustc launches it with {found}\nhelp: rustc 1.97 passes a slice or a struct of two values as two arguments; older ones drop one of them"
    )]
    ArgumentCount { kernel: String, expected: String, found: usize },
    #[error(
        "rustc maps 0 bytes for argument {argument} of kernel `{kernel}`: the kernel would see nothing\nhelp: slices need rustc 1.97; with an older one pass a reference to an array"
    )]
    MapsNothing { kernel: String, argument: usize },
    #[error(
        "no helpers are given\nhelp: give them as inline-helpers<bitcode=FILE>; clang -emit-llvm -c makes them"
    )]
    NoHelpers,
    #[error("cannot write report `{}`: {reason}", path.display())]
    WriteReport { path: PathBuf, reason: String },
    #[error("cannot read image file `{}`: {reason}", path.display())]
    ReadImage { path: PathBuf, reason: String },
    #[error("image file `{}`: {reason}", path.display())]
    DecodeImage { path: PathBuf, reason: String },
    #[error("image file `{}` holds no images", path.display())]
    EmptyImage { path: PathBuf },
}

impl Error {
    /// What explains it.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::UnknownArity { .. } | Self::WrongType { .. } | Self::AddressTaken { .. } => Code::OB0101,
            Self::KernelNotFunction { .. } => Code::OB0102,
            Self::NotConstant { .. } | Self::UnknownOptions { .. } | Self::Map(_) => Code::OB0103,
            Self::UnknownPass { .. }
            | Self::UnknownParameter { .. }
            | Self::NoParameters { .. }
            | Self::NoValue { .. }
            | Self::BadValue { .. } => Code::OB0104,
            Self::NoHelpers => Code::OB0104,
            Self::WriteReport { .. } => Code::OB0207,
            Self::NoImages { .. }
            | Self::ReadImage { .. }
            | Self::DecodeImage { .. }
            | Self::EmptyImage { .. } => Code::OB0105,
            Self::ValueAsPointer { .. } | Self::ArgumentCount { .. } | Self::MapsNothing { .. } => {
                Code::OB0107
            }
            Self::OtherHost { .. } => Code::OB0108,
        }
    }
}

impl Coded for Error {
    fn code(&self) -> Option<Code> {
        Some(Self::code(self))
    }
}

impl Coded for ContainerError {
    fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Images(_) | Self::Kernels(_) => Code::OB0308,
            Self::MissingKernel { .. } | Self::Geometry { .. } | Self::Signature { .. } => Code::OB0106,
        })
    }
}

impl Coded for host_codegen::Error {
    fn code(&self) -> Option<Code> {
        match self {
            Self::Container(error) => error.code(),
            Self::Map(_) => Some(Code::OB0103),
            Self::NoDataLayout { .. } => Some(Code::OB0108),
            // A plan of the pass's own, or the compiler's module.
            _ => None,
        }
    }
}

impl Coded for offload_records::Error {
    fn code(&self) -> Option<Code> {
        self.code()
    }
}

impl Coded for std::fmt::Error {
    fn code(&self) -> Option<Code> {
        None
    }
}

impl Coded for HelperFailure {
    fn code(&self) -> Option<Code> {
        Some(self.0.code())
    }
}

/// Helpers that can't be linked; the text has the causes too, the help behind them.
#[derive(Debug)]
pub(crate) struct HelperFailure(pub(crate) bitcode_link::inlining::HelperError);

impl std::fmt::Display for HelperFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.to_string();
        let (first, help) = text.split_once("\nhelp: ").unwrap_or((&text, ""));
        f.write_str(first)?;
        let mut source = std::error::Error::source(&self.0);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        if help.is_empty() { Ok(()) } else { write!(f, "\nhelp: {help}") }
    }
}

impl Coded for serde_json::Error {
    fn code(&self) -> Option<Code> {
        None
    }
}
