//! What a link writes: whole files or none, and names for objects.

use super::ThinResult;
use super::plan::Job;
use crate::file_error::FileError;
use crate::output::{folder_of, temporary_beside};
use std::collections::HashSet;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Files that belong together: first all are written beside their places, then all are put there.
#[derive(Debug)]
pub struct Outputs {
    files: Vec<(tempfile::NamedTempFile, PathBuf)>,
    /// Who cancels waits for the end of this: files aren't left half way.
    _writing: RwLockReadGuard<'static, ()>,
}

static WRITING: RwLock<()> = RwLock::new(());

impl Default for Outputs {
    fn default() -> Self {
        let writing = WRITING.read().unwrap_or_else(PoisonError::into_inner);
        Self { files: Vec::new(), _writing: writing }
    }
}

/// Waits until nothing is being written, and lets nothing be written while `then` runs.
pub fn when_nothing_is_written(then: impl FnOnce()) {
    let _nobody = WRITING.write().unwrap_or_else(PoisonError::into_inner);
    then();
}

impl Outputs {
    /// Writes `bytes` beside `path`.
    pub fn add(&mut self, path: &Path, bytes: &[u8]) -> ThinResult<()> {
        self.add_with_mode(path, bytes, Permissions::from_mode(0o666))
    }

    /// The same for a file with these permissions, less what the user's mask takes away.
    pub fn add_with_mode(&mut self, path: &Path, bytes: &[u8], mode: Permissions) -> ThinResult<()> {
        // tempfile's own texts name the temporary file.
        let failed = |source: std::io::Error| FileError::writing(path)(source.kind().into());
        std::fs::create_dir_all(folder_of(path)).map_err(failed)?;
        let mut file = temporary_beside(path, mode).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        self.files.push((file, path.to_owned()));
        Ok(())
    }

    /// The same, unless `path` has these bytes: whoever goes by the time of its change has nothing to do then.
    pub fn add_if_changed(&mut self, path: &Path, bytes: &[u8]) -> ThinResult<()> {
        if std::fs::read(path).is_ok_and(|old| old == bytes) { Ok(()) } else { self.add(path, bytes) }
    }

    /// Puts all files in their places.
    pub fn persist(self) -> ThinResult<()> {
        for (file, path) in self.files {
            file.persist(&path).map_err(|error| FileError::writing(&path)(error.error))?;
        }
        Ok(())
    }
}

/// Writes one file, whole or not at all.
pub fn write_file(path: &Path, bytes: &[u8]) -> ThinResult<()> {
    let mut outputs = Outputs::default();
    outputs.add(path, bytes)?;
    outputs.persist()
}

/// Names for the objects of `jobs`: those of the modules, as far as they go in one folder.
pub fn object_names(jobs: &[Job<'_>], suffix: &str) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut name = |module: &str| {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._+-".contains(c) { c } else { '_' };
        let stem: String = module.trim_start_matches(['/', '.']).chars().map(plain).collect();
        let stem = stem.strip_suffix(".o").or_else(|| stem.strip_suffix(".bc")).unwrap_or(&stem);
        let mut name = format!("{stem}.{suffix}");
        let mut number = 1;
        // No two modules have one name, but two names may become one.
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{stem}-{number}.{suffix}");
        }
        name
    };
    jobs.iter().map(|job| name(&job.module.name)).collect()
}
