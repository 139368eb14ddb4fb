//! The launches of a module, in its order.

use crate::error::Error;
use crate::report::Report;
use abi::launch::{self, FALLBACK_ATTRIBUTE};
use inkwell::attributes::AttributeLoc;
use inkwell::module::Module;
use inkwell::types::{BasicMetadataTypeEnum, FunctionType};
use inkwell::values::{CallSiteValue, FunctionValue, InstructionValue};
use llvm_plugin::instruction::{self, FunctionUse};

/// A call of a launch function.
pub(crate) struct FoundLaunch<'ctx> {
    pub instruction: InstructionValue<'ctx>,
    pub call: CallSiteValue<'ctx>,
    /// Name of the launch function.
    pub launch: String,
    /// Number of kernel arguments.
    pub arity: usize,
    /// Name of the function that contains the call.
    pub function: String,
    /// Number of the call among the calls and invokes of `function`.
    pub index: usize,
    /// Whether it is what an earlier run kept as the fallback.
    pub is_fallback: bool,
}

/// Launches that are still to be rewritten.
pub(crate) fn count(module: &Module<'_>) -> usize {
    let launches =
        launch_functions(module).into_iter().flat_map(|(function, _)| instruction::uses_of(function));
    launches.filter(|used| matches!(used, FunctionUse::Callee(call) if !is_fallback(*call))).count()
}

/// All calls of launch functions, with every mistake that shows in the functions themselves.
pub(crate) fn find_launches<'ctx>(module: &Module<'ctx>) -> Result<Vec<FoundLaunch<'ctx>>, Report> {
    let functions = launch_functions(module);
    if functions.is_empty() {
        return Ok(Vec::new());
    }
    let mut report = Report::default();
    for (function, arity) in &functions {
        check_function(module, *function, arity, &mut report);
    }
    let mut launches = Vec::new();
    for caller in module.get_functions() {
        let instructions = caller.get_basic_block_iter().flat_map(|block| block.get_instructions());
        let calls = instructions.filter_map(|i| Some((i, instruction::call_site(i)?)));
        for (index, (instruction, call)) in calls.enumerate() {
            let Some(callee) = call.get_called_fn_value() else { continue };
            let Some((_, Ok(arity))) = functions.iter().find(|(function, _)| *function == callee) else {
                continue;
            };
            launches.push(FoundLaunch {
                instruction,
                call,
                launch: callee.get_name().to_string_lossy().into_owned(),
                arity: *arity,
                function: caller.get_name().to_string_lossy().into_owned(),
                index,
                is_fallback: is_fallback(instruction),
            });
        }
    }
    report.or(launches)
}

/// Every function named like a launch function, with its arity.
fn launch_functions<'ctx>(module: &Module<'ctx>) -> Vec<(FunctionValue<'ctx>, Result<usize, String>)> {
    let functions = module.get_functions();
    functions.filter_map(|f| Some((f, launch::arity(&f.get_name().to_string_lossy())?))).collect()
}

fn is_fallback(call: InstructionValue<'_>) -> bool {
    instruction::call_site(call)
        .is_some_and(|c| c.get_string_attribute(AttributeLoc::Function, FALLBACK_ATTRIBUTE).is_some())
}

fn check_function(
    module: &Module<'_>,
    function: FunctionValue<'_>,
    arity: &Result<usize, String>,
    report: &mut Report,
) {
    let name = || function.get_name().to_string_lossy().into_owned();
    for used in instruction::uses_of(function) {
        match (used, arity) {
            (FunctionUse::Kept, _) => {}
            (FunctionUse::Callee(call), Err(_)) => report.push(call, Error::UnknownArity { launch: name() }),
            (FunctionUse::Callee(call), Ok(arity)) => {
                let expected = function_type(module, *arity);
                let found = instruction::call_site(call).map(|c| c.get_called_fn_type());
                if function.get_type() != expected || found != Some(expected) {
                    let found = found.unwrap_or_else(|| function.get_type());
                    report.push(
                        call,
                        Error::WrongType {
                            launch: name(),
                            found: found.print_to_string().to_string(),
                            expected: expected.print_to_string().to_string(),
                        },
                    );
                }
            }
            (FunctionUse::Operand(at), _) => report.push(at, Error::AddressTaken { launch: name() }),
            (FunctionUse::Constant, _) => report.push_module(Error::AddressTaken { launch: name() }),
        }
    }
}

/// The type of the launch function with `arity` arguments (docs/launch-contract.md, clause 1).
fn function_type<'ctx>(module: &Module<'ctx>, arity: usize) -> FunctionType<'ctx> {
    let context = module.get_context();
    let ptr = BasicMetadataTypeEnum::from(context.ptr_type(inkwell::AddressSpace::default()));
    let (i32, i64) =
        (BasicMetadataTypeEnum::from(context.i32_type()), BasicMetadataTypeEnum::from(context.i64_type()));
    let mut parameters = vec![ptr, i64, i32];
    parameters.resize(launch::FIXED_OPERANDS, i32);
    for _ in 0..arity {
        parameters.extend([i64, ptr, i64]);
    }
    context.i32_type().fn_type(&parameters, false)
}
