//! A temporary folder of one test. It goes away with the test, unless OUTBOARD_KEEP is set.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A temporary folder.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Scratch {
    /// A new, empty folder.
    pub fn new() -> Self {
        let mut folder = tempfile::Builder::new().prefix("outboard-").tempdir().expect("a temporary folder");
        if std::env::var_os("OUTBOARD_KEEP").is_some() {
            folder.disable_cleanup(true);
        }
        Self { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file in it, there or not.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and its folders where needed.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let folder = path.parent().expect("the scratch folder");
        std::fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// The names of what lies in it, sorted: a test that nothing half-written stays asks for them.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).expect("the scratch folder can be read");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("the scratch folder can be read").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }
}
