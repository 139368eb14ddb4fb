//! One object of several, and only the wanted symbols in it: by LLVM's own ld.lld and llvm-objcopy.

use super::error::CombineError;
use super::inputs::Native;
use crate::file_error::FileError;
use crate::llvm_program::find_llvm_program;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Joins `own` and `natives`.
pub(super) fn join(own: &[u8], natives: &[Native]) -> Result<Vec<u8>, CombineError> {
    let folder = Folder::new()?;
    let output = folder.path("joined.o");
    let mut command = Command::new(tool("ld.lld"));
    command.args(["-r", "-o"]).arg(&output).arg(folder.write("bitcode.o", own)?);
    for (index, native) in natives.iter().enumerate() {
        // A member of an archive has no file of its own.
        command.arg(match &native.origin.member {
            None => native.origin.file.clone(),
            Some(_) => folder.write(&format!("{index}.o"), &native.bytes)?,
        });
    }
    run(&mut command)?;
    folder.read(&output)
}

/// `object` with no global symbols but `keep`, and those that it needs of others.
pub(super) fn hide_except(object: &[u8], keep: &BTreeSet<String>) -> Result<Vec<u8>, CombineError> {
    let folder = Folder::new()?;
    let (input, output) = (folder.write("shown.o", object)?, folder.path("hidden.o"));
    let list: String = keep.iter().flat_map(|symbol| [symbol.as_str(), "\n"]).collect();
    let list = folder.write("symbols", list.as_bytes())?;
    let mut option = std::ffi::OsString::from("--keep-global-symbols=");
    option.push(list);
    run(Command::new(tool("llvm-objcopy")).arg(option).arg(input).arg(&output))?;
    folder.read(&output)
}

/// A program of LLVM's; where it should be, if it isn't there.
fn tool(name: &str) -> PathBuf {
    find_llvm_program(name).unwrap_or_else(|first| first)
}

fn run(command: &mut Command) -> Result<(), CombineError> {
    let program = PathBuf::from(command.get_program());
    let output =
        command.output().map_err(|source| CombineError::NotRun { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(CombineError::Failed { program, status: output.status, text })
}

/// Files for other programs.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Result<Self, CombineError> {
        Ok(Self(tempfile::tempdir().map_err(FileError::writing(&std::env::temp_dir()))?))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, CombineError> {
        let path = self.path(name);
        std::fs::write(&path, bytes).map_err(FileError::writing(&path))?;
        Ok(path)
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, CombineError> {
        Ok(std::fs::read(path).map_err(FileError::reading(path))?)
    }
}
