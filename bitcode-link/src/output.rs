//! Files that a run writes: whole or not at all, and several that belong together all or none.

use crate::file_error::FileError;
use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use tempfile::NamedTempFile;

/// Files that belong together: first all are written beside their places, then all are put there.
#[derive(Debug)]
pub struct Outputs {
    files: Vec<(NamedTempFile, PathBuf)>,
    make_folders: bool,
    /// Who cancels waits for the end of this: files aren't left half way.
    _writing: RwLockReadGuard<'static, ()>,
}

static WRITING: RwLock<()> = RwLock::new(());

/// Waits until nothing is being written, and lets nothing be written while `then` runs.
pub fn when_nothing_is_written(then: impl FnOnce()) {
    let _nobody = WRITING.write().unwrap_or_else(PoisonError::into_inner);
    then();
}

impl Default for Outputs {
    fn default() -> Self {
        let writing = WRITING.read().unwrap_or_else(PoisonError::into_inner);
        Self { files: Vec::new(), make_folders: false, _writing: writing }
    }
}

impl Outputs {
    /// Files whose folders are made where they aren't there.
    pub fn with_folders() -> Self {
        Self { make_folders: true, ..Self::default() }
    }

    /// Writes `bytes` beside `path`.
    pub fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
        self.add_with_mode(path, bytes, Permissions::from_mode(0o666))
    }

    /// The same for a file with these permissions, less what the user's mask takes away.
    pub fn add_with_mode(&mut self, path: &Path, bytes: &[u8], mode: Permissions) -> Result<(), FileError> {
        let written = self.write_beside(path, bytes, mode).map_err(FileError::writing(path))?;
        self.files.extend(written.map(|file| (file, path.to_owned())));
        Ok(())
    }

    /// The same, unless `path` has these bytes: whoever goes by the time of its change has nothing to do then.
    pub fn add_if_changed(&mut self, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
        if std::fs::read(path).is_ok_and(|old| old == bytes) { Ok(()) } else { self.add(path, bytes) }
    }

    /// Puts all files in their places.
    pub fn persist(self) -> Result<(), FileError> {
        for (file, path) in self.files {
            file.persist(&path).map_err(|error| FileError::writing(&path)(error.error))?;
        }
        Ok(())
    }

    /// The file that is to take the place of `path`; none where it has taken its bytes already.
    fn write_beside(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: Permissions,
    ) -> io::Result<Option<NamedTempFile>> {
        // A pipe or a device is where bytes go, not a place for a file: /dev/null has to stay what it is.
        if path.metadata().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            File::options().write(true).open(path)?.write_all(bytes)?;
            return Ok(None);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        if self.make_folders {
            std::fs::create_dir_all(folder)?;
        }
        let made = tempfile::Builder::new().prefix(".outboard-new.").permissions(mode).tempfile_in(folder);
        // tempfile's own texts name the temporary file.
        let mut file = made.map_err(|error| io::Error::from(error.kind()))?;
        file.as_file_mut().write_all(bytes)?;
        Ok(Some(file))
    }
}

/// Writes one file, whole or not at all, in a folder that is there.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut outputs = Outputs::default();
    outputs.add(path, bytes)?;
    outputs.persist()
}
