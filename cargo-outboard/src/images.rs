//! `images` and `inspect`: device-link looks into the images that the linker step has kept of a program.

use crate::args::{CargoOptions, ImagesCommand, InspectArguments};
use crate::error::{Error, Result};
use crate::report::{self, Report, program_name};
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

/// `inspect`.
pub(crate) fn inspect(arguments: &InspectArguments) -> Result<ExitCode> {
    let (report, container) = linked(arguments.program.as_deref())?;
    let symbols = match &arguments.kernel {
        None => vec![None],
        Some(name) => kernels(&report, name)?.into_iter().map(Some).collect(),
    };
    let views = [(arguments.json, "--json"), (arguments.asm, "--asm"), (arguments.spirv, "--spirv")];
    for symbol in symbols {
        let mut link = Command::new(part(DEVICE_LINK)?);
        link.arg("inspect").arg(&container).args(symbol);
        link.args(views.iter().filter(|(asked, _)| *asked).map(|(_, option)| option));
        let code = run(&mut link)?;
        if code != ExitCode::SUCCESS {
            return Ok(code);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The names in images of the kernels that `name` means.
fn kernels<'r>(report: &'r Report, name: &str) -> Result<Vec<&'r str>> {
    let meant = report.kernels.iter().filter(|kernel| kernel.name.contains(name) || kernel.symbol == name);
    let symbols: Vec<_> = meant.map(|kernel| kernel.symbol.as_str()).collect();
    if symbols.is_empty() {
        let known = report.kernels.iter().map(|kernel| format!("\n  {}", kernel.name)).collect();
        let (program, name) = (program_name(&report.program), name.to_owned());
        return Err(Error::NoKernel { program, name, known });
    }
    Ok(symbols)
}

/// A file, or the images of a program.
fn container(program: Option<&str>) -> Result<PathBuf> {
    match program.map(Path::new).filter(|path| path.is_file()) {
        Some(path) => Ok(path.to_owned()),
        None => Ok(linked(program)?.1),
    }
}

fn linked(program: Option<&str>) -> Result<(Report, PathBuf)> {
    let options = CargoOptions::default();
    let folder = report::folder(&target_folder(&metadata(&options)?, &options)?);
    report::latest(&folder, program).ok_or_else(|| match program {
        Some(program) => Error::NoProgram { what: format!("no program `{program}`"), folder },
        None => Error::NoProgram { what: "nothing".to_owned(), folder },
    })
}

fn run(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().map_err(|source| Error::Run {
        program: DEVICE_LINK.into(),
        help: "it belongs beside cargo-outboard",
        source,
    })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
