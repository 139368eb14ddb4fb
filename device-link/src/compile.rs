//! Some kernels and what they need become code for one processor: the phases, in their order.

use crate::input::Inputs;
use crate::kernels::Kernels;
use crate::options::{Emit, Options};
use crate::output::Temps;
use crate::problem::Problem;
use crate::target::Target;
use crate::trace::Trace;
use crate::{
    Error, Result, compose, entry, host_loops, ir_text, kernels, levels, optimize, own_modules, problem,
    reach, recursion, retarget, runtime, shared_memory, way_out,
};
use abi::names::{IR_KEY, LINKED_IR_KEY, PTX_KEY, WAY_OUT};
use abi::reports::REPORTS;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::TargetMachine;

/// What is compiled, and how.
pub(crate) struct Work<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) target: Target,
    pub(crate) options: &'a Options,
    pub(crate) temps: &'a Temps,
    /// What it is for, in messages and in the trace.
    pub(crate) name: &'a str,
    /// Whether the code was optimized when it was compiled.
    pub(crate) optimized: bool,
    /// Whether the image chooses among codes for several processors.
    pub(crate) levels: bool,
    pub(crate) trace: &'a Trace,
}

/// The code of some kernels for one processor.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// A relocatable object, PTX or SPIR-V.
    pub(crate) code: Vec<u8>,
    pub(crate) kernels: Kernels,
    /// The processor to record.
    pub(crate) arch: String,
    /// Whether it exports [`REPORTS`].
    pub(crate) reports: bool,
    pub(crate) texts: KeptTexts,
}

/// What is kept beside an image's code, each with its key in the container.
pub(crate) type KeptTexts = Vec<(String, String)>;

/// Compiles the inputs for one processor; `arch` is empty for the target's generic one.
pub(crate) fn compile(work: &Work<'_>, arch: &str) -> Result<Compiled> {
    let Work { inputs, target, options, temps, name, optimized, levels, trace } = *work;
    let context = Context::create();
    let mut composite = trace.time("link inputs", name, || compose::compose(&context, inputs, options))?;
    let own = own_modules::compose(&context, inputs, options, composite.module())?;
    let modules = kernels::Modules { host: composite.module(), own: own.as_ref().map(|own| &own.module) };
    let (kernels, mut problems) = kernels::choose(&modules, inputs, options)?;
    trace.time("link libraries", name, || compose::complete(&mut composite, inputs, &kernels))?;
    let (module, origins) = compose::Origins::of(composite, inputs)?;
    problem::locate(&mut problems, &module, &origins);

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
    let linked = options.embed_ir.then(|| text_of(&module, name));
    let cpu = retarget::attributes::clean(&module, target, arch)?;
    let machine = target.machine(&cpu, options.opt_level)?;
    temps.write_module("linked", &module)?;
    trace.time("retarget", name, || retarget::retarget(&module, target, &machine))?;

    let items = if target.is_gpu() {
        entry::emit_gpu_entries(&module, &kernels, target)?;
        Vec::new()
    } else {
        host_loops::emit_items(&module, &kernels)?
    };
    let item_names: Vec<_> = items.iter().map(host_loops::Item::symbol).collect();
    let kept: Vec<_> = kept.into_iter().chain(item_names.iter().map(String::as_str)).collect();
    bitcode_link::internalize_except(&module, &kept);
    if target.is_gpu() {
        retarget::place_memory(&module, target)?;
    }
    if let Some(own) = own {
        own.link_into(&module, &kernels, (target, arch))?;
    }
    verify_early(&module, "making entries")?;
    problems.extend(resolve_markers(&context, &module, work, &machine, (&kernels, &reached), &items)?);
    temps.write_module("entries", &module)?;
    retarget::link_libraries(&module, target, options.libclc.as_ref())?;
    bitcode_link::internalize_except(&module, &[&exports[..], &[REPORTS, WAY_OUT]].concat());
    verify(&module, "linking libraries")?;
    trace.time("optimize", name, || optimize::optimize(&module, &machine, (target, optimized), options))?;
    runtime::drop_unused(&module);
    retarget::legalize(&module, target)?;
    verify(&module, "optimization")?;
    temps.write_module("optimized", &module)?;
    problems.extend(reach::find_undefined(&module, &kernels, &reached, &origins, target));
    problems.extend(reach::find_limits(&module, &kernels, &reached, &origins, target));
    problems.extend(recursion::find_recursion(&module, &kernels, &origins, target));
    problems.extend(optimize::find_empty(&module, &kernels, &reached, target));
    problem::refuse(problems)?;

    if target == Target::X86_64 {
        runtime::name_system_functions(&module);
        way_out::emit(&module, &kernels)?;
        verify_early(&module, "making ways out of kernels")?;
    }
    // What is looked at has the kernels' own names.
    let optimized = options.embed_ir.then(|| text_of(&module, name));
    if levels {
        levels::rename_entries(&module, &kernels, arch);
    }
    // An image for every machine names no processor; `native` is recorded as what it is, a target id whole.
    let arch = if target.is_gpu() || arch.is_empty() { arch.to_owned() } else { cpu.name };
    let reports = module.get_global(REPORTS).is_some();
    let (code, mut texts) = generate_code(work, &module, &machine)?;
    texts.extend(optimized.map(|text| (IR_KEY.to_owned(), text)));
    texts.extend(linked.map(|text| (LINKED_IR_KEY.to_owned(), text)));
    Ok(Compiled { code, kernels, arch, reports, texts })
}

