//! `inline-helpers<bitcode=…>`: helpers of another language become part of the module before it is optimized, so that
//! they are inlined without LTO.

use crate::error::{Error, HelperFailure};
use crate::helper_options::{self, HelperOptions};
use crate::named_pass::{Carried, Work};
use crate::options::Options;
use crate::report::{self, Report};
use bitcode_link::inlining::{
    HelperReport, NOTHING_AGAINST, Options as Linking, Outcome, complete_report, link_helpers, read_helpers,
};
use bitcode_link::output::write_file;
use diagnostics::Code;
use inkwell::module::Module;
use inkwell::values::InstructionValue;
use llvm_plugin::diagnostic::{self, RemarkKind};
use llvm_plugin::instruction::{FunctionUse, uses_of};
use std::ffi::CStr;
use std::path::Path;

const NAME: &str = "inline-helpers";
const REMARKS: &CStr = c"inline-helpers";

/// The pass.
pub(crate) const WORK: Work = Work { name: NAME, parameters: helper_options::KNOWN, run, at_end };

fn run(module: &Module<'_>, options: &Options, carried: &mut Carried) -> Result<bool, Report> {
    let options = &options.helpers;
    if options.bitcode.is_empty() {
        return Err(Report::error(&Error::NoHelpers));
    }
    let helpers = read_helpers(&options.bitcode).map_err(|error| Report::error(HelperFailure(error)))?;
    // Marks are of one pass; another one's report says what is known at the start.
    let report_calls = options.report.is_some();
    let marked = report_calls && carried.to_the_end && carried.helpers.is_none();
    let linking = Linking { report_calls, mark_calls: marked, ..options.linking.clone() };
    let report =
        link_helpers(module, &helpers, &linking).map_err(|error| Report::error(HelperFailure(error)))?;
    report.warnings.iter().for_each(|warning| report::warn(module, (NAME, Code::OB0304), warning));
    remark(module, &report);
    write(&report, options)?;
    let changed = !report.helpers.is_empty();
    if marked {
        carried.helpers = Some(report);
    }
    Ok(changed)
}

/// What became of the calls is known when the inliner has run.
fn at_end(module: &Module<'_>, options: &Options, carried: &mut Carried) -> Result<(), Report> {
    let Some(mut report) = carried.helpers.take() else { return Ok(()) };
    complete_report(&mut report, module, |call, entry| {
        let why = entry.why.as_deref().unwrap_or(NOTHING_AGAINST);
        let text = format!("call of helper `{}` not inlined: {why}", entry.helper);
        diagnostic::remark(call, RemarkKind::Missed, REMARKS, "Called", &text);
    });
    write(&report, &options.helpers)
}

/// A remark for each helper, at its first call.
fn remark(module: &Module<'_>, report: &HelperReport) {
    for helper in &report.helpers {
        let Some(call) = first_call(module, &helper.name) else { continue };
        let (name, file) = (&helper.name, &helper.file);
        let (kind, title, text) = match &helper.shared {
            Some(why) => {
                (RemarkKind::Missed, "Shared", format!("helper `{name}` of `{file}` stays shared: {why}"))
            }
            None => {
                (RemarkKind::Passed, "Helper", format!("helper `{name}` of `{file}` is part of the module"))
            }
        };
        diagnostic::remark(call, kind, REMARKS, title, &text);
        for repair in &helper.repaired {
            let text = format!("helper `{name}`: {repair}");
            diagnostic::remark(call, RemarkKind::Analysis, REMARKS, "Repaired", &text);
        }
        let blocked = report.calls.iter().find(|one| one.helper == *name && one.outcome == Outcome::Called);
        if let Some(blocked) = blocked {
            let mut text =
                format!("helper `{name}` can't be inlined: {}", blocked.why.as_deref().unwrap_or_default());
            blocked.differences.iter().for_each(|difference| text += &format!("; {difference}"));
            diagnostic::remark(call, RemarkKind::Missed, REMARKS, "Blocked", &text);
        }
    }
}

fn first_call<'ctx>(module: &Module<'ctx>, name: &str) -> Option<InstructionValue<'ctx>> {
    let call = |one| match one {
        FunctionUse::Callee(call) => Some(call),
        _ => None,
    };
    // LLVM lists the last use first.
    uses_of(module.get_function(name)?).into_iter().filter_map(call).next_back()
}

/// Writes the report of one codegen unit, if that is wanted.
fn write(report: &HelperReport, options: &HelperOptions) -> Result<(), Report> {
    let Some(folder) = &options.report else { return Ok(()) };
    let name = report.module.rsplit('/').next().unwrap_or_default();
    let path = folder.join(format!("{name}.json"));
    let failed = |path: &Path, reason: &dyn std::fmt::Display| {
        Report::error(&Error::WriteReport { path: path.to_owned(), reason: reason.to_string() })
    };
    let text = serde_json::to_vec_pretty(report).map_err(|error| failed(&path, &error))?;
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    write_file(&path, &text).map_err(|error| failed(&path, error.cause()))
}
