//! `offload-host<images=…;registration=…>`: launches become host code.

use crate::error::Error;
use crate::find_launches::{FoundLaunch, find_launches};
use crate::options::{self, Options};
use crate::plan_host::plan_host;
use crate::report::{Report, counted};
use crate::requested::{ModuleWork, Requested};
use crate::{images, pass_text};
use host_codegen::Container;
use inkwell::module::Module;
use llvm_plugin::diagnostic::{self, RemarkKind};
use llvm_plugin::{LlvmModulePass, ModuleAnalysisManager, PreservedAnalyses};
use std::ffi::CStr;
use std::rc::Rc;

const NAME: &str = "offload-host";
const REMARKS: &CStr = c"offload-host";

/// The pass.
#[derive(Clone)]
pub(crate) struct OffloadHost {
    text: String,
    options: Result<Options, Error>,
    requested: Rc<Requested>,
}

impl OffloadHost {
    pub(crate) fn parse(text: &str, requested: &Rc<Requested>) -> Option<Self> {
        let parameters = pass_text::parameters(text, NAME)?;
        let options = Options::parse(parameters, options::HOST);
        // What cannot be understood is printed back as it came, and is an error when the pass runs.
        let text = options.as_ref().map_or_else(|_| text.to_owned(), |options| options.text(NAME));
        Some(Self { text, options, requested: Rc::clone(requested) })
    }
}

impl ModuleWork for OffloadHost {
    fn name(&self) -> &'static str {
        NAME
    }

    fn text(&self) -> String {
        self.text.clone()
    }

    fn run(&self, module: &Module<'_>) -> Result<bool, Report> {
        let options = self.options.as_ref().map_err(Report::error)?;
        let launches = find_launches(module)?;
        let plan = plan_host(&launches, options)?;
        if plan.launches.is_empty() {
            return Ok(false);
        }
        if options.images.is_empty() {
            return Err(Report::error(Error::NoImages {
                pass: NAME.into(),
                launches: counted(plan.launches.len(), "launch", "launches"),
            }));
        }
        let container = images::read_container(&options.images)?;
        check_kernels(&launches, &plan, &container)?;
        remark(&launches, &plan, &container);
        host_codegen::emit_host(module, &plan, &container).map_err(Report::error)?;
        Ok(true)
    }
}

/// Each launch against the images, with its place: the generator would only say the first, and without.
fn check_kernels(
    launches: &[FoundLaunch<'_>],
    plan: &host_codegen::HostPlan,
    container: &Container,
) -> Result<(), Report> {
    let mut report = Report::default();
    for (found, launch) in unmarked(launches).zip(&plan.launches) {
        if let Err(error) = container.check_launch(launch) {
            report.push(found.instruction, error);
        }
    }
    report.or(())
}

/// The launches of the plan, in its order.
fn unmarked<'a, 'ctx>(launches: &'a [FoundLaunch<'ctx>]) -> impl Iterator<Item = &'a FoundLaunch<'ctx>> {
    launches.iter().filter(|launch| !launch.is_fallback)
}

fn remark(launches: &[FoundLaunch<'_>], plan: &host_codegen::HostPlan, container: &Container) {
    let targets: Vec<&str> = container.images().map(offload_binary::Image::triple).collect();
    let targets = targets.join(", ");
    for (found, launch) in unmarked(launches).zip(&plan.launches) {
        let text = format!(
            "launch of kernel `{}` with {}, for {targets}",
            launch.kernel,
            counted(launch.arguments.len(), "argument", "arguments")
        );
        diagnostic::remark(found.instruction, RemarkKind::Passed, REMARKS, "Launch", &text);
    }
    if let Some(first) = launches.first() {
        let bytes: usize = container.images().map(|image| image.bytes.len()).sum();
        let images = counted(container.images().count(), "image", "images");
        let text = format!("{images} of {bytes} bytes embedded as {}", container.hash());
        diagnostic::remark(first.instruction, RemarkKind::Analysis, REMARKS, "Images", &text);
    }
}

impl LlvmModulePass for OffloadHost {
    fn run_pass(&self, module: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        self.requested.run_named(self, module)
    }

    fn pipeline_text(&self) -> String {
        self.text.clone()
    }
}
