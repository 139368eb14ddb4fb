//! The ELF linker: found, and run on the kernels' object and the objects given.

use crate::Result;
use crate::error::Error;
use crate::input::ObjectFile;
use crate::kernels::Kernels;
use crate::options::Options;
use crate::target::Target;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where LLVM was installed; llvm-sys asks for the same variable.
const PREFIX_VARIABLE: &str = "LLVM_SYS_221_PREFIX";
/// Where Debian's packages of LLVM 22 are.
const DEBIAN_PREFIX: &str = "/usr/lib/llvm-22";
const ON_PATH: [&str; 2] = ["ld.lld-22", "ld.lld"];

/// A linked image.
pub(crate) struct Linked {
    pub(crate) bytes: Vec<u8>,
    /// The command that made it.
    pub(crate) command: String,
}

/// Links `object`, the code of the modules, with `objects` into an image that exports `kernels` alone.
pub(crate) fn link_image(
    object: &[u8],
    objects: &[ObjectFile],
    kernels: &Kernels,
    target: Target,
    options: &Options,
) -> Result<Linked> {
    let linker = match &options.linker {
        Some(linker) => linker.clone(),
        None => find_linker()?,
    };
    let folder = tempfile::tempdir().map_err(|source| Error::Write { path: std::env::temp_dir(), source })?;
    let file = |name: &str| folder.path().join(name);
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|source| Error::Write { path: path.to_owned(), source })
    };
    let (own, exports, image) = (file("kernels.o"), file("exports"), file("kernels.so"));
    write(&own, object)?;
    write(&exports, version_script(kernels).as_bytes())?;

    let mut script = OsString::from("--version-script=");
    script.push(&exports);
    let mut command = Command::new(&linker);
    command.arg(own).args(objects.iter().map(|object| &object.path));
    command.args(target.linker_arguments()).arg(script).arg("-o").arg(&image);
    let shown = show(&command);
    let output = command.output().map_err(|source| Error::LinkerNotRun { path: linker.clone(), source })?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Linker { status: output.status, command: shown, text });
    }
    let bytes = std::fs::read(&image).map_err(|source| Error::Read { path: image.clone(), source })?;
    Ok(Linked { bytes, command: shown })
}

/// Exports the kernels and nothing else.
fn version_script(kernels: &Kernels) -> String {
    let mut script = String::from("{ global: ");
    for name in kernels.names() {
        // Quoted names are not patterns.
        let _ = write!(script, "\"{name}\"; ");
    }
    script + "local: *; };\n"
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// The `ld.lld` of the installation that the environment names, else of Debian's packages; or on the path.
fn find_linker() -> Result<PathBuf> {
    let prefix = std::env::var_os(PREFIX_VARIABLE).unwrap_or_else(|| DEBIAN_PREFIX.into());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = vec![PathBuf::from(prefix).join("bin/ld.lld")];
    for name in ON_PATH {
        candidates.extend(std::env::split_paths(&path).map(|folder| folder.join(name)));
    }
    match candidates.iter().find(|candidate| candidate.is_file()) {
        Some(found) => Ok(found.clone()),
        None => Err(Error::NoLinker {
            looked_for: candidates.iter().map(|candidate| candidate.display().to_string()).collect(),
        }),
    }
}
