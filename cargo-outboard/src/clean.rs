//! `clean`: what builds have left, apart from cargo's own.

use crate::args::CargoOptions;
use crate::error::{Error, Result};
use crate::run_cargo::{metadata, target_folder};
use crate::{report, store};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The image cache that the linker step makes in cargo's target folder.
const IMAGE_CACHE: &str = "outboard-cache";

/// Removes reports and images, and with `with_store` the plugins and linkers of all builds. What was removed.
pub(crate) fn clean(with_store: bool) -> Result<Vec<PathBuf>> {
    let options = CargoOptions::default();
    let mut folders = Vec::new();
    // The store belongs to no project.
    if !with_store || Path::new("Cargo.toml").exists() {
        let target = target_folder(&metadata(&options)?, &options)?;
        folders.extend([report::folder(&target), target.join(IMAGE_CACHE)]);
    }
    if with_store {
        folders.push(store::folder()?);
    }
    let mut removed = Vec::new();
    for folder in folders {
        match fs::remove_dir_all(&folder) {
            Ok(()) => removed.push(folder),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(Error::Write { path: folder, source }),
        }
    }
    Ok(removed)
}