/// The code of the optimized module, and what is kept of it beside it, with its key.
fn generate_code(
    work: &Work<'_>,
    module: &Module<'_>,
    machine: &TargetMachine,
) -> Result<(Vec<u8>, KeptTexts)> {
    let Work { target, options, temps, .. } = *work;
    let mut texts = Vec::new();
    let code = work.trace.time("generate code", work.name, || target.generate(module, machine))?;
    temps.write(target.code_name(), &code)?;
    if options.embed_ir && target == Target::Nvptx64 && options.emit == Emit::Image {
        texts.push((PTX_KEY.to_owned(), String::from_utf8_lossy(&code).into_owned()));
    }
    Ok((code, texts))
}

/// The module as text. What it says it was made of, may be a file that is gone when this is read.
fn text_of(module: &Module<'_>, name: &str) -> String {
    let text = module.print_to_string().to_string();
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    format!("{}'{name}'\n{rest}", ir_text::MODULE)
}

/// Puts in what markers stand for: the device runtime's functions, shared memory, and on x86_64 the counters
/// of the entries' loops. Returns the kernels for which that can't be done.
fn resolve_markers<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    work: &Work<'_>,
    machine: &TargetMachine,
    (kernels, reached): (&Kernels, &reach::Reached),
    items: &[host_loops::Item<'ctx>],
) -> Result<Vec<Problem>> {
    runtime::link_runtime(context, module, work.target, work.options.panic)?;
    let problems = if work.target.is_gpu() {
        let problems = shared_memory::resolve_static(context, module, kernels, reached);
        optimize::inline_required(module, machine)?;
        let entries = reach::in_module(module, kernels).map(|(kernel, entry)| (kernel.name.clone(), entry));
        runtime::name_kernels(context, module, &entries.collect::<Vec<_>>());
        problems
    } else {
        host_loops::emit_kernels(context, module, machine, (kernels, reached), items)?
    };
    verify_early(module, "resolving markers")?;
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
pub(crate) fn verify(module: &Module<'_>, after: &'static str) -> Result<()> {
    module.verify().map_err(|text| Error::Bug { after, text: text.to_string() })
}

/// The same where it will be looked at again: while this is worked on, to know which step it was.
fn verify_early(module: &Module<'_>, after: &'static str) -> Result<()> {
    if cfg!(debug_assertions) { verify(module, after) } else { Ok(()) }
}
