//! The calls of helpers in a module: found, marked, and found again after LLVM's passes.

use super::Options;
use super::differences::{KnownTraits, differences};
use super::report::{HelperCall, HelperReport, Outcome};
use diagnostics::names::demangled;
use llvm_plugin::debug_location;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::{FunctionValue, InstructionValue};
use llvm_plugin::inlining::Advisor;
use llvm_plugin::instruction::{FunctionUse, call_site, mark, take_mark, uses_of};
use std::collections::HashSet;

/// Why a call isn't one for LLVM's inliner.
const OTHER_TYPES: &str = "the call passes other types than the helper takes";

/// The metadata that has a call's number in the report.
const MARK: &str = "outboard.helper";

/// The calls of `function`.
pub(super) fn calls_of<'ctx>(function: FunctionValue<'ctx>) -> Vec<InstructionValue<'ctx>> {
    let call = |one| match one {
        FunctionUse::Callee(call) => Some(call),
        _ => None,
    };
    let mut calls: Vec<_> = uses_of(function).into_iter().filter_map(call).collect();
    // LLVM lists the last use first.
    calls.reverse();
    calls
}

/// The function that `call` is in.
pub(super) fn caller_of<'ctx>(call: InstructionValue<'ctx>) -> Option<FunctionValue<'ctx>> {
    call.get_parent()?.get_parent()
}

fn name_of(function: FunctionValue<'_>) -> String {
    demangled(&function.get_name().to_string_lossy())
}

/// A line of the report about `call`.
pub(super) fn entry(
    call: InstructionValue<'_>,
    helper: String,
    (outcome, why): (Outcome, Option<String>),
) -> HelperCall {
    let caller = caller_of(call).map(name_of).unwrap_or_default();
    let place = debug_location::of(call).map(|place| place.to_string());
    HelperCall { helper, caller, place, outcome, why, differences: Vec::new() }
}

/// Gives each call of the report's helpers in `module` a line, and a mark that leads to it where that is wanted.
pub(super) fn add_calls<'ctx>(
    report: &mut HelperReport,
    module: &Module<'ctx>,
    advisor: Option<&Advisor>,
    options: &Options,
) {
    let mut calls = Vec::new();
    let mut known = KnownTraits::default();
    for helper in &report.helpers {
        let Some(function) = module.get_function(&helper.name) else { continue };
        // Attributes are the same in most callers: one question for each sort of caller.
        let mut asked: Vec<(usize, Option<String>)> = Vec::new();
        for call in calls_of(function) {
            let Some(caller) = caller_of(call) else { continue };
            let sort = known.sort(caller);
            let answer = asked.iter().find(|(other, _)| *other == sort).map(|(_, why)| why.clone());
            if answer.is_some() && !options.report_calls {
                continue;
            }
            let ask = || advisor.filter(|_| helper.shared.is_none())?.blocker(call, function);
            let why = answer.clone().unwrap_or_else(ask);
            if answer.is_none() {
                asked.push((sort, why.clone()));
            }
            let other_types = call_site(call).is_some_and(|call| call.get_called_fn_value().is_none());
            let outcome = match (&helper.shared, why) {
                (Some(_), _) => (Outcome::Shared, None),
                (None, _) if other_types => (Outcome::Called, Some(OTHER_TYPES.to_owned())),
                (None, None) => (Outcome::Open, None),
                (None, why) => (Outcome::Called, why),
            };
            let mut entry = entry(call, helper.name.clone(), outcome);
            if let (Outcome::Called, Some(advisor)) = (entry.outcome, advisor) {
                entry.differences = differences(call, known.traits(sort), function, advisor);
            }
            if options.mark_calls {
                mark(call, MARK, calls.len() as u64);
            }
            calls.push(entry);
        }
    }
    report.calls = calls;
}

/// Completes `report` when LLVM's passes have run: a marked call that is gone was inlined, one that is left was
/// not, and `visit` gets it. The marks go.
pub fn complete_report<'ctx>(
    report: &mut HelperReport,
    module: &Module<'ctx>,
    mut visit: impl FnMut(InstructionValue<'ctx>, &HelperCall),
) {
    let advisor = Advisor::new(module).ok();
    for call in report.calls.iter_mut().filter(|call| call.outcome != Outcome::Shared) {
        call.outcome = Outcome::Inlined;
    }
    let names: HashSet<_> =
        report.helpers.iter().filter(|one| one.shared.is_none()).map(|one| one.name.clone()).collect();
    let mut new = Vec::new();
    for function in module.get_functions() {
        let instructions = function.get_basic_block_iter().flat_map(|block| block.get_instructions());
        for call in instructions.filter(|instruction| call_site(*instruction).is_some()) {
            let number = take_mark(call, MARK);
            let callee = call_site(call).and_then(|call| call.get_called_fn_value());
            let Some(callee) = callee else { continue };
            let helper = callee.get_name().to_string_lossy().into_owned();
            if !names.contains(&helper) || callee.count_basic_blocks() == 0 {
                continue;
            }
            let caller = name_of(function);
            let number = number.and_then(|number| usize::try_from(number).ok());
            // LLVM loses the mark of a call that it writes anew.
            let lost = || report.calls.iter().position(|one| one.is_gone_from(&caller, &helper));
            let number = number.filter(|number| *number < report.calls.len()).or_else(lost);
            let verdict = || advisor.as_ref().and_then(|advisor| advisor.verdict(call, callee));
            let entry = match number.map(|number| &mut report.calls[number]) {
                Some(known) => {
                    known.outcome = Outcome::Called;
                    known.why = known.why.take().or_else(verdict);
                    known
                }
                None => new.push_mut(entry(call, helper, (Outcome::Called, verdict()))),
            };
            visit(call, entry);
        }
    }
    report.calls.append(&mut new);
}
