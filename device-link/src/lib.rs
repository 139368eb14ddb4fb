//! Bitcode, IR and objects in, device images out; and containers of images packed, listed, extracted and
//! verified.
//!
//! [`link_device`] is the linker. The phases of one image stand in `compile` and `link_image` in their
//! order, a file each.

mod error;
mod failure;
mod hop;
mod options;
mod problem;
mod trouble;

mod aliases;
mod cached;
mod compose;
mod cuda;
mod entry;
mod image;
mod inlining;
mod input;
mod kernels;
mod levels;
mod limits;
mod linker;
mod markers;
mod native_members;
mod object_file;
mod optimize;
mod own_modules;
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
mod work_items;

pub mod container;
pub mod inspect;
mod output;

pub use error::Error;
pub use failure::Failure;
pub use hop::Hop;
pub use native_members::NativeDefinition;
pub use options::{Emit, OptLevel, Options, PanicMode, TargetSpec};
pub use output::write_file;
pub use plan::{Plan, plan_link};
pub use problem::{Problem, Refusal};
pub use standard_library::TwoReleases;
pub use target::SelectionError;
pub use tool::ToolError;
pub use trouble::Trouble;

use abi::names::{IR_KEY, PTX_KEY};
use abi::reports::REPORTS;
use bitcode_link::jobs;
use cached::ImageCache;
use failure::with_warnings;
use input::{AllInputs, Inputs};
use kernels::Kernels;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::TargetMachine;
use offload_binary::{Image, KernelSignature};
use output::Temps;
use std::path::PathBuf;
use target::{Selection, Target};
use trace::Trace;

/// What the library's functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// What a link made.
#[derive(Debug)]
pub struct Report {
    /// The images, in the order in which they were asked for.
    pub images: Vec<ImageReport>,
    /// What is worth saying about the inputs.
    pub warnings: Vec<String>,
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
    warnings: &mut Vec<String>,
) -> Result<Vec<ImageReport>> {
    let selections = target::select_all(&options.targets)?;
    let several = selections.len() > 1;
    let limit = options.jobs.unwrap_or_else(jobs::default_jobs);
    let files = trace.time("read files", "", || input::read_files(inputs))?;
    let cache = ImageCache::open(options, &files)?;
    let found =
        trace.time("look in the cache", "", || cached::find_all(cache.as_ref(), &selections, options));
    let missing: Vec<_> =
        selections.iter().zip(&found.reports).filter(|(_, found)| found.is_none()).collect();
    let missing: Vec<_> = missing.into_iter().map(|(selection, _)| selection).collect();
    warnings.extend(found.warnings);
    let mut made = Vec::new();
    if !missing.is_empty() {
        let mut about_inputs = Vec::new();
        let inputs =
            trace.time("check inputs", "", || input::sort(&files, &selections, options, &mut about_inputs));
        warnings.extend(about_inputs.iter().cloned());
        let inputs = inputs?;
        let make = |selection: &&Selection| link_image(&inputs, selection, several, options, trace);
        made = jobs::run(limit, &missing, make);
        for (selection, result) in missing.iter().zip(&made) {
            if let (Ok(report), Some(cache)) = (result, &cache) {
                warnings.extend(cache.keep((selection, options), report, &about_inputs)?);
            }
        }
        warnings.extend(cache.as_ref().and_then(ImageCache::shrink));
    }
    let mut made = made.into_iter();
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

/// Links one image, of one code or of one for each level.
fn link_image(
    inputs: &AllInputs,
    selection: &Selection,
    several: bool,
    options: &Options,
    trace: &Trace,
) -> Result<ImageReport> {
    let target = selection.target;
    let name = selection.to_string();
    llvm_plugin::fatal::name_work(&name);
    let temps = Temps::new(options.save_temps.as_deref())?;
    let temps = if several { temps.inside(&name)? } else { temps };
    let mut inputs = inputs.for_target(selection)?;
    trace.time("take objects of archives", &name, || native_members::take(&mut inputs, options))?;
    let work = Work { inputs: &inputs, target, options, temps: &temps, name: &name, trace };
    let compiled = match selection.cpus.as_slice() {
        [] => compile(&work, "", levels::keep_names)?,
        [cpu] => compile(&work, cpu, levels::keep_names)?,
        cpus => levels::compile_levels(&work, cpus)?,
    };
    let emitted = trace.time("make the image", &name, || {
        target::emit_image(selection, &compiled, &inputs.objects, options, &temps)
    })?;
    let (commands, notes) = (emitted.commands.clone(), emitted.notes.clone());
    let image = image::make(emitted, target, &compiled)?;
    Ok(ImageReport { image, kernels: compiled.kernels.signatures(), commands, notes })
}

/// What is compiled, and how.
struct Work<'a> {
    inputs: &'a Inputs,
    target: Target,
    options: &'a Options,
    temps: &'a Temps,
    /// The image's target and processor.
    name: &'a str,
    trace: &'a Trace,
}

/// The code of an image.
struct Compiled {
    codes: Vec<Vec<u8>>,
    kernels: Kernels,
    /// The processor to record.
    arch: String,
    /// Whether it exports [`REPORTS`].
    reports: bool,
    texts: KeptTexts,
}

