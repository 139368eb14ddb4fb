//! From the pipeline's text to the start of the pipeline.
//!
//! rustc runs the passes of `-C passes` at the end, after optimisation, and gives plugins no other tracked way
//! to take options. But it parses the text before it runs anything, so the pass that stands at the start of
//! every codegen unit's pipeline can do what the text asks for; the named pass then finds its work done.

use crate::error::Error;
use crate::find_launches;
use crate::named_pass::{Carried, NamedPass};
use crate::report::{self, Report};
use diagnostics::Code;
use inkwell::module::Module;
use llvm_plugin::{LlvmModulePass, ModuleAnalysisManager, PreservedAnalyses};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Where clang, whose `-fpass-plugin` takes no options, finds them. rustc does not track its environment, so
/// there the variable is not read.
const PASSES_VARIABLE: &str = "OUTBOARD_PASSES";

/// The passes named in one pipeline.
#[derive(Default)]
pub(crate) struct Requested {
    passes: RefCell<Vec<NamedPass>>,
    ran_at_start: Cell<bool>,
    /// From the start to the end.
    pub(crate) carried: RefCell<Carried>,
}

impl Requested {
    /// LLVM may ask twice about one text.
    pub(crate) fn note(&self, pass: &NamedPass) {
        let mut passes = self.passes.borrow_mut();
        if passes.iter().all(|known| known.text() != pass.text()) {
            passes.push(pass.clone());
        }
    }

    /// Whether the passes have done their work already.
    pub(crate) fn ran_at_start(&self) -> bool {
        self.ran_at_start.get()
    }
}

/// The pass at the start of the pipeline.
pub(crate) struct AtPipelineStart(Rc<Requested>);

impl AtPipelineStart {
    pub(crate) fn new(requested: Rc<Requested>) -> Self {
        Self(requested)
    }

    fn passes(&self, module: &Module<'_>) -> Result<Vec<NamedPass>, Report> {
        let named = self.0.passes.borrow().clone();
        if !named.is_empty() || report::is_from_rustc(module) {
            return Ok(named);
        }
        let text = std::env::var(PASSES_VARIABLE).unwrap_or_default();
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(|word| NamedPass::parse(word).ok_or_else(|| unknown_pass(word))).collect()
    }
}

fn unknown_pass(word: &str) -> Report {
    Report::error(Error::UnknownPass { name: word.to_owned() })
}

impl LlvmModulePass for AtPipelineStart {
    fn run_pass(&self, module: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        let passes = match self.passes(module) {
            Ok(passes) => passes,
            Err(report) => {
                report.emit(module, PASSES_VARIABLE);
                return PreservedAnalyses::All;
            }
        };
        self.0.ran_at_start.set(!passes.is_empty());
        let mut carried = self.0.carried.borrow_mut();
        // Only passes that the pipeline names run again, at its end.
        carried.to_the_end = !self.0.passes.borrow().is_empty();
        let mut preserved = PreservedAnalyses::All;
        for pass in &passes {
            if pass.run(module, &mut carried) == PreservedAnalyses::None {
                preserved = PreservedAnalyses::None;
            }
        }
        if !passes.iter().any(NamedPass::rewrites_launches) {
            warn_about_launches(module);
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
    if launches == 0 {
        return;
    }
    let name = module.get_name().to_string_lossy();
    let launches = report::counted(launches, "launch", "launches");
    let how = if report::is_from_rustc(module) {
        "-C passes=offload-host<images=FILE>".to_owned()
    } else {
        format!("{PASSES_VARIABLE}='offload-host<images=FILE>' in the environment")
    };
    report::warn(
        module,
        ("outboard", Code::OB0105),
        &format!(
            "no images were given for {launches} in module `{name}`: only the fallback will run\n\
             help: use {how}"
        ),
    );
}
