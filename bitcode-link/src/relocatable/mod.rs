//! Bitcode and objects of any mix in, one relocatable object out: helpers inlined and internal, and only the wanted
//! symbols for others to see.

mod code;
mod error;
mod inputs;
mod join;

pub use error::CombineError;

use crate::composite::Composite;
use crate::inlining::{self, HelperReport, complete_report, link_helpers, read_helpers, words};
use crate::source::ModuleSource;
use inputs::{Inputs, global_symbols};
use llvm_plugin::global::inline_assembly;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inlining::{has_plain_variables, has_unfinished_loops, internalize};
use llvm_plugin::module::module_flags;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// How hard LLVM tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptLevel {
    /// Only what must be inlined.
    O0,
    /// A little.
    O1,
    /// As compilers do by default.
    O2,
    /// All that there is.
    O3,
}

/// Which passes run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pipeline {
    /// Inlining and what that shows, for modules that a compiler has optimized to the end.
    Cleanup,
    /// What compilers leave for the link, for modules compiled for LTO.
    Late,
    /// Everything, for modules that nothing has optimized.
    Full,
}

/// What is combined, and how.
#[derive(Debug, Clone)]
pub struct Combine {
    /// Bitcode, IR text, objects and archives of them.
    pub inputs: Vec<PathBuf>,
    /// Whether all members of archives come along, needed or not.
    pub whole_archives: bool,
    /// Bitcode of helpers.
    pub helpers: Vec<PathBuf>,
    /// How they are linked.
    pub inlining: inlining::Options,
    /// The symbols that others can see; all where nothing is said.
    pub exports: Option<BTreeSet<String>>,
    /// How hard LLVM tries.
    pub level: OptLevel,
    /// Which passes run; by what the modules are, where nothing is said.
    pub pipeline: Option<Pipeline>,
    /// Whether each function and variable has a section of its own.
    pub sections: bool,
    /// Whether IR is wanted in place of an object.
    pub ir: bool,
}

/// What was made.
#[derive(Debug)]
pub struct Combined {
    /// The object, or IR text.
    pub bytes: Vec<u8>,
    /// What became of helpers.
    pub report: HelperReport,
    /// The passes that ran.
    pub pipeline: Pipeline,
    /// What is worth knowing about the inputs.
    pub warnings: Vec<String>,
}

/// Combines the inputs.
pub fn combine(job: &Combine) -> Result<Combined, CombineError> {
    code::initialize();
    let inputs = Inputs::read(&job.inputs, job.whole_archives)?;
    if inputs.modules.is_empty() {
        let inputs = job.inputs.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(CombineError::NoBitcode { inputs });
    }
    let helpers = read_helpers(&job.helpers)?;
    let all = inputs.modules.iter().chain(&helpers);
    all.clone().try_for_each(ModuleSource::check)?;
    let warnings = inputs.modules.iter().filter_map(ModuleSource::warning);
    let warnings = warnings.map(|warning| warning.to_string()).collect();

    let context = Context::create();
    let mut composite = Composite::new(&context).with_assembly();
    let mut pipeline = Pipeline::Cleanup;
    for source in &inputs.modules {
        let module = source.parse(&&context)?;
        pipeline = later(pipeline, pipeline_for(&module, source));
        composite.add(&source.origin, module)?;
    }
    let pipeline = job.pipeline.unwrap_or(pipeline);
    let (module, _) = composite.into_parts();
    let mut report = link_helpers(&module, &helpers, &job.inlining)?;
    if let Some(exports) = &job.exports {
        check_exports(exports, &module, &inputs)?;
        let kept = kept_for_others(&module, &inputs, exports);
        internalize(&module, kept.iter().map(String::as_str));
    }
    let machine = code::machine(&module, job.level)?;
    code::optimize(&module, &machine, &code::passes(pipeline, job.level))?;
    if job.inlining.mark_calls {
        complete_report(&mut report, &module, |_, _| ());
    }
    let bytes = if job.ir {
        module.print_to_string().to_string().into_bytes()
    } else {
        finish(code::object(&module, &machine, job.sections)?, &inputs, job.exports.as_ref())?
    };
    Ok(Combined { bytes, report, pipeline, warnings })
}

/// The object with what needs no compiling, and without what nobody is to see.
fn finish(
    own: Vec<u8>,
    inputs: &Inputs,
    exports: Option<&BTreeSet<String>>,
) -> Result<Vec<u8>, CombineError> {
    let object = if inputs.natives.is_empty() { own } else { join::join(&own, &inputs.natives)? };
    let Some(exports) = exports else { return Ok(object) };
    let (shown, _) = global_symbols(&object).unwrap_or_default();
    if shown.iter().all(|symbol| exports.contains(symbol)) {
        return Ok(object);
    }
    join::hide_except(&object, exports)
}

/// Which passes `module` needs: how far it was optimized when it was compiled.
fn pipeline_for(module: &Module<'_>, source: &ModuleSource) -> Pipeline {
    let flags = module_flags(module);
    let has = |key: &str| flags.iter().any(|flag| flag.key == key);
    // clang marks what it compiles for LTO. For full LTO (`ThinLTO` is 0) clang 22 optimizes to the end.
    let marked = has("EnableSplitLTOUnit") && !has("ThinLTO");
    // rustc marks nothing, but what it puts into archives is for LTO; else its loops tell.
    let of_rustc =
        source.identity.producer.as_ref().is_some_and(|producer| producer.rust_release().is_some());
    let for_lto = || marked || source.origin.member.is_some() || of_rustc && has_unfinished_loops(module);
    match has_plain_variables(module) {
        true => Pipeline::Full,
        false if for_lto() => Pipeline::Late,
        false => Pipeline::Cleanup,
    }
}

/// The one that does more. What was optimized to the end goes through the rest with the others.
fn later(one: Pipeline, other: Pipeline) -> Pipeline {
    match (one, other) {
        (Pipeline::Full, _) | (_, Pipeline::Full) => Pipeline::Full,
        (Pipeline::Late, _) | (_, Pipeline::Late) => Pipeline::Late,
        _ => Pipeline::Cleanup,
    }
}

fn defined_names(module: &Module<'_>) -> BTreeSet<String> {
    let functions = module.get_functions().filter(|function| function.count_basic_blocks() > 0);
    let functions = functions.map(|function| function.as_global_value());
    let aliases = llvm_plugin::global::function_aliases(module).into_iter().map(|(alias, _)| alias);
    let all = functions.chain(module.get_globals().filter(|global| !global.is_declaration())).chain(aliases);
    all.map(|global| global.get_name().to_string_lossy().into_owned()).collect()
}

fn check_exports(
    exports: &BTreeSet<String>,
    module: &Module<'_>,
    inputs: &Inputs,
) -> Result<(), CombineError> {
    let mut defined = defined_names(module);
    defined.extend(words(&inline_assembly(module)));
    defined.extend(inputs.defined_by_natives().map(ToOwned::to_owned));
    match exports.iter().find(|symbol| !defined.contains(*symbol)) {
        Some(symbol) => Err(CombineError::UnknownExport { symbol: symbol.clone() }),
        None => Ok(()),
    }
}

/// What must be found by its name: the exports, what objects need, and what assembly may mean.
fn kept_for_others(module: &Module<'_>, inputs: &Inputs, exports: &BTreeSet<String>) -> BTreeSet<String> {
    let mut kept = exports.clone();
    kept.extend(inputs.needed_by_natives().map(ToOwned::to_owned));
    kept.extend(words(&inline_assembly(module)));
    kept
}
