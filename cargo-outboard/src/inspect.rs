//! `inspect`: what kernels take, and their code on the way from Rust to the devices.

use crate::args::{InspectArguments, View};
use crate::error::{Error, Result};
use crate::images::{linked, run};
use crate::report::{Image, Kernel, Report, program_name};
use crate::store::{DEVICE_LINK, part};
use std::path::Path;
use std::process::{Command, ExitCode};

/// The command.
pub(crate) fn inspect(arguments: &InspectArguments) -> Result<ExitCode> {
    let (report, container) = linked(arguments.program.as_deref())?;
    let kernels = match &arguments.kernel {
        None => Vec::new(),
        Some(name) => kernels(&report, name)?,
    };
    match arguments.view() {
        Some(view) => show_code(view, &report, &kernels, &container),
        None => show_table(arguments, &kernels, &container),
    }
}

fn show_table(arguments: &InspectArguments, kernels: &[&Kernel], container: &Path) -> Result<ExitCode> {
    let symbols = kernels.iter().map(|kernel| Some(kernel.symbol.as_str()));
    let all = kernels.is_empty().then_some(None);
    for symbol in symbols.chain(all) {
        let mut link = Command::new(part(DEVICE_LINK)?);
        link.arg("inspect").arg(container).args(symbol).args(arguments.json.then_some("--json"));
        let code = run(&mut link)?;
        if code != ExitCode::SUCCESS {
            return Ok(code);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show_code(view: &View, report: &Report, kernels: &[&Kernel], container: &Path) -> Result<ExitCode> {
    let kernel = match kernels {
        [] => None,
        [one] => Some(one.symbol.as_str()),
        several => return Err(Error::SeveralKernels { names: names(several.iter().copied()) }),
    };
    let wanted =
        |image: &&Image| view.architecture.is_none_or(|architecture| image.architecture() == architecture);
    let mut images: Vec<_> = report.images.iter().filter(wanted).collect();
    if view.architecture.is_none() {
        // What was linked is the same for all.
        images.truncate(1);
    }
    if images.is_empty() {
        let (program, device) = (program_name(&report.program), view.device);
        let architecture = view.architecture.unwrap_or(device);
        return Err(Error::NoImage { program, architecture, device });
    }
    for image in images {
        let mut link = Command::new(part(DEVICE_LINK)?);
        link.arg("inspect").arg(container).args(kernel).arg(view.option).args(["--triple", &image.triple]);
        if !image.arch.is_empty() {
            link.args(["--arch", &image.arch]);
        }
        let code = run(&mut link)?;
        if code != ExitCode::SUCCESS {
            return Ok(code);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The kernels that `name` means: the one of that very name, or those with it in their names.
fn kernels<'r>(report: &'r Report, name: &str) -> Result<Vec<&'r Kernel>> {
    let exact = |kernel: &&Kernel| kernel.name == name || kernel.symbol == name;
    let meant: Vec<_> = report.kernels.iter().filter(exact).collect();
    if !meant.is_empty() {
        return Ok(meant);
    }
    let meant: Vec<_> = report.kernels.iter().filter(|kernel| kernel.name.contains(name)).collect();
    if meant.is_empty() {
        let known = names(report.kernels.iter());
        let (program, name) = (program_name(&report.program), name.to_owned());
        return Err(Error::NoKernel { program, name, known });
    }
    Ok(meant)
}

/// A line for each: its name, and where several have that, its symbol.
fn names<'k>(kernels: impl Iterator<Item = &'k Kernel>) -> String {
    let kernels: Vec<_> = kernels.collect();
    let is_one = |kernel: &Kernel| kernels.iter().filter(|other| other.name == kernel.name).count() == 1;
    let text = |kernel: &&Kernel| if is_one(kernel) { kernel.name.clone() } else { kernel.symbol.clone() };
    kernels.iter().map(|kernel| format!("\n  {}", text(kernel))).collect()
}
