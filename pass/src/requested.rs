//! From the pipeline's text to the start of the pipeline.
//!
//! rustc runs the passes of `-C passes` at the end, after optimisation, and gives plugins no other tracked way
//! to take options. But it parses the text before it runs anything, so the pass that stands at the start of
//! every codegen unit's pipeline can do what the text asks for; the named pass then finds its work done.

use crate::find_launches;
use crate::report::{self, Report};
use inkwell::module::Module;
use llvm_plugin::{LlvmModulePass, ModuleAnalysisManager, PreservedAnalyses};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Where clang, whose `-fpass-plugin` takes no options, finds them. rustc does not track its environment, so
/// there the variable is not read.
const PASSES_VARIABLE: &str = "OUTBOARD_PASSES";

/// A pass that can be asked for by name and run at the start.
pub(crate) trait ModuleWork {
    /// The name of the pass, or whatever its errors should start with.
    fn name(&self) -> &'static str;
    /// The pass as pipeline text.
    fn text(&self) -> String;
    /// Does the work; tells whether the module changed.
    fn run(&self, module: &Module<'_>) -> Result<bool, Report>;
}

/// The passes named in one pipeline.
#[derive(Default)]
pub(crate) struct Requested {
    passes: RefCell<Vec<Rc<dyn ModuleWork>>>,
    ran_at_start: Cell<bool>,
}

impl Requested {
    pub(crate) fn note(&self, pass: impl ModuleWork + 'static) {
        let mut passes = self.passes.borrow_mut();
        if passes.iter().all(|known| known.text() != pass.text()) {
            passes.push(Rc::new(pass));
        }
    }

    /// Runs `work` where it is named in the pipeline, unless the start of the pipeline has done it.
    pub(crate) fn run_named(&self, work: &dyn ModuleWork, module: &Module<'_>) -> PreservedAnalyses {
        if self.ran_at_start.get() { PreservedAnalyses::All } else { run(work, module) }
    }
}

fn run(work: &dyn ModuleWork, module: &Module<'_>) -> PreservedAnalyses {
    match work.run(module) {
        Ok(false) => PreservedAnalyses::All,
        Ok(true) => PreservedAnalyses::None,
        Err(report) => {
            report.emit(module, work.name());
            PreservedAnalyses::All
        }
    }
}

/// The pass at the start of the pipeline.
pub(crate) struct AtPipelineStart(Rc<Requested>);

impl AtPipelineStart {
    pub(crate) fn new(requested: Rc<Requested>) -> Self {
        Self(requested)
    }

    fn passes(&self, module: &Module<'_>) -> Vec<Rc<dyn ModuleWork>> {
        let named = self.0.passes.borrow().clone();
        if !named.is_empty() || report::is_from_rustc(module) {
            return named;
        }
        let text = std::env::var(PASSES_VARIABLE).unwrap_or_default();
        text.split(',').filter_map(|pass| parse_work(pass.trim(), &self.0)).collect()
    }
}

fn parse_work(text: &str, requested: &Rc<Requested>) -> Option<Rc<dyn ModuleWork>> {
    use crate::{offload_embed::OffloadEmbed, offload_host::OffloadHost};
    if text.is_empty() {
        return None;
    }
    let host = OffloadHost::parse(text, requested).map(|pass| Rc::new(pass) as Rc<dyn ModuleWork>);
    let embed = || OffloadEmbed::parse(text, requested).map(|pass| Rc::new(pass) as Rc<dyn ModuleWork>);
    Some(host.or_else(embed).unwrap_or_else(|| Rc::new(UnknownPass(text.to_owned()))))
}

/// A name in the variable that is none of ours.
struct UnknownPass(String);

impl ModuleWork for UnknownPass {
    fn name(&self) -> &'static str {
        PASSES_VARIABLE
    }

    fn text(&self) -> String {
        self.0.clone()
    }

    fn run(&self, _: &Module<'_>) -> Result<bool, Report> {
        Err(Report::error(format!(
            "unknown pass `{}`\nhelp: passes are offload-host<images=FILE> and offload-embed<images=FILE>",
            self.0
        )))
    }
}

impl LlvmModulePass for AtPipelineStart {
    fn run_pass(&self, module: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        let passes = self.passes(module);
        if passes.is_empty() {
            warn_about_launches(module);
            return PreservedAnalyses::All;
        }
        self.0.ran_at_start.set(true);
        let mut preserved = PreservedAnalyses::All;
        for pass in passes {
            if run(&*pass, module) == PreservedAnalyses::None {
                preserved = PreservedAnalyses::None;
            }
        }
        preserved
    }

    fn pipeline_text(&self) -> String {
        // The named passes that it runs parse back; it is added again by the extension point.
        "no-op-module".to_owned()
    }
}

/// A plugin without orders must not be a silent fallback.
fn warn_about_launches(module: &Module<'_>) {
    let launches = find_launches::count(module);
    if launches > 0 {
        let name = module.get_name().to_string_lossy();
        let launches = report::counted(launches, "launch", "launches");
        let how = if report::is_from_rustc(module) {
            "-C passes=offload-host<images=FILE>".to_owned()
        } else {
            format!("{PASSES_VARIABLE}='offload-host<images=FILE>' in the environment")
        };
        report::warn(
            module,
            &format!(
                "outboard: no images were given for {launches} in module `{name}`: only the fallback will run\nhelp: use {how}"
            ),
        );
    }
}
