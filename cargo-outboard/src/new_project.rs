//! `new`: a project that launches, and tells where that ran.

use crate::error::{Error, Result};
use crate::store::write_file;
use std::path::Path;

const MAIN: &str = include_str!("new_project/main.rs.txt");
const TEST: &str = include_str!("new_project/launch.rs.txt");

/// Makes the project in a folder that is not there yet. With `outboard`, the crate is taken from that folder.
pub(crate) fn make(path: &Path, outboard: Option<&Path>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(fits) {
        return Err(Error::ProjectName { name: name.into_owned() });
    }
    if path.exists() {
        return Err(Error::Exists { path: path.to_owned() });
    }
    let dependency = match outboard {
        None => format!("outboard = \"{}\"", env!("CARGO_PKG_VERSION")),
        Some(folder) => {
            let read = |source| Error::Read { path: folder.join("Cargo.toml"), source };
            folder.join("Cargo.toml").metadata().map_err(read)?;
            let folder = std::path::absolute(folder).map_err(read)?;
            format!("outboard = {{ path = {} }}", serde_json::Value::from(folder.to_string_lossy()))
        }
    };
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n\
         # Keys: devices, runtime, require, cache, runtime-files.\n[package.metadata.outboard]\ndevices = [\"host\"]\n"
    );
    write_file(&path.join("Cargo.toml"), manifest.as_bytes())?;
    write_file(&path.join("src/main.rs"), MAIN.as_bytes())?;
    write_file(&path.join("tests/launch.rs"), TEST.as_bytes())?;
    write_file(&path.join(".gitignore"), b"/target\n")
}
