//! What can be wrong with records.

use crate::layout::VERSION;
use diagnostics::Code;

/// Bytes that are no record, or one that cannot be used here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something else, or a record whose start is damaged.
    #[error("the bytes at {offset} of the records are no record")]
    NotARecord {
        /// Where, from the start of the section.
        offset: usize,
    },
    /// A record that goes on beyond its section, or is shorter than it can be.
    #[error("the record at {offset} says that it has {size} bytes, and {available} are there")]
    Size {
        /// Where, from the start of the section.
        offset: usize,
        /// What it says.
        size: u64,
        /// What there is.
        available: usize,
    },
    /// A record of another version of the plugin.
    #[error(
        "the record at {offset} has version {found}, and this program reads version {VERSION}\nhelp: build all crates with the plugin that belongs to this program"
    )]
    Version {
        /// Where, from the start of the section.
        offset: usize,
        /// Its version.
        found: u32,
    },
    /// A dictionary that this program doesn't have.
    #[error(
        "the record at {offset} is compressed with dictionary {found}, and this program has dictionary {}\nhelp: build all crates with the plugin that belongs to this program",
        crate::dictionary::NUMBER
    )]
    Dictionary {
        /// Where, from the start of the section.
        offset: usize,
        /// Its dictionary.
        found: u32,
    },
    /// Bitcode of another LLVM.
    #[error(
        "the record at {offset} is of LLVM {found}, and this program reads that of LLVM {}\nhelp: build all crates with a toolchain whose LLVM is {}",
        abi::LLVM_MAJOR,
        abi::LLVM_MAJOR
    )]
    LlvmMajor {
        /// Where, from the start of the section.
        offset: usize,
        /// Its LLVM.
        found: u32,
    },
    /// Content that is not what was written.
    #[error("the record at {offset} is damaged: {reason}")]
    Damaged {
        /// Where, from the start of the section.
        offset: usize,
        /// How that shows.
        reason: String,
    },
    /// The compressor failed.
    #[error("the bitcode can't be compressed")]
    Compress {
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    /// What explains it; nothing where it is a bug.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Version { .. } | Self::Dictionary { .. } => Some(Code::OB0202),
            Self::LlvmMajor { .. } => Some(Code::OB0203),
            Self::NotARecord { .. } | Self::Size { .. } | Self::Damaged { .. } => Some(Code::OB0204),
            Self::Compress { .. } => None,
        }
    }
}
