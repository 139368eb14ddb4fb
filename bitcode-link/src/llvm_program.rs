//! Programs of LLVM's that links run: where they are.

use std::path::{Path, PathBuf};

/// Where LLVM was installed; llvm-sys asks for the same variable.
const PREFIX_VARIABLE: &str = "LLVM_SYS_221_PREFIX";

/// The program `name` of LLVM 22: where the variable says, else where it was when this was built, else on the PATH. Or
/// where it was looked for first.
pub(crate) fn find_llvm_program(name: &str) -> Result<PathBuf, PathBuf> {
    let prefix = std::env::var_os(PREFIX_VARIABLE).filter(|value| !value.is_empty());
    let folder = prefix.map_or_else(|| env!("LLVM_BINDIR").into(), |prefix| Path::new(&prefix).join("bin"));
    let first = folder.join(name);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let names = [format!("{name}-22"), name.to_owned()];
    let on_path = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = std::iter::once(first.clone()).chain(on_path).find(|candidate| candidate.is_file());
    found.ok_or(first)
}
