//! The ELF linker: found, and run on the kernels' objects and the objects given.

use crate::Result;
use crate::object_file::ObjectFile;
use crate::tool;
use bitcode_link::FileError;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const TOOL: &str = "linker";
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

/// What is linked.
pub(crate) struct Link<'a> {
    /// The code of the modules.
    pub(crate) own: &'a [Vec<u8>],
    /// Objects that were given.
    pub(crate) objects: &'a [ObjectFile],
    /// The symbols that the image shows.
    pub(crate) exports: Vec<String>,
    /// What the target wants.
    pub(crate) arguments: Vec<String>,
    /// The program, if it was given.
    pub(crate) linker: Option<&'a Path>,
}

/// Links an image.
pub(crate) fn link_image(link: &Link<'_>) -> Result<Linked> {
    let linker = match link.linker {
        Some(linker) => linker.to_owned(),
        None => find_linker()?,
    };
    let folder = tempfile::tempdir().map_err(FileError::writing(&std::env::temp_dir()))?;
    let file = |name: &str| folder.path().join(name);
    let write = |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).map_err(FileError::writing(path));
    let (exports, image) = (file("exports"), file("kernels.so"));
    write(&exports, version_script(&link.exports).as_bytes())?;
    let mut script = OsString::from("--version-script=");
    script.push(&exports);
    let mut command = Command::new(&linker);
    for (index, bytes) in link.own.iter().enumerate() {
        let path = file(&if index == 0 { "kernels.o".to_owned() } else { format!("kernels-{index}.o") });
        write(&path, bytes)?;
        command.arg(path);
    }
    for (index, object) in link.objects.iter().enumerate() {
        match &object.bytes {
            None => command.arg(&object.path),
            Some(bytes) => {
                // The linker's messages name it.
                let name = object.path.file_name().unwrap_or_default().to_string_lossy();
                let path = file(&format!("{index}-{name}"));
                write(&path, bytes)?;
                command.arg(path)
            }
        };
    }
    command.args(&link.arguments).arg(script).arg("-o").arg(&image);
    tool::run(TOOL, &mut command)?;
    let bytes = std::fs::read(&image).map_err(FileError::reading(&image))?;
    Ok(Linked { bytes, command: tool::show(&command) })
}

/// Shows `exports` and nothing else.
fn version_script(exports: &[String]) -> String {
    let mut script = String::from("{ global: ");
    for name in exports {
        // Quoted names are not patterns.
        let _ = write!(script, "\"{name}\"; ");
    }
    script + "local: *; };\n"
}

/// The `ld.lld` of the installation that the environment names, else of Debian's packages; or on the path.
pub(crate) fn find_linker() -> Result<PathBuf> {
    let mut candidates = vec![llvm_prefix().join("bin/ld.lld")];
    candidates.extend(ON_PATH.into_iter().flat_map(tool::on_path));
    let help = "install lld 22, as `cargo outboard setup` does, set LLVM_SYS_221_PREFIX to its installation \
                prefix, or give --linker";
    Ok(tool::find("ELF linker", &candidates, help)?)
}

/// The folder of LLVM 22's programs and libraries.
pub(crate) fn llvm_prefix() -> PathBuf {
    tool::folder_of(PREFIX_VARIABLE).unwrap_or_else(|| DEBIAN_PREFIX.into())
}
