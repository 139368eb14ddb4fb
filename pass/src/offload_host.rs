//! `offload-host<images=…;registration=…>`: launches become host code.

use crate::error::Error;
use crate::find_launches::find_launches;
use crate::images;
use crate::named_pass::{Carried, Work, done};
use crate::options::{self, Options};
use crate::plan_host::plan_host;
use crate::report::{Report, counted};
use host_codegen::{Container, HostPlan};
use inkwell::module::Module;
use inkwell::values::InstructionValue;
use llvm_plugin::diagnostic::{self, RemarkKind};
use std::ffi::CStr;

const NAME: &str = "offload-host";
const REMARKS: &CStr = c"offload-host";

/// The pass.
pub(crate) const WORK: Work = Work { name: NAME, parameters: options::HOST, run, at_end: done };

fn run(module: &Module<'_>, options: &Options, _: &mut Carried) -> Result<bool, Report> {
    let launches = find_launches(module)?;
    let mut report = Report::default();
    let (plan, calls) = plan_host(&launches, options, &mut report);
    if plan.launches.is_empty() {
        return report.or(false);
    }
    if options.images.is_empty() {
        let launches = counted(plan.launches.len(), "launch", "launches");
        report.push_module(Error::NoImages { pass: NAME.into(), launches });
        return report.or(false);
    }
    let container = match images::read_container(&options.images) {
        Ok(container) => container,
        Err(unreadable) => return report.and(unreadable).or(false),
    };
    // Each launch against the images, with its place: the generator would say only the first, and without.
    for (launch, call) in plan.launches.iter().zip(&calls) {
        if let Err(error) = container.check_launch(launch) {
            report.push(*call, error);
        }
    }
    report.or(())?;
    remark(&plan, &calls, &container);
    host_codegen::emit_host(module, &plan, &container).map_err(Report::error)?;
    Ok(true)
}

fn remark(plan: &HostPlan, calls: &[InstructionValue<'_>], container: &Container) {
    let targets: Vec<&str> = container.images().map(offload_binary::Image::triple).collect();
    let targets = targets.join(", ");
    for (launch, call) in plan.launches.iter().zip(calls) {
        let text = format!(
            "launch of kernel `{}` with {}, for {targets}",
            launch.kernel,
            counted(launch.arguments.len(), "argument", "arguments")
        );
        diagnostic::remark(*call, RemarkKind::Passed, REMARKS, "Launch", &text);
    }
    if let Some(first) = calls.first() {
        let bytes: usize = container.images().map(|image| image.bytes.len()).sum();
        let images = counted(container.images().count(), "image", "images");
        let text = format!("{images} of {bytes} bytes embedded as {}", container.hash());
        diagnostic::remark(*first, RemarkKind::Analysis, REMARKS, "Images", &text);
    }
}
