//! What can be wrong with a linker's command line and the files on it.

use diagnostics::Code;
use std::path::PathBuf;

/// What the library's functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that can't be read.
    #[error("can't read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that can't be written.
    #[error("can't write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An object or archive that is none.
    #[error("`{place}` can't be read as what it starts like")]
    Object {
        /// The file, or the member.
        place: String,
        /// Why.
        source: object::Error,
    },
    /// An object that can't be made.
    #[error("the object that keeps the records of `{}` can't be made", path.display())]
    Keep {
        /// The library.
        path: PathBuf,
        /// Why.
        source: object::write::Error,
    },
    /// Records that can't be used.
    #[error("`{place}`")]
    Record {
        /// The file, or the member.
        place: String,
        /// Why.
        source: offload_records::Error,
    },
    /// Launches whose bitcode is lost.
    #[error(
        "`{place}` launches kernel `{kernel}`, but has no record of its bitcode\nhelp: something has removed its section {}; link the object as the compiler made it",
        abi::names::RECORDS_SECTION
    )]
    NoRecord {
        /// The file, or the member.
        place: String,
        /// The kernel, demangled.
        kernel: String,
    },
    /// A program that can't be run.
    #[error("can't run `{}`\nhelp: {help}", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// What helps.
        help: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A program that ends before it begins.
    #[error(
        "can't start `{}`: {text}\nhelp: it needs LLVM 22.1: `cargo outboard setup` installs it on Debian",
        program.display()
    )]
    NotStarted {
        /// The program.
        program: PathBuf,
        /// What the dynamic linker says.
        text: String,
    },
    /// An option of ours that isn't one.
    #[error("unknown option `{option}`\nhelp: the options are {known}")]
    UnknownOption {
        /// As it stands on the command line.
        option: String,
        /// All there are.
        known: String,
    },
    /// A value that an option doesn't have.
    #[error("`{option}` is {known}, not `{value}`")]
    BadValue {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What can be.
        known: &'static str,
    },
    /// Response files that name each other.
    #[error("response file `{}` is nested too deep", path.display())]
    NestedResponseFile {
        /// The file.
        path: PathBuf,
    },
}

impl Error {
    /// What explains it; nothing where it is a bug.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Read { .. } | Self::Write { .. } => Some(Code::OB0207),
            Self::Object { .. } => Some(Code::OB0209),
            Self::Keep { .. } => None,
            Self::Record { source, .. } => source.code(),
            Self::NoRecord { .. } => Some(Code::OB0201),
            Self::UnknownOption { .. } | Self::BadValue { .. } | Self::NestedResponseFile { .. } => {
                Some(Code::OB0206)
            }
            Self::Run { .. } | Self::NotStarted { .. } => Some(Code::OB0208),
        }
    }
}
