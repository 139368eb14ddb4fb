//! `offload-embed<images=…>`: images for entries that are there already, from rustc's own offload or clang's
//! OpenMP.

use crate::error::Error;
use crate::options::{self, Options};
use crate::report::{Report, counted};
use crate::requested::{ModuleWork, Requested};
use crate::{images, pass_text};
use inkwell::module::Module;
use llvm_plugin::{LlvmModulePass, ModuleAnalysisManager, PreservedAnalyses};
use std::rc::Rc;

const NAME: &str = "offload-embed";

/// The pass.
#[derive(Clone)]
pub(crate) struct OffloadEmbed {
    text: String,
    options: Result<Options, Error>,
    requested: Rc<Requested>,
}

impl OffloadEmbed {
    pub(crate) fn parse(text: &str, requested: &Rc<Requested>) -> Option<Self> {
        let parameters = pass_text::parameters(text, NAME)?;
        let options = Options::parse(parameters, options::EMBED);
        let text = options.as_ref().map_or_else(|_| text.to_owned(), |options| options.text(NAME));
        Some(Self { text, options, requested: Rc::clone(requested) })
    }
}

impl ModuleWork for OffloadEmbed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn text(&self) -> String {
        self.text.clone()
    }

    fn run(&self, module: &Module<'_>) -> Result<bool, Report> {
        let options = self.options.as_ref().map_err(Report::error)?;
        let entries = host_codegen::find_entries(module);
        if entries.is_empty() {
            return Ok(false);
        }
        if options.images.is_empty() {
            return Err(Report::error(Error::NoImages {
                pass: NAME.into(),
                launches: counted(entries.len(), "entry", "entries"),
            }));
        }
        let container = images::read_container(&options.images)?;
        host_codegen::emit_embed(module, &entries, &container).map_err(Report::error)?;
        Ok(true)
    }
}

impl LlvmModulePass for OffloadEmbed {
    fn run_pass(&self, module: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        self.requested.run_named(self, module)
    }

    fn pipeline_text(&self) -> String {
        self.text.clone()
    }
}
