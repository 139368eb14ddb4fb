//! A file that the operating system keeps from us: what the errors of all parts of this crate have.

use diagnostics::Code;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A file that can't be read or written.
#[derive(Debug, Error)]
#[error("can't {what} `{}`", path.display())]
pub struct FileError {
    what: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl FileError {
    /// For what reading `path` may give.
    pub fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { what: "read", path: path.to_owned(), source }
    }

    /// For what writing `path` may give.
    pub fn writing(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { what: "write", path: path.to_owned(), source }
    }

    /// What the operating system says.
    pub fn cause(&self) -> &io::Error {
        &self.source
    }

    /// What explains it.
    pub fn code(&self) -> Code {
        Code::OB0207
    }
}
