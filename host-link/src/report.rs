//! The files in which a link tells what it made and what is worth saying: for `cargo outboard`, since rustc hides what
//! a linker says where all went well.

use crate::error::{Error, Result};
use diagnostics::Diagnostic;
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is told of a link that made nothing.
#[derive(Debug, Serialize)]
struct Failed<'a> {
    program: String,
    kernels: [(); 0],
    images: [(); 0],
    diagnostics: &'a [Diagnostic],
}

/// The report's file for `program` that ends so.
pub fn file(folder: &Path, program: &Path, end: &str) -> PathBuf {
    let mut name = program.file_name().map_or_else(|| OsString::from("program"), OsString::from);
    name.push(end);
    folder.join(name)
}

/// Writes that `program` was not linked, and why.
///
/// # Errors
/// The file can't be written.
pub fn write_failed(folder: &Path, program: &Path, diagnostics: &[Diagnostic]) -> Result<()> {
    let program = std::path::absolute(program).unwrap_or_else(|_| program.to_owned());
    let path = file(folder, &program, ".json");
    let program = program.display().to_string();
    let text = serde_json::to_vec(&Failed { program, kernels: [], images: [], diagnostics });
    write(&path, &text.expect("plain data"))
}

/// Writes a file under another name, and renames it: nobody sees half of it.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let temporary = path.with_extension(std::process::id().to_string());
    std::fs::write(&temporary, bytes).map_err(failed)?;
    std::fs::rename(&temporary, path).map_err(failed)
}
