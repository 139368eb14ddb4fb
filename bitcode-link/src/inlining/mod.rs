//! Helpers of another language, linked into a module before it is optimized, so that they are inlined without LTO:
//! only what is needed, internal to the module. What has state stays one definition in an object of its own.

mod calls;
mod compatible;
mod differences;
mod error;
mod repair;
mod report;
mod select;

pub use calls::complete_report;
pub use differences::{Difference, Remedy, Risk};
pub use error::HelperError;
pub use report::{Helper, HelperCall, HelperReport, NOTHING_AGAINST, Outcome};
pub use select::Shared;
pub(crate) use select::words;

use crate::input::Input;
use crate::origin::Origin;
use crate::source::ModuleSource;
use compatible::check_compatible;
use llvm_plugin::bitcode::link_declared;
use llvm_plugin::global::remove_comdat;
use llvm_plugin::inkwell::GlobalVisibility;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::{FunctionValue, GlobalValue};
use llvm_plugin::inlining::{Advisor, declare, declare_aliases, set_dso_local};
use llvm_plugin::instruction::uses_of;
use llvm_plugin::module::module_flags;
use select::{Selection, select};
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

/// How helpers are linked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Rewrite attributes that keep helpers from being inlined, where nobody relies on them.
    pub repair: bool,
    /// The same where it changes what the code does.
    pub allow: BTreeSet<Risk>,
    /// Leave out the helpers' debug info.
    pub drop_debug_info: bool,
    /// Take helpers for any triple with the same data layout.
    pub any_triple: bool,
    /// Refuse helpers that must stay shared.
    pub refuse_shared: bool,
    /// Report each call, not only one of each sort.
    pub report_calls: bool,
    /// Mark them too, so that [`complete_report`] knows what became of them.
    pub mark_calls: bool,
}

/// Reads helpers: bitcode, IR text, objects with bitcode in them, archives of these.
pub fn read_helpers(paths: &[PathBuf]) -> Result<Vec<ModuleSource>, HelperError> {
    let mut sources = Vec::new();
    for path in paths {
        let input = Input::read(path)?;
        let before = sources.len();
        for part in input.parts()? {
            sources.append(&mut ModuleSource::of_part(&part)?);
        }
        if sources.len() == before {
            return Err(HelperError::NoBitcode { origin: input.origin });
        }
    }
    Ok(sources)
}

/// Links what `module` declares and `helpers` define, internal to it but for what must stay shared. After an error
/// in the first of the helpers the module is as it was; after others it is valid.
pub fn link_helpers(
    module: &Module<'_>,
    helpers: &[ModuleSource],
    options: &Options,
) -> Result<HelperReport, HelperError> {
    let mut report = HelperReport::new(module.get_name().to_string_lossy().into_owned());
    let advisor = Advisor::new(module).ok();
    let mut shared = BTreeSet::new();
    loop {
        let mut grown = false;
        for source in helpers {
            let wanted = wanted_of(module, source, &shared);
            if wanted.is_empty() {
                continue;
            }
            let link = Link { module, source, advisor: advisor.as_ref(), options };
            let before = report.helpers.len();
            shared.extend(link.run(&wanted, &mut report)?);
            grown |= report.helpers.len() > before;
        }
        if !grown {
            break;
        }
    }
    calls::add_calls(&mut report, module, advisor.as_ref(), options);
    Ok(report)
}

/// What `module` declares and uses and `source` defines, but for `shared`.
fn wanted_of(module: &Module<'_>, source: &ModuleSource, shared: &BTreeSet<String>) -> BTreeSet<String> {
    let defined = source.identity.symbols.iter().filter(|symbol| symbol.defined);
    let is_wanted = |name: &str| {
        let function = module.get_function(name);
        let function = function.filter(|function| function.count_basic_blocks() == 0);
        !shared.contains(name) && function.is_some_and(|function| !uses_of(function).is_empty())
    };
    defined.map(|symbol| symbol.name.clone()).filter(|name| is_wanted(name)).collect()
}

/// One module of helpers on its way into another.
struct Link<'a, 'ctx> {
    module: &'a Module<'ctx>,
    source: &'a ModuleSource,
    advisor: Option<&'a Advisor>,
    options: &'a Options,
}

