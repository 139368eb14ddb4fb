//! Where something came from, as errors say it: a file, or a member of an archive.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file, or a member of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The file.
    pub file: PathBuf,
    /// The member, if the file is an archive; of an archive in an archive, both.
    pub member: Option<String>,
}

impl Origin {
    /// A file of its own.
    pub fn file(path: &Path) -> Self {
        Self { file: path.to_owned(), member: None }
    }

    /// A member of what is at this place.
    pub fn member(&self, name: &str) -> Self {
        let member = match &self.member {
            Some(outer) => format!("{outer}({name})"),
            None => name.to_owned(),
        };
        Self { file: self.file.clone(), member: Some(member) }
    }

    /// The same as a path, for what shows paths: `lib.a(member.o)`.
    pub fn to_path(&self) -> PathBuf {
        PathBuf::from(self.to_string())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        self.member.as_ref().map_or(Ok(()), |member| write!(f, "({member})"))
    }
}
