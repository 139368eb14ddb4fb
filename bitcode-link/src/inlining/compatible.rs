//! Whether helpers go together with a module: their target, the flags they were compiled with, what both define.

use super::error::HelperError;
use super::{Options, name_of, origin_of, with_bodies};
use crate::error::{Error, Mismatch};
use crate::source::ModuleSource;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::support::get_llvm_version;
use llvm_plugin::inkwell::targets::{TargetMachine, TargetTriple};
use llvm_plugin::module::{FlagBehavior, module_flags};

/// Lists that run functions before and after `main`.
const STARTUP: [&str; 2] = ["llvm.global_ctors", "llvm.global_dtors"];

/// What is no error.
pub(super) struct Remarks {
    pub(super) warnings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Checks that `helpers`, made of `source`, can become part of `module`, and returns what is worth knowing.
pub(super) fn check_compatible(
    module: &Module<'_>,
    helpers: &Module<'_>,
    source: &ModuleSource,
    options: &Options,
) -> Result<Remarks, HelperError> {
    let mut notes = Vec::new();
    let mut warnings: Vec<String> = source.warning().map(|warning| warning.to_string()).into_iter().collect();
    warnings.extend(check_target(module, helpers, source, options)?);
    check_flags(module, helpers, source)?;
    check_definitions(module, helpers, source)?;
    let origin = &source.origin;
    if let Some(producer) = &source.identity.producer
        && let (Some(made), ours) = (producer.llvm_version(), get_llvm_version())
        && made > (ours.0, ours.1)
    {
        warnings.push(format!(
            "`{origin}` was made by {producer}, and this is LLVM {}.{}; what is new in it may be missing",
            ours.0, ours.1
        ));
    }
    if STARTUP.iter().any(|list| helpers.get_global(list).is_some()) {
        notes.push(format!(
            "`{origin}` has functions that run before or after `main`; they stay in the helpers' own object"
        ));
    }
    Ok(Remarks { warnings, notes })
}

/// A vendor says nothing about code; of another environment the data layout may still be the same.
fn check_target(
    module: &Module<'_>,
    helpers: &Module<'_>,
    source: &ModuleSource,
    options: &Options,
) -> Result<Option<String>, HelperError> {
    let layout = |module: &Module<'_>| module.get_data_layout().as_str().to_string_lossy().into_owned();
    let (first_value, second_value) = (layout(module), layout(helpers));
    let (first, second) = (origin_of(module), source.origin.clone());
    if !first_value.is_empty() && !second_value.is_empty() && first_value != second_value {
        let values = Mismatch { first, first_value, second, second_value };
        return Err(Error::LayoutMismatch(Box::new(values)).into());
    }
    let (ours, theirs) = (triple(module), triple(helpers));
    let without_vendor = |triple: &str| -> Vec<String> {
        let parts = triple.split('-').enumerate().filter(|(index, _)| *index != 1);
        parts.map(|(_, part)| part.to_owned()).collect()
    };
    let (of_module, of_helpers) = (without_vendor(&ours), without_vendor(&theirs));
    if options.any_triple || ours.is_empty() || theirs.is_empty() || of_module == of_helpers {
        return Ok(None);
    }
    if of_module.first() != of_helpers.first() {
        let values = Mismatch { first, first_value: ours, second, second_value: theirs };
        return Err(HelperError::Architecture(Box::new(values)));
    }
    Ok(Some(format!(
        "`{second}` is for `{theirs}` and `{first}` for `{ours}`; their data layouts are the same"
    )))
}

fn triple(module: &Module<'_>) -> String {
    let triple = module.get_triple();
    let triple = triple.as_str().to_string_lossy();
    if triple.is_empty() {
        return String::new();
    }
    TargetMachine::normalize_triple(&TargetTriple::create(&triple)).as_str().to_string_lossy().into_owned()
}

/// Flags of which two values are an error, such as the code model.
fn check_flags(module: &Module<'_>, helpers: &Module<'_>, source: &ModuleSource) -> Result<(), HelperError> {
    let ours = module_flags(module);
    for flag in module_flags(helpers).into_iter().filter(|flag| flag.behavior == FlagBehavior::Error) {
        let known = ours.iter().find(|known| known.key == flag.key && known.value != flag.value);
        if let Some(known) = known {
            let values = Mismatch {
                first: origin_of(module),
                first_value: known.value.clone(),
                second: source.origin.clone(),
                second_value: flag.value,
            };
            return Err(Error::FlagMismatch { flag: flag.key, values: Box::new(values) }.into());
        }
    }
    Ok(())
}

/// Two definitions that others can see are an error wherever they are linked.
fn check_definitions(
    module: &Module<'_>,
    helpers: &Module<'_>,
    source: &ModuleSource,
) -> Result<(), HelperError> {
    for helper in with_bodies(helpers).filter(|helper| helper.get_linkage() == Linkage::External) {
        let symbol = name_of(helper);
        let twin = module.get_function(&symbol).filter(|twin| twin.count_basic_blocks() > 0);
        if twin.is_some_and(|twin| twin.get_linkage() == Linkage::External) {
            let (module, origin) = (origin_of(module).to_string(), source.origin.clone());
            return Err(HelperError::DefinedTwice { symbol, module, origin });
        }
    }
    Ok(())
}
