//! `outboard-register`: the records of a link in, the object that registers its images out. outboard-link runs it.

mod archive;
mod diagnostics;
mod error;
mod object_file;
mod roots;
mod units;

use anyhow::{Context as _, Result, bail};
use archive::Archives;
use device_link::{Failure, Options, PanicMode, TargetSpec, container, link_device, write_file};
use error::Error;
use host_codegen::Container;
use host_link::job::Job;
use offload_binary::Image;
use roots::Roots;
use std::path::Path;
use std::process::ExitCode;
use units::{Sections, Unit};

fn main() -> ExitCode {
    llvm_plugin::fatal::exit_on_fatal_error();
    let job = std::env::args_os().nth(1);
    let job = job.context("outboard-link runs this program, with a file that says what to do");
    match job.and_then(|path| read_job(Path::new(&path))).and_then(|job| run(&job)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            write_line("error", &format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn read_job(path: &Path) -> Result<Job> {
    let text = std::fs::read(path).with_context(|| format!("can't read `{}`", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("`{}` is no job", path.display()))
}

fn run(job: &Job) -> Result<()> {
    let sections = Sections::read(job)?;
    let units = sections.units()?;
    let roots = roots::find(&units);
    let archives = Archives::write(&roots::needed(&units, &roots)?)?;
    let report = match link_device(&archives.paths(), &device_options(job, &roots)) {
        Ok(report) => report,
        Err(failure) => bail!(archives.name_files(&refusal(&failure, &units, &roots))),
    };
    let warnings: Vec<_> = report.warnings.iter().map(|warning| archives.name_files(warning)).collect();
    for warning in &warnings {
        write_line("warning", warning);
    }
    let images: Vec<_> = report.images.into_iter().map(|image| image.image).collect();
    if let Some(folder) = &job.options.report {
        write_report(folder, job, &images, &warnings)?;
    }
    let container = Container::new(images).map_err(Error::from)?;
    let object = object_file::emit(&container, &job.options)?;
    Ok(write_file(&job.object, &object)?)
}

/// What was made for a program, as JSON.
#[derive(serde::Serialize)]
struct Made<'a> {
    program: &'a Path,
    #[serde(flatten)]
    listing: container::Listing,
    warnings: &'a [String],
}

/// rustc shows nobody what its linker says of a link that goes well; whoever runs cargo can read it here.
fn write_report(folder: &Path, job: &Job, images: &[Image], warnings: &[String]) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })?;
    let mut name = job.program.file_name().unwrap_or_default().to_owned();
    name.push(".json");
    let made = Made { program: &job.program, listing: container::list(images), warnings };
    Ok(write_file(&folder.join(name), &serde_json::to_vec(&made)?)?)
}

fn device_options(job: &Job, roots: &Roots<'_>) -> Options {
    let target =
        |device: &String| device.parse().unwrap_or_else(|never: std::convert::Infallible| match never {});
    let targets: Vec<TargetSpec> = job.options.devices.iter().map(target).collect();
    Options {
        targets,
        kernels: roots.keys().map(|kernel| (*kernel).to_owned()).collect(),
        panic: PanicMode::Record,
        sysroot: job.options.sysroot.clone(),
        cache_dir: job.options.cache.clone(),
        ..Options::default()
    }
}

/// Why there are no images: what is wrong with kernels, or with the link as a whole.
fn refusal(failure: &Failure, units: &[Unit<'_>], roots: &Roots<'_>) -> String {
    for warning in &failure.warnings {
        write_line("warning", warning);
    }
    if let device_link::Error::Kernels(refusals) = failure.error.as_ref() {
        return diagnostics::describe(refusals, units, roots).join("\nerror: ");
    }
    let mut text = failure.error.to_string();
    let mut cause = std::error::Error::source(failure.error.as_ref());
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[expect(clippy::print_stderr, reason = "this is the program")]
fn write_line(severity: &str, text: &str) {
    eprintln!("{severity}: {text}");
}
