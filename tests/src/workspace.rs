//! Where things are in the repository.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests is a folder of the repository")
}

/// The folder cargo builds into.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace().join(folder),
        None => workspace().join("target"),
    }
}

/// The repository's own Rust sources: no build output, no hidden folder.
pub fn rust_sources() -> Vec<PathBuf> {
    files(&|path| path.extension().is_some_and(|extension| extension == "rs"))
}

/// The repository's own files that `wanted` accepts, in order of their paths.
pub fn files(wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![workspace().to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("a folder of the repository can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                let generated =
                    name == "target" || (name.starts_with('.') && name != ".ci" && name != ".cargo");
                folders.extend((!generated).then(|| path.clone()));
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
