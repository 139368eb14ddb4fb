//! Bitcode, IR and objects in, device images out; and containers of images packed, listed, extracted and
//! verified.
//!
//! [`link_device`] is the linker. `images` makes the images out of parts, and `compile` has the phases of a
//! part in their order, a file each.

mod error;
mod failure;
mod hop;
mod options;
mod problem;
mod progress;
mod trouble;

mod aliases;
mod cached;
mod compile;
mod compose;
mod cuda;
mod entry;
mod host_loops;
mod image;
mod images;
mod inlining;
mod input;
mod ir_text;
mod kernels;
mod levels;
mod limits;
mod linker;
mod markers;
mod native_members;
mod object_file;
mod optimize;
mod own_modules;
mod parts;
mod plan;
mod ptxas;
mod reach;
mod recursion;
pub mod resources;
mod retarget;
mod runtime;
mod shared_memory;
mod standard_library;
mod target;
mod tool;
mod trace;
mod vector_math;
mod way_out;

pub mod container;
pub mod inspect;
mod output;

pub use error::Error;
pub use failure::Failure;
pub use hop::Hop;
pub use native_members::NativeDefinition;
pub use options::{Emit, OptLevel, Options, PanicMode, TargetSpec, VectorMath};
pub use output::write_file;
pub use plan::{Plan, plan_link};
pub use problem::{Problem, Refusal};
pub use progress::{Listener, Step};
pub use standard_library::TwoReleases;
pub use target::SelectionError;
pub use tool::ToolError;
pub use trouble::Trouble;

use cached::LinkCache;
use diagnostics::Warning;
use failure::with_warnings;
use offload_binary::{Image, KernelSignature};
use std::path::PathBuf;
use target::Selection;
use trace::Trace;

/// What the library's functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// What a link made.
#[derive(Debug)]
pub struct Report {
    /// The images, in the order in which they were asked for.
    pub images: Vec<ImageReport>,
    /// What is worth saying about the inputs.
    pub warnings: Vec<Warning>,
    /// The times of all phases, as JSON for chrome://tracing and Perfetto.
    pub trace: String,
}

/// One image, and how it was made.
#[derive(Debug)]
pub struct ImageReport {
    /// The image, with its kernels recorded.
    pub image: Image,
    /// The kernels, in the order of their names.
    pub kernels: Vec<KernelSignature>,
    /// The commands of other programs that were run for it.
    pub commands: Vec<String>,
    /// What NVIDIA's assembler told of registers and memory.
    pub notes: String,
}

/// Links `inputs` into an image for each target of `options`, each in a thread and an LLVM context of its
/// own. What is wrong with kernels is told for all of them.
pub fn link_device(inputs: &[PathBuf], options: &Options) -> std::result::Result<Report, Failure> {
    let trace = Trace::start();
    let mut warnings = Vec::new();
    let images = link_images(inputs, options, &trace, &mut warnings);
    let (images, warnings) = with_warnings(images, warnings)?;
    Ok(Report { images, warnings, trace: trace.to_json() })
}

fn link_images(
    inputs: &[PathBuf],
    options: &Options,
    trace: &Trace,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ImageReport>> {
    let selections = target::select_all(&options.targets)?;
    let files = trace.time("read files", "", || input::read_files(inputs))?;
    let cache = LinkCache::open(options, &files)?;
    let found =
        trace.time("look in the cache", "", || cached::find_all(cache.as_ref(), &selections, options));
    let missing = selections.iter().zip(&found.reports).filter(|(_, found)| found.is_none());
    let missing: Vec<_> = missing.map(|(selection, _)| selection).collect();
    warnings.extend(found.warnings);
    let mut made = Vec::new().into_iter();
    if !missing.is_empty() {
        let mut about_inputs = Vec::new();
        let inputs = trace.time("check inputs", "", || {
            input::sort(&files, &selections, options, cache.as_ref(), &mut about_inputs)
        });
        warnings.extend(about_inputs.iter().cloned());
        let inputs = inputs?;
        warnings.extend(inputs.about_cache.iter().cloned());
        let several = selections.len() > 1;
        let link = images::Link { inputs: &inputs, options, cache: cache.as_ref(), trace, several };
        let (results, more) = link.make(&missing);
        warnings.extend(more);
        for (selection, result) in missing.iter().zip(&results) {
            if let (Ok(report), Some(cache)) = (result, &cache) {
                warnings.extend(cache.keep((selection, options), report, &about_inputs)?);
            }
        }
        warnings.extend(cache.as_ref().and_then(LinkCache::shrink));
        made = results.into_iter();
    }
    let results = found.reports.into_iter().map(|report| match report {
        Some(report) => Ok(report),
        None => made.next().expect("every image was found or made"),
    });
    images_of(&selections, results)
}

/// The images, where all were made; else what is wrong, with all kernels and all targets.
fn images_of(
    selections: &[Selection],
    results: impl Iterator<Item = Result<ImageReport>>,
) -> Result<Vec<ImageReport>> {
    let mut images = Vec::new();
    let mut refused = Vec::new();
    let mut errors = Vec::new();
    for (selection, result) in selections.iter().zip(results) {
        match result {
            Ok(report) => images.push(report),
            Err(Error::Kernels(refusals)) => refused.push((selection.to_string(), refusals)),
            Err(error) => errors.push((selection.to_string(), error)),
        }
    }
    if !refused.is_empty() {
        return Err(Error::Kernels(problem::merge(refused, selections.len())));
    }
    problem::first_of(errors, selections.len()).map_or(Ok(images), Err)
}
