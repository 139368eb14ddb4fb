//! Programs that finish what LLVM began: found, run, and their failures told with the command.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Output};
use thiserror::Error;

/// What can go wrong with another program.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ToolError {
    /// It isn't there.
    #[error("no {tool} was found; looked for {}\nhelp: {help}", looked_for.join(", "))]
    NotFound {
        /// What it is.
        tool: &'static str,
        /// Where it was looked for.
        looked_for: Vec<String>,
        /// What to do.
        help: &'static str,
    },
    /// It can't be run.
    #[error("the {tool} `{}` can't be run", path.display())]
    NotRun {
        /// What it is.
        tool: &'static str,
        /// The program.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It refused.
    #[error("the {tool} failed ({status}): {}\nhelp: the command was: {command}", text.trim())]
    Failed {
        /// What it is.
        tool: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// The command.
        command: String,
        /// What it printed.
        text: String,
    },
    /// It doesn't know the processor.
    #[error(
        "`{}` is of CUDA {release}, which doesn't know {cpu}\n\
         help: give one that does with --ptxas; CUDA 12.9 knows sm_50 to sm_121, CUDA 13 sm_75 and up",
        path.display()
    )]
    WrongRelease {
        /// The program.
        path: PathBuf,
        /// Its release.
        release: String,
        /// The processor.
        cpu: String,
    },
}

/// Runs `command`, a `tool`, to a good end.
pub(crate) fn run(tool: &'static str, command: &mut Command) -> Result<Output, ToolError> {
    let output = command.output().map_err(|source| ToolError::NotRun {
        tool,
        path: command.get_program().into(),
        source,
    })?;
    if output.status.success() {
        return Ok(output);
    }
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    if text.trim().is_empty() {
        text = String::from_utf8_lossy(&output.stdout).into_owned();
    }
    Err(ToolError::Failed { tool, status: output.status, command: show(command), text })
}

/// The command as a line of text.
pub(crate) fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// `name` in the folders of `PATH`.
pub(crate) fn on_path(name: &str) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let name = name.to_owned();
    folders.into_iter().map(move |folder| folder.join(&name))
}

/// The first of `candidates` that is a file.
pub(crate) fn find(
    tool: &'static str,
    candidates: &[PathBuf],
    help: &'static str,
) -> Result<PathBuf, ToolError> {
    match candidates.iter().find(|candidate| candidate.is_file()) {
        Some(found) => Ok(found.clone()),
        None => Err(ToolError::NotFound {
            tool,
            looked_for: candidates.iter().map(|candidate| candidate.display().to_string()).collect(),
            help,
        }),
    }
}

/// The value of the environment's `variable`, if it says something.
pub(crate) fn folder_of(variable: impl AsRef<OsStr>) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