impl<'ctx> Link<'_, 'ctx> {
    /// Links the functions that `wanted` names, and returns the names of those that stay shared.
    fn run(
        &self,
        wanted: &BTreeSet<String>,
        report: &mut HelperReport,
    ) -> Result<BTreeSet<String>, HelperError> {
        let helpers = self.source.parse(&self.module.get_context())?;
        let remarks = check_compatible(self.module, &helpers, self.source, self.options)?;
        report.warnings.extend(remarks.warnings);
        report.notes.extend(remarks.notes);
        let selection = select(&helpers, self.module, wanted);
        self.check_selection(&selection)?;
        for (name, why) in &selection.shared {
            report.add_helper(name.clone(), &self.source.origin, Some(why.clone()));
        }
        let shared: BTreeSet<String> = selection.shared.keys().cloned().collect();
        if self.options.drop_debug_info {
            helpers.strip_debug_info();
        }
        self.prepare(&helpers, &selection);
        let before: HashSet<_> = with_bodies(self.module).collect();
        link_declared(self.module, helpers)
            .map_err(|text| crate::Error::Link { origin: self.source.origin.clone(), text })?;
        let new: Vec<_> = with_bodies(self.module).filter(|function| !before.contains(function)).collect();
        for function in &new {
            make_internal(function.as_global_value());
            report.add_helper(name_of(*function), &self.source.origin, None);
        }
        self.repair(&new, report);
        Ok(shared)
    }

    /// Refuses what must not be linked, before anything is changed.
    fn check_selection(&self, selection: &Selection<'_>) -> Result<(), HelperError> {
        if self.options.refuse_shared && !selection.shared.is_empty() {
            return Err(HelperError::StayShared { helpers: selection.shared.clone().into_iter().collect() });
        }
        let Some(advisor) = self.advisor else { return Ok(()) };
        let mut refused = Vec::new();
        let known = &mut differences::KnownTraits::default();
        for helper in &selection.internal {
            if !differences::Traits::of(*helper).has(differences::ALWAYS_INLINE) {
                continue;
            }
            let name = name_of(*helper);
            let Some(declared) = self.module.get_function(&name) else { continue };
            for obstacle in repair::find_obstacles(*helper, declared, (advisor, known)) {
                let caller = obstacle.callers.iter().map(|caller| name_of(*caller)).min().unwrap_or_default();
                for difference in obstacle.differences {
                    if let Remedy::Allow(risk) = difference.remedy
                        && !self.options.allow.contains(&risk)
                    {
                        refused.push((name.clone(), caller.clone(), difference));
                    }
                }
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(HelperError::Risky { refused }) }
    }

    /// Leaves in `helpers` nothing but functions that can be copied, and declarations.
    fn prepare(&self, helpers: &Module<'ctx>, selection: &Selection<'ctx>) {
        // Compatible, as was checked; LLVM's linker would warn.
        helpers.set_triple(&self.module.get_triple());
        declare_aliases(helpers);
        let copied: HashSet<_> = selection.internal.iter().copied().collect();
        let others = with_bodies(helpers).filter(|function| !copied.contains(function));
        let others = others.map(|function| function.as_global_value());
        let variables = helpers.get_globals().filter(|variable| !variable.is_declaration());
        let is_of_llvm = |global: &GlobalValue<'_>| global.get_name().to_bytes().starts_with(b"llvm.");
        for global in others.chain(variables).filter(|global| !is_of_llvm(global)).collect::<Vec<_>>() {
            if !matches!(global.get_linkage(), Linkage::Internal | Linkage::Private) {
                declare(global);
            }
        }
        if is_position_independent(self.module) {
            // Code that can't be moved takes everything for near; in this module that would be a promise.
            let functions = helpers.get_functions().map(|function| function.as_global_value());
            let globals = functions.chain(helpers.get_globals()).filter(|global| global.is_declaration());
            globals.for_each(|global| set_dso_local(global, false));
        }
    }

    fn repair(&self, new: &[FunctionValue<'ctx>], report: &mut HelperReport) {
        let Some(advisor) = self.advisor else { return };
        for (function, text) in repair::repair(new, advisor, self.options) {
            let name = name_of(function);
            if let Some(helper) = report.helpers.iter_mut().find(|helper| helper.name == name) {
                helper.repaired.push(text);
            }
        }
    }
}

fn make_internal(global: GlobalValue<'_>) {
    remove_comdat(global);
    global.set_visibility(GlobalVisibility::Default);
    if global.get_linkage() != Linkage::Private {
        global.set_linkage(Linkage::Internal);
    }
}

fn is_position_independent(module: &Module<'_>) -> bool {
    module_flags(module).iter().any(|flag| flag.key == "PIC Level" && !flag.value.ends_with(" 0"))
}

fn with_bodies<'ctx>(module: &Module<'ctx>) -> impl Iterator<Item = FunctionValue<'ctx>> {
    module.get_functions().filter(|function| function.count_basic_blocks() > 0)
}

fn name_of(function: FunctionValue<'_>) -> String {
    function.get_name().to_string_lossy().into_owned()
}

/// `origin` as errors have it where a module has no file.
fn origin_of(module: &Module<'_>) -> Origin {
    Origin::file(std::path::Path::new(&*module.get_name().to_string_lossy()))
}
