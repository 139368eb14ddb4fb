//! What a user can get wrong, in words.

use abi::launch::{FUNCTION_PREFIX, MAX_ARGUMENTS};
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
    #[error("unknown parameter `{parameter}`\nhelp: did you mean `{nearest}`? The parameters are {known}")]
    UnknownParameter { parameter: String, nearest: String, known: String },
    #[error("parameter `{parameter}` has no value\nhelp: write {parameter}=VALUE")]
    NoValue { parameter: String },
    #[error("parameter `{parameter}` cannot be `{value}`\nhelp: it is one of {known}")]
    BadValue { parameter: String, value: String, known: String },
    #[error(
        "no images are given for {launches}\nhelp: give the images as {pass}<images=FILE>; device-link makes them"
    )]
    NoImages { pass: String, launches: String },
    #[error("cannot read image file `{}`: {reason}", path.display())]
    ReadImage { path: PathBuf, reason: String },
    #[error("image file `{}`: {reason}", path.display())]
    DecodeImage { path: PathBuf, reason: String },
    #[error("image file `{}` holds no images", path.display())]
    EmptyImage { path: PathBuf },
}
