//! A pass that is named in a pipeline, with its parameters.

use crate::error::Error;
use crate::options::Options;
use crate::pass_text;
use crate::report::Report;
use crate::requested::Requested;
use crate::{inline_helpers, offload_embed, offload_host, offload_records};
use bitcode_link::inlining::HelperReport;
use inkwell::module::Module;
use llvm_plugin::{LlvmModulePass, ModuleAnalysisManager, PreservedAnalyses};
use std::rc::Rc;

/// What a pass is called, takes, and does.
#[derive(Debug)]
pub(crate) struct Work {
    pub name: &'static str,
    /// The parameters that it has.
    pub parameters: &'static [&'static str],
    /// Does the work; tells whether the module changed.
    pub run: fn(&Module<'_>, &Options, &mut Carried) -> Result<bool, Report>,
    /// What is to do at the end of a pipeline at whose start the work was done.
    pub at_end: fn(&Module<'_>, &Options, &mut Carried) -> Result<(), Report>,
}

/// What is kept from the start of a pipeline to its end.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    /// Whether the end comes: else nothing will be kept.
    pub to_the_end: bool,
    /// What `inline-helpers` linked.
    pub helpers: Option<HelperReport>,
}

/// Nothing is left to do.
pub(crate) fn done(_: &Module<'_>, _: &Options, _: &mut Carried) -> Result<(), Report> {
    Ok(())
}

/// The passes that change a module.
const ALL: [&Work; 4] =
    [&offload_host::WORK, &offload_embed::WORK, &offload_records::WORK, &inline_helpers::WORK];

/// One of them, as a pipeline has it.
#[derive(Debug, Clone)]
pub(crate) struct NamedPass {
    work: &'static Work,
    text: String,
    options: Result<Options, Error>,
}

impl NamedPass {
    /// The pass that `text` names; `None` if it is none of ours. Wrong parameters are an error when it runs.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let find = |work: &&'static Work| Some((*work, pass_text::parameters(text, work.name)?));
        let (work, parameters) = ALL.iter().find_map(find)?;
        let options = Options::parse(parameters, work.parameters);
        // What cannot be understood is printed back as it came.
        let text = options.as_ref().map_or_else(|_| text.to_owned(), |options| options.text(work.name));
        Some(Self { work, text, options })
    }

    /// The pass as text that parses back.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it rewrites launches of the contract.
    pub(crate) fn rewrites_launches(&self) -> bool {
        [offload_host::WORK.name, offload_records::WORK.name].contains(&self.work.name)
    }

    /// What is left to do at the end of a pipeline.
    fn finish(&self, module: &Module<'_>, carried: &mut Carried) {
        let Ok(options) = &self.options else { return };
        if let Err(report) = (self.work.at_end)(module, options, carried) {
            report.emit(module, self.work.name);
        }
    }

    /// Does the work, and reports what went wrong.
    pub(crate) fn run(&self, module: &Module<'_>, carried: &mut Carried) -> PreservedAnalyses {
        let options = self.options.as_ref().map_err(Report::error);
        match options.and_then(|options| (self.work.run)(module, options, carried)) {
            Ok(false) => PreservedAnalyses::All,
            Ok(true) => PreservedAnalyses::None,
            Err(report) => {
                report.emit(module, self.work.name);
                PreservedAnalyses::All
            }
        }
    }
}

/// The pass where its name stands in the pipeline.
pub(crate) struct InPlace {
    pub pass: NamedPass,
    pub requested: Rc<Requested>,
}

impl LlvmModulePass for InPlace {
    fn run_pass(&self, module: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        if !self.requested.ran_at_start() {
            return self.pass.run(module, &mut Carried::default());
        }
        self.pass.finish(module, &mut self.requested.carried.borrow_mut());
        PreservedAnalyses::All
    }

    fn pipeline_text(&self) -> String {
        self.pass.text.clone()
    }
}
