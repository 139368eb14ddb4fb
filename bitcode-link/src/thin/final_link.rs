//! The last link, by ld.lld: objects of the jobs behind the native inputs, as ld.lld itself has them.

use super::error::ThinError;
use super::options::{LinkKind, ThinOptions};
use super::{TemporaryFolder, ThinResult};
use crate::file_error::FileError;
use crate::llvm_program::find_llvm_program;
use crate::output::Outputs;
use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What ends a linker that writes through a mapping into a file for which there is no room, as ld.lld does.
///
/// Source: signal(7), mmap(2) of Linux.
const SIGBUS: i32 = 7;

/// The last link.
#[derive(Debug)]
pub struct FinalLink<'a> {
    /// What is made.
    pub options: &'a ThinOptions,
    /// The linker, if it was given.
    pub linker: Option<&'a Path>,
    /// More arguments for it.
    pub arguments: &'a [String],
    /// Inputs that are no bitcode.
    pub natives: &'a [PathBuf],
}

impl FinalLink<'_> {
    /// The command that makes `output` of `objects`. `exports` is the file that lists what is shown.
    pub fn command(&self, objects: &[String], exports: &Path, output: &Path) -> ThinResult<Vec<String>> {
        let mut words = vec![self.find_linker()?.display().to_string()];
        match self.options.kind {
            LinkKind::Objects => words.push("-r".to_owned()),
            LinkKind::Shared => words.push("-shared".to_owned()),
            LinkKind::Static => {}
            LinkKind::Pie => words.push("-pie".to_owned()),
        }
        if self.options.kind.is_program() {
            words.push(format!("--entry={}", self.options.entry));
        }
        if self.options.exports.is_some() {
            words.push(format!("{}={}", self.list_option(), exports.display()));
        }
        words.extend_from_slice(self.arguments);
        words.extend(self.natives.iter().map(|path| path.display().to_string()));
        words.extend_from_slice(objects);
        words.extend(["-o".to_owned(), output.display().to_string()]);
        Ok(words)
    }

    fn list_option(&self) -> &'static str {
        if self.options.kind == LinkKind::Shared { "--version-script" } else { "--dynamic-list" }
    }

    /// The text of the file that lists what is shown.
    pub fn export_list(&self) -> Option<String> {
        let exports = self.options.exports.as_ref()?;
        let mut text = String::from(if self.options.kind == LinkKind::Shared { "{ global: " } else { "{ " });
        for name in exports {
            // Quoted names are not patterns.
            let _ = write!(text, "\"{name}\"; ");
        }
        text.push_str(if self.options.kind == LinkKind::Shared { "local: *; };\n" } else { "};\n" });
        Some(text)
    }

    /// Links `objects`, with the names that messages have for them, to `output`.
    pub fn run(&self, objects: &[(String, &[u8])], output: &Path) -> ThinResult<()> {
        let folder = TemporaryFolder::new()?;
        let file = |name: &str| folder.path().join(name);
        let mut files = Vec::new();
        for (name, object) in objects {
            let path = file(name);
            std::fs::write(&path, object).map_err(FileError::writing(&path))?;
            files.push(path.display().to_string());
        }
        let (exports, linked) = (file("exports"), file("linked"));
        if let Some(text) = self.export_list() {
            std::fs::write(&exports, text).map_err(FileError::writing(&exports))?;
        }
        let words = self.command(&files, &exports, &linked)?;
        // What crashes leaves no files for a symbolizer behind.
        let ran = Command::new(&words[0]).args(&words[1..]).env("LLVM_DISABLE_SYMBOLIZATION", "1").output();
        let ran = ran.map_err(|source| ThinError::NotRun { program: words[0].clone(), source })?;
        if !ran.status.success() {
            let status = ran.status.to_string();
            let text = if ran.status.signal() == Some(SIGBUS) {
                let folder = std::env::temp_dir();
                format!(
                    "no space left on device\nhelp: it writes to `{}`; TMPDIR names another folder",
                    folder.display()
                )
            } else {
                // Nobody finds these files any more.
                String::from_utf8_lossy(&ran.stderr).replace(&format!("{}/", folder.path().display()), "")
            };
            return Err(ThinError::Linker { program: words[0].clone(), status, text });
        }
        let bytes = std::fs::read(&linked).map_err(FileError::reading(&linked))?;
        let mode = Permissions::from_mode(0o777);
        let mut outputs = Outputs::with_folders();
        outputs.add_with_mode(output, &bytes, mode)?;
        Ok(outputs.persist()?)
    }

    fn find_linker(&self) -> ThinResult<PathBuf> {
        if let Some(linker) = self.linker {
            return Ok(linker.to_owned());
        }
        find_llvm_program("ld.lld").map_err(|looked_for| ThinError::NoLinker { looked_for })
    }
}
