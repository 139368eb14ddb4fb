//! `offload-records`: the module's bitcode goes into its object, for device code that is made when the program is
//! linked; its launches then refer to kernels weakly.

use crate::error::Error;
use crate::find_launches::find_launches;
use crate::named_pass::{Carried, Work, done};
use crate::options::{self, Options};
use crate::plan_host::plan_host;
use crate::record::{Pristine, has_record, is_host};
use crate::report::{Report, counted};
use host_codegen::HostPlan;
use inkwell::module::Module;
use inkwell::values::InstructionValue;
use llvm_plugin::diagnostic::{self, RemarkKind};
use std::ffi::CStr;

const NAME: &str = "offload-records";
const REMARKS: &CStr = c"offload-records";

/// The pass.
pub(crate) const WORK: Work = Work { name: NAME, parameters: options::RECORDS, run, at_end: done };

fn run(module: &Module<'_>, options: &Options, _: &mut Carried) -> Result<bool, Report> {
    // The plugin may be there twice, by two configurations; or the pipeline.
    if has_record(module) {
        return Ok(false);
    }
    let launches = find_launches(module)?;
    let mut report = Report::default();
    let (plan, calls) = plan_host(&launches, options, &mut report);
    report.or(())?;
    if !is_host(module) {
        return match plan.launches.len() {
            0 => Ok(false),
            count => Err(Report::error(Error::OtherHost {
                triple: module.get_triple().as_str().to_string_lossy().into_owned(),
                launches: counted(count, "launch", "launches"),
            })),
        };
    }
    if plan.launches.is_empty() && defines_nothing(module) {
        return Ok(false);
    }
    let pristine = Pristine::take(module, &plan);
    let record = pristine.encode(&plan).map_err(Report::error)?;
    remark(&plan, &calls, record.len());
    host_codegen::emit_weak_launches(module, &plan, pristine.kernel_names()).map_err(Report::error)?;
    host_codegen::emit_weak_runtime(module).map_err(Report::error)?;
    host_codegen::emit_record(module, &record);
    Ok(true)
}

fn defines_nothing(module: &Module<'_>) -> bool {
    module.get_functions().all(|function| function.count_basic_blocks() == 0)
        && module.get_globals().all(|global| global.is_declaration())
}

fn remark(plan: &HostPlan, calls: &[InstructionValue<'_>], bytes: usize) {
    for (launch, call) in plan.launches.iter().zip(calls) {
        let arguments = counted(launch.arguments.len(), "argument", "arguments");
        let text = format!(
            "launch of kernel `{}` with {arguments}, for what the program is linked with",
            launch.kernel
        );
        diagnostic::remark(*call, RemarkKind::Passed, REMARKS, "Launch", &text);
    }
    if let Some(first) = calls.first() {
        diagnostic::remark(
            *first,
            RemarkKind::Analysis,
            REMARKS,
            "Record",
            &format!("a record of {bytes} bytes"),
        );
    }
}
