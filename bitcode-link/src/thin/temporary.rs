//! Folders that are gone when they are no longer needed, and when the program is cancelled.

use super::ThinResult;
use crate::file_error::FileError;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder of files for other programs.
#[derive(Debug)]
pub struct TemporaryFolder(tempfile::TempDir);

impl TemporaryFolder {
    /// A new one.
    pub fn new() -> ThinResult<Self> {
        let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::Builder::new().prefix("bitcode-link-").tempdir();
        let folder = folder.map_err(FileError::writing(&std::env::temp_dir()))?;
        folders.push(folder.path().to_owned());
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
        folders.retain(|folder| folder != self.0.path());
    }
}

/// Removes all that are there, for a program that ends now.
pub fn remove_all() {
    for folder in FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        // There is nobody left to tell.
        let _ = std::fs::remove_dir_all(folder);
    }
}