/// What is kept beside an image's code, each with its key in the container.
type KeptTexts = Vec<(&'static str, String)>;

/// Compiles the inputs for one processor; `arch` is empty for the target's generic one. `rename` sees the
/// entries last.
fn compile(work: &Work<'_>, arch: &str, rename: fn(&Module<'_>, &Kernels, &str)) -> Result<Compiled> {
    let Work { inputs, target, options, temps, name, trace } = *work;
    let context = Context::create();
    let mut composite = trace.time("link inputs", name, || compose::compose(&context, inputs, options))?;
    let own = own_modules::compose(&context, inputs, options, composite.module())?;
    let modules = kernels::Modules { host: composite.module(), own: own.as_ref().map(|own| &own.module) };
    let (kernels, mut problems) = kernels::choose(&modules, inputs, options)?;
    trace.time("link libraries", name, || compose::complete(&mut composite, inputs, &kernels))?;
    let (module, origins) = compose::Origins::of(composite, inputs)?;
    problem::locate(&mut problems, &module, &origins);

    retarget::simplify(&module)?;
    let rules = rules(&module, target, options);
    let mut reached = reach::walk_kernels(&module, &kernels, &origins);
    if let Some(own) = &own {
        own.locate(&mut problems);
        reached.extend(own.walk_kernels(&kernels));
    }
    problems.extend(reach::find_refused(&kernels, &reached, &rules));
    let called: Vec<_> = own.iter().flat_map(own_modules::Own::declared).collect();
    let exports = inputs.exports(&kernels);
    let kept: Vec<_> = exports.iter().copied().chain(called.iter().map(String::as_str)).collect();
    retarget::drop_unneeded(&module, &kept)?;
    let cpu = retarget::attributes::clean(&module, target, arch)?;
    let machine = target.machine(&cpu, options.opt_level)?;
    temps.write_module("linked", &module)?;
    trace.time("retarget", name, || retarget::retarget(&module, target, &machine))?;

    let entries = entry::emit_entries(&module, &kernels, target)?;
    bitcode_link::internalize_except(&module, &kept);
    if target.is_gpu() {
        retarget::place_memory(&module, target)?;
    }
    if let Some(own) = own {
        own.link_into(&module, &kernels, (target, arch))?;
    }
    verify(&module, "making entries")?;
    problems.extend(resolve_markers(&context, &module, work, &machine, (&kernels, &reached, &entries))?);
    temps.write_module("entries", &module)?;
    retarget::link_libraries(&module, target, options.libclc.as_ref())?;
    bitcode_link::internalize_except(&module, &[&exports[..], &[REPORTS]].concat());
    verify(&module, "linking libraries")?;
    trace.time("optimize", name, || optimize::optimize(&module, &machine, target, options.opt_level))?;
    runtime::drop_unused(&module);
    retarget::legalize(&module, target)?;
    verify(&module, "optimization")?;
    temps.write_module("optimized", &module)?;
    problems.extend(reach::find_undefined(&module, &kernels, &reached, &origins, target));
    problems.extend(reach::find_limits(&module, &kernels, &reached, &origins, target));
    problems.extend(recursion::find_recursion(&module, &kernels, &origins, target));
    problems.extend(optimize::find_empty(&module, &kernels, &reached));
    problem::refuse(problems)?;

    rename(&module, &kernels, arch);
    // An image for every machine names no processor; `native` is recorded as what it is, a target id whole.
    let arch = if target.is_gpu() || arch.is_empty() { arch.to_owned() } else { cpu.name };
    let reports = module.get_global(REPORTS).is_some();
    let (code, texts) = generate_code(work, &module, &machine)?;
    Ok(Compiled { codes: vec![code], kernels, arch, reports, texts })
}

/// The code of the optimized module, and what is kept beside it, with its key.
fn generate_code(
    work: &Work<'_>,
    module: &Module<'_>,
    machine: &TargetMachine,
) -> Result<(Vec<u8>, KeptTexts)> {
    let Work { target, options, temps, .. } = *work;
    let mut texts = Vec::new();
    if options.embed_ir {
        // Now: the code generator changes the module.
        texts.push((IR_KEY, module.print_to_string().to_string()));
    }
    let code = work.trace.time("generate code", work.name, || target.generate(module, machine))?;
    temps.write(target.code_name(), &code)?;
    if options.embed_ir && target == Target::Nvptx64 && options.emit == Emit::Image {
        texts.push((PTX_KEY, String::from_utf8_lossy(&code).into_owned()));
    }
    Ok((code, texts))
}

/// Puts in what markers stand for: the device runtime's functions, shared memory, and on x86_64 the counters
/// of the entries' loops. Returns the kernels for which that can't be done.
fn resolve_markers<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    work: &Work<'_>,
    machine: &TargetMachine,
    (kernels, reached, entries): (&Kernels, &reach::Reached, &[entry::Entry<'ctx>]),
) -> Result<Vec<Problem>> {
    runtime::link_runtime(context, module, work.target, work.options.panic)?;
    let mut problems = shared_memory::resolve_static(context, module, kernels, reached);
    if work.target.is_gpu() {
        optimize::inline_required(module, machine)?;
    } else {
        problems.extend(work_items::resolve_markers(module, machine, entries, reached)?);
    }
    runtime::name_kernels(context, module, kernels);
    verify(module, "resolving markers")?;
    Ok(problems)
}

/// What kernels are refused for.
fn rules(module: &Module<'_>, target: Target, options: &Options) -> reach::Rules {
    let unmarked = if options.assume_convergent_source || !target.is_gpu() {
        std::collections::BTreeSet::new()
    } else {
        retarget::convergence::find_unmarked(module)
    };
    reach::Rules { target, allow_mutable_statics: options.allow_mutable_statics, unmarked }
}

/// A module of ours that LLVM rejects is a fault of ours.
fn verify(module: &Module<'_>, after: &'static str) -> Result<()> {
    module.verify().map_err(|text| Error::Bug { after, text: text.to_string() })
}
