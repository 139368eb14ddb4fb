//! Files that a run writes: whole or not at all.

use std::fs::Permissions;
use std::io::{Error, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes `bytes` to `path` by way of a temporary file beside it, so that no half-written file is ever there.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = temporary_beside(path, Permissions::from_mode(0o666))?;
    file.write_all(bytes).map_err(|error| Error::from(error.kind()))?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The folder that `path` is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An empty file that is to take the place of `path`, with these permissions, less what the user's mask takes away.
pub(crate) fn temporary_beside(path: &Path, mode: Permissions) -> Result<NamedTempFile, Error> {
    let made =
        tempfile::Builder::new().prefix(".bitcode-link.").permissions(mode).tempfile_in(folder_of(path));
    // tempfile's own texts name the temporary file.
    made.map_err(|error| error.kind().into())
}
