//! `outboard-register`: the records of a link in, the object that registers its images out. outboard-link runs it.

mod archive;
mod embedded;
mod error;
mod host_code;
mod line_table;
mod mistakes;
mod object_file;
mod places;
mod progress;
mod reached;
mod report;
mod roots;
mod units;

use anyhow::{Context as _, Result};
use archive::Archives;
use device_link::{Failure, Options, PanicMode, TargetSpec, VectorMath, link_device, write_file};
use diagnostics::{Diagnostic, Level, Style, Warning};
use embedded::Embedded;
use error::Error;
use host_codegen::Container;
use host_link::job::Job;
use host_link::keep;
use mistakes::Known;
use places::Places;
use report::Report;
use roots::Roots;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use units::Sections;

fn main() -> ExitCode {
    llvm_plugin::fatal::exit_on_fatal_error();
    let job = std::env::args_os().nth(1);
    let job = job.context("outboard-link runs this program, with a file that says what to do");
    let told = job.and_then(|path| read_job(Path::new(&path))).and_then(|job| run_and_report(&job));
    let told = told.unwrap_or_else(|error| vec![diagnostic_of(&error)]);
    told.iter().for_each(write);
    let failed = told.iter().any(|diagnostic| diagnostic.level == Level::Error);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn read_job(path: &Path) -> Result<Job> {
    let text = std::fs::read(path).with_context(|| format!("can't read `{}`", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("`{}` is no job", path.display()))
}

/// Does the job, and gives what is worth saying.
fn run_and_report(job: &Job) -> Result<Vec<Diagnostic>> {
    let mut report = Report::of(job);
    let progress = progress::start(job);
    let result = run(job, &mut report);
    drop(progress);
    if let Err(error) = &result {
        report.diagnostics.push(diagnostic_of(error));
    }
    if let Some(folder) = &job.options.report {
        report.write(folder)?;
    }
    if let Some(folder) = &job.run {
        report.write_text(folder)?;
    }
    Ok(report.diagnostics)
}

/// The device that programs have an image for unless they say otherwise.
const HOST: &str = "host";
/// What it is to device-link: code for every machine, and for the levels between which vectors get longer.
const LEVELS: &str = "x86_64:x86-64,x86-64-v3,x86-64-v4";
const GENERIC: &str = "x86_64";

fn run(job: &Job, told: &mut Report) -> Result<()> {
    let sections = Sections::read(job)?;
    let units = sections.units()?;
    let mut roots = roots::find(&units);
    let embedded = Embedded::read(&job.embedded)?;
    let mut images = Vec::new();
    while !roots.is_empty() {
        let archives = Archives::write(&roots::needed(&units, &embedded, &roots)?)?;
        let warning = |warning: &Warning| archives.in_words_of_files(warning.clone().into());
        match link_device(&archives.paths(), &device_options(job, &roots)) {
            Ok(report) => {
                told.diagnostics.extend(report.warnings.iter().map(warning));
                images.extend(report.images.into_iter().map(|image| image.image));
                break;
            }
            Err(failure) => {
                let known = Known { places: &Places::of(&units), roots: &roots };
                let refused = refusal(&failure, job, &known);
                let messages = refused.messages.into_iter().map(|one| archives.in_words_of_files(one));
                told.diagnostics.extend(messages);
                if refused.unreached.is_empty() {
                    told.diagnostics.extend(failure.warnings.iter().map(warning));
                    return Ok(());
                }
                told.add_stayed(&refused.unreached);
                roots.retain(|kernel, _| !refused.unreached.contains_key(*kernel));
            }
        }
    }
    told.add(&images, &roots);
    if images.is_empty() {
        return Ok(keep::write(&[], &job.object, &job.program)?);
    }
    let container = Container::new(images).map_err(Error::from)?;
    let object = object_file::emit(&container, &job.options)?;
    Ok(write_file(&job.object, &object)?)
}

fn device_options(job: &Job, roots: &Roots<'_>) -> Options {
    let host = if job.options.levels { LEVELS } else { GENERIC };
    let target = |device: &str| {
        let device = if device == HOST { host } else { device };
        device.parse().unwrap_or_else(|never: std::convert::Infallible| match never {})
    };
    let devices = job.options.devices.iter().map(String::as_str);
    let host_alone = job.options.devices.is_empty().then_some(HOST);
    let targets: Vec<TargetSpec> = devices.chain(host_alone).map(target).collect();
    Options {
        targets,
        kernels: roots.keys().map(|kernel| (*kernel).to_owned()).collect(),
        panic: PanicMode::Record,
        assume_convergent_source: job.options.assume_convergent_source,
        sysroot: job.options.sysroot.clone(),
        cache_dir: job.options.cache.clone(),
        ptxas: job.options.ptxas.clone(),
        vector_math: match job.options.vector_math {
            host_link::job::VectorMath::Libmvec => VectorMath::Libmvec,
            host_link::job::VectorMath::None => VectorMath::None,
        },
        progress: progress::listener(job),
        // To be looked at, beside what is linked.
        embed_ir: job.options.report.is_some(),
        ..Options::default()
    }
}

/// Why there are no images.
struct Refused {
    /// Errors; or only warnings, where the program can do without.
    messages: Vec<Diagnostic>,
    /// The kernels without which there are images, each with what is wrong with it; none where there are errors.
    unreached: BTreeMap<String, Diagnostic>,
}

/// What is wrong with kernels, or with the link as a whole. A kernel that nothing launches which the program reaches is
/// no reason to link nothing: often it is of a library of which another part is used.
fn refusal(failure: &Failure, job: &Job, known: &Known<'_>) -> Refused {
    let device_link::Error::Kernels(refusals) = failure.error.as_ref() else {
        let error = failure.error.as_ref();
        let messages = vec![Diagnostic::of_error(Level::Error, error.code(), error)];
        return Refused { messages, unreached: BTreeMap::new() };
    };
    let kernels = refusals.iter().map(|refusal| refusal.problem.kernel.as_str()).collect();
    let unreached = reached::unreached(job, &kernels);
    let (dead, alive): (Vec<_>, Vec<_>) =
        refusals.iter().partition(|refusal| unreached.contains(refusal.problem.kernel.as_str()));
    let errors = mistakes::describe(&alive, known);
    if !errors.is_empty() {
        return Refused { messages: errors, unreached: BTreeMap::new() };
    }
    let of_kernel = |kernel: &&str| {
        let own = dead.iter().filter(|refusal| refusal.problem.kernel == **kernel).copied();
        let told = mistakes::describe(&own.collect::<Vec<_>>(), known).into_iter().next();
        told.map(|told| ((*kernel).to_owned(), told))
    };
    let messages = mistakes::describe(&dead, known).into_iter().map(mistakes::of_unreached).collect();
    Refused { messages, unreached: unreached.iter().filter_map(of_kernel).collect() }
}

fn diagnostic_of(error: &anyhow::Error) -> Diagnostic {
    let code = error.downcast_ref::<Error>().and_then(Error::code);
    let code = code.or_else(|| error.downcast_ref::<device_link::Error>()?.code());
    Diagnostic::of_error(Level::Error, code, error.as_ref())
}

#[expect(clippy::print_stderr, reason = "this is the program")]
fn write(diagnostic: &Diagnostic) {
    eprintln!("{}", diagnostic.render(Style::PLAIN));
}
