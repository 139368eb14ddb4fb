//! Files that a run writes.

use crate::Result;
use bitcode_link::{FileError, output};
use llvm_plugin::inkwell::module::Module;
use std::path::{Path, PathBuf};

/// Writes one file, whole or not at all.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    Ok(output::write_file(path, bytes)?)
}

/// The folder for what the phases make, if it was asked for.
#[derive(Clone)]
pub(crate) struct Temps {
    folder: Option<PathBuf>,
}

impl Temps {
    pub(crate) fn new(folder: Option<&Path>) -> Result<Self> {
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(FileError::writing(folder))?;
        }
        Ok(Self { folder: folder.map(ToOwned::to_owned) })
    }

    /// A folder in this one, for the same files of something else.
    pub(crate) fn inside(&self, name: &str) -> Result<Self> {
        let folder = self.folder.as_ref().map(|folder| folder.join(name.replace('/', "_")));
        Self::new(folder.as_deref())
    }

    /// Writes `bytes` to the file `name` of the folder.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.folder.as_ref().map_or(Ok(()), |folder| write_file(&folder.join(name), bytes))
    }

    /// Writes `module` as text to `name`.ll.
    pub(crate) fn write_module(&self, name: &str, module: &Module<'_>) -> Result<()> {
        if self.folder.is_none() {
            return Ok(());
        }
        self.write(&format!("{name}.ll"), module.print_to_string().to_string().as_bytes())
    }
}
