//! What can go wrong between reading the inputs and one module.

use crate::bitstream::Malformed;
use crate::file_error::FileError;
use crate::origin::Origin;
use diagnostics::Code;
use thiserror::Error;

/// A failure, with the file that it is about.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Nothing that can be linked, by its content.
    #[error("`{origin}` is neither bitcode, IR text, an ELF file nor an archive: {found}")]
    UnknownFormat {
        /// The file.
        origin: Origin,
        /// What its first bytes are.
        found: String,
    },
    /// An archive that can't be read.
    #[error("`{origin}` can't be read as an archive")]
    Archive {
        /// The archive.
        origin: Origin,
        /// Why.
        #[source]
        source: object::Error,
    },
    /// An archive without members.
    #[error("`{origin}` is an archive without members")]
    EmptyArchive {
        /// The archive.
        origin: Origin,
    },
    /// Archives in archives in archives.
    #[error("`{origin}` is an archive in too many archives")]
    NestedArchive {
        /// The innermost one that was looked at.
        origin: Origin,
    },
    /// An object that can't be read.
    #[error("object `{origin}` can't be read")]
    Object {
        /// The file.
        origin: Origin,
        /// Why.
        #[source]
        source: object::Error,
    },
    /// Bytes that start like bitcode and aren't.
    #[error("`{origin}` can't be read as bitcode")]
    Malformed {
        /// The module.
        origin: Origin,
        /// What is wrong.
        #[source]
        source: Malformed,
    },
    /// Bitcode from the future.
    #[error(
        "`{origin}` was made by {producer}, and this is {ours}, which can't read what newer ones write\n\
         help: compile it with a compiler whose LLVM is not newer"
    )]
    NewerProducer {
        /// The module.
        origin: Origin,
        /// Who made it.
        producer: String,
        /// Our LLVM.
        ours: String,
    },
    /// Bitcode from long ago.
    #[error(
        "`{origin}` has version {version} of the module format, that of LLVM 4 and older\n\
         help: compile it with a newer compiler"
    )]
    OlderProducer {
        /// The module.
        origin: Origin,
        /// The version.
        version: u64,
    },
    /// LLVM can't parse it.
    #[error("`{origin}` can't be parsed: {text}")]
    Parse {
        /// The module.
        origin: Origin,
        /// LLVM's text.
        text: String,
    },
    /// LLVM crashes on it.
    #[error("`{origin}` can't be parsed: LLVM crashed reading it; the file is damaged")]
    Crashed {
        /// The module.
        origin: Origin,
    },
    /// Assembly at the top of a module.
    #[error(
        "`{origin}` has module-level assembly (`{line}`), which device code can't have\n\
         help: move it to a file of its own that no kernel needs"
    )]
    ModuleAssembly {
        /// The module.
        origin: Origin,
        /// The first line that says something.
        line: String,
    },
    /// Two inputs for different machines.
    #[error(
        "`{}` and `{}` have different data layouts: `{}` and `{}`\nhelp: compile both for one target",
        _0.first, _0.second, _0.first_value, _0.second_value
    )]
    LayoutMismatch(Box<Mismatch>),
    /// Two inputs that were compiled with options that don't go together.
    #[error(
        "`{}` and `{}` have different values of the module flag `{flag}`: {} and {}\n\
         help: compile both with the same options",
        values.first, values.second, values.first_value, values.second_value
    )]
    FlagMismatch {
        /// The flag.
        flag: String,
        /// Who has which value.
        values: Box<Mismatch>,
    },
    /// One name, two definitions.
    #[error(
        "`{symbol}` is defined in `{first}` and in `{second}`\n\
         help: leave one of them out, rename one, or keep one to its file (`static` in C)"
    )]
    DuplicateSymbol {
        /// The symbol.
        symbol: String,
        /// The earlier file.
        first: Origin,
        /// The later file.
        second: Origin,
    },
    /// Whatever else LLVM's linker has to say.
    #[error("`{origin}` can't be linked with the inputs before it: {text}")]
    Link {
        /// The module.
        origin: Origin,
        /// LLVM's text.
        text: String,
    },
}

impl Error {
    /// What explains it.
    pub fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::UnknownFormat { .. }
            | Self::Archive { .. }
            | Self::EmptyArchive { .. }
            | Self::NestedArchive { .. }
            | Self::Object { .. }
            | Self::Malformed { .. }
            | Self::Parse { .. }
            | Self::Crashed { .. } => Code::OB0301,
            Self::NewerProducer { .. } | Self::OlderProducer { .. } => Code::OB0302,
            Self::ModuleAssembly { .. } => Code::OB0303,
            Self::LayoutMismatch(_) | Self::FlagMismatch { .. } | Self::Link { .. } => Code::OB0304,
            Self::DuplicateSymbol { .. } => Code::OB0305,
        }
    }
}

/// Two modules that have something different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The earlier module.
    pub first: Origin,
    /// What it has.
    pub first_value: String,
    /// The later module.
    pub second: Origin,
    /// What it has.
    pub second_value: String,
}
