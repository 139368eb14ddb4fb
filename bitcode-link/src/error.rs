//! What can go wrong between reading the inputs and one module.

use std::path::PathBuf;
use thiserror::Error;

/// A failure, with the file that it is about.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that can't be read.
    #[error("can't read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Nothing that can be linked, by its content.
    #[error("`{}` is neither bitcode, IR text, an ELF file nor an archive: {found}", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// What its first bytes are.
        found: String,
    },
    /// LLVM can't parse it.
    #[error("`{}` can't be parsed: {text}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// LLVM's text.
        text: String,
    },
    /// No module in it.
    #[error("`{}` is {format} and holds no module", path.display())]
    NotAModule {
        /// The file.
        path: PathBuf,
        /// What it is.
        format: crate::Format,
    },
    /// Two inputs for different machines.
    #[error(
        "`{}` and `{}` have different data layouts: `{first_layout}` and `{second_layout}`\n\
         help: compile both for one target",
        first.display(), second.display()
    )]
    LayoutMismatch {
        /// The earlier file.
        first: PathBuf,
        /// Its layout.
        first_layout: String,
        /// The later file.
        second: PathBuf,
        /// Its layout.
        second_layout: String,
    },
    /// One name, two definitions.
    #[error("`{symbol}` is defined in `{}` and in `{}`", first.display(), second.display())]
    DuplicateSymbol {
        /// The symbol.
        symbol: String,
        /// The earlier file.
        first: PathBuf,
        /// The later file.
        second: PathBuf,
    },
    /// Whatever else LLVM's linker has to say.
    #[error("`{}` can't be linked with the inputs before it: {text}", path.display())]
    Link {
        /// The file.
        path: PathBuf,
        /// LLVM's text.
        text: String,
    },
    /// Nothing to link.
    #[error("there is no module to link")]
    NoModules,
}
