//! `images`: device-link looks into the images that the linker step has kept of a program.

use crate::args::{CargoOptions, ImagesCommand};
use crate::error::{Error, Result};
use crate::report::{self, Report};
use crate::run_cargo::{metadata, target_folder};
use crate::store::{DEVICE_LINK, part};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// `images list`, `extract` and `verify`.
pub(crate) fn images(command: &ImagesCommand) -> Result<ExitCode> {
    let mut link = Command::new(part(DEVICE_LINK)?);
    match command {
        ImagesCommand::List { program, json } => {
            link.arg("list").arg(container(program.as_deref())?);
            if *json {
                link.arg("--json");
            }
        }
        ImagesCommand::Extract { program, output } => {
            link.arg("extract").arg(container(program.as_deref())?).arg("--output").arg(output);
        }
        ImagesCommand::Verify { program } => {
            link.arg("verify").arg(container(program.as_deref())?);
        }
    }
    run(&mut link)
}

/// A file, or the images of a program.
fn container(program: Option<&str>) -> Result<PathBuf> {
    match program.map(Path::new).filter(|path| path.is_file()) {
        Some(path) => Ok(path.to_owned()),
        None => Ok(linked(program)?.1),
    }
}

/// The report of a program, and the file with its images.
pub(crate) fn linked(program: Option<&str>) -> Result<(Report, PathBuf)> {
    let options = CargoOptions::default();
    let folder = report::folder(&target_folder(&metadata(&options)?, &options)?);
    report::latest(&folder, program).ok_or_else(|| match program {
        Some(program) => Error::NoProgram { what: format!("no program `{program}`"), folder },
        None => Error::NoProgram { what: "nothing".to_owned(), folder },
    })
}

/// The exit code of a program that the loader can't start: it has said why.
///
/// Source: ld.so of glibc 2.36.
const NOT_LOADED: i32 = 127;

/// Runs device-link.
pub(crate) fn run(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().map_err(|source| Error::Run {
        program: DEVICE_LINK.into(),
        help: "it belongs beside cargo-outboard",
        source,
    })?;
    if status.code() == Some(NOT_LOADED) {
        return Err(Error::NotLoaded { program: command.get_program().into() });
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
