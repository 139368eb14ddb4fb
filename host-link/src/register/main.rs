//! `outboard-register`: the records of a link in, the object that registers its images out. outboard-link runs it.

mod archive;
mod diagnostics;
mod error;
mod object_file;
mod progress;
mod report;
mod roots;
mod units;

use anyhow::{Context as _, Result, bail};
use archive::Archives;
use device_link::{Failure, Options, PanicMode, TargetSpec, link_device, write_file};
use error::Error;
use host_codegen::Container;
use host_link::job::Job;
use report::Report;
use roots::Roots;
use std::path::Path;
use std::process::ExitCode;
use units::{Sections, Unit};

fn main() -> ExitCode {
    llvm_plugin::fatal::exit_on_fatal_error();
    let job = std::env::args_os().nth(1);
    let job = job.context("outboard-link runs this program, with a file that says what to do");
    match job.and_then(|path| read_job(Path::new(&path))).and_then(|job| run_and_report(&job)) {
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

fn run_and_report(job: &Job) -> Result<()> {
    let mut report = Report::of(job);
    let progress = progress::start(job);
    let result = run(job, &mut report);
    drop(progress);
    if let Err(error) = &result {
        report.error = Some(format!("{error:#}"));
    }
    if let Some(folder) = &job.options.report {
        report.write(folder)?;
    }
    if let Some(folder) = &job.run {
        report.write_text(folder)?;
    }
    result
}

fn run(job: &Job, told: &mut Report) -> Result<()> {
    let sections = Sections::read(job)?;
    let units = sections.units()?;
    let roots = roots::find(&units);
    let archives = Archives::write(&roots::needed(&units, &roots)?)?;
    let report = match link_device(&archives.paths(), &device_options(job, &roots)) {
        Ok(report) => report,
        Err(failure) => bail!(archives.name_files(&refusal(&failure, &units, &roots))),
    };
    for warning in &report.warnings {
        let warning = archives.name_files(warning);
        write_line("warning", &warning);
        told.warnings.push(warning);
    }
    let images: Vec<_> = report.images.into_iter().map(|image| image.image).collect();
    told.add(&images, &roots);
    let container = Container::new(images).map_err(Error::from)?;
    let object = object_file::emit(&container, &job.options)?;
    Ok(write_file(&job.object, &object)?)
}

fn device_options(job: &Job, roots: &Roots<'_>) -> Options {
    let target =
        |device: &String| device.parse().unwrap_or_else(|never: std::convert::Infallible| match never {});
    let targets: Vec<TargetSpec> = job.options.devices.iter().map(target).collect();
    Options {
        targets,
        kernels: roots.keys().map(|kernel| (*kernel).to_owned()).collect(),
        panic: PanicMode::Record,
        assume_convergent_source: job.options.assume_convergent_source,
        sysroot: job.options.sysroot.clone(),
        cache_dir: job.options.cache.clone(),
        ptxas: job.options.ptxas.clone(),
        progress: progress::listener(job),
        // To be looked at, beside what is linked.
        embed_ir: job.options.report.is_some(),
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
