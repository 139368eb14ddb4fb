//! `clean`: what builds have left, apart from cargo's own.

use crate::args::CargoOptions;
use crate::error::{Error, Result};
use crate::run_cargo::{metadata, target_folder};
use crate::toolchain::TARGET;
use crate::{report, store};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The image cache that the linker step makes in the nearest of cargo's folders above a program.
const IMAGE_CACHE: &str = "outboard-cache";

/// Removes reports, images and the programs that have them, and with `with_store` the plugins and linkers of all
/// builds. What was removed.
pub(crate) fn clean(with_store: bool) -> Result<Vec<PathBuf>> {
    let options = CargoOptions::default();
    let mut paths = Vec::new();
    // The store belongs to no project.
    if !with_store || Path::new("Cargo.toml").exists() {
        let target = target_folder(&metadata(&options)?, &options)?;
        let reports = report::folder(&target);
        // cargo links again what is gone, and then there are reports again.
        paths.extend(report::all(&reports).into_iter().map(|report| report.program));
        paths.extend([reports, target.join(IMAGE_CACHE), target.join(TARGET).join(IMAGE_CACHE)]);
    }
    if with_store {
        paths.extend(store::kept()?);
    }
    let mut removed = Vec::new();
    for path in paths {
        match remove(&path) {
            Ok(()) => removed.push(path),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(Error::Write { path, source }),
        }
    }
    Ok(removed)
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}
