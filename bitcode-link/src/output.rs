//! Files that a run writes: whole or not at all.

use std::io::{Error, Write as _};
use std::path::Path;

/// Writes `bytes` to `path` by way of a temporary file beside it, so that no half-written file is ever there.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".bitcode-link.")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)
        // tempfile's own texts name the temporary file.
        .map_err(|error| Error::from(error.kind()))?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
