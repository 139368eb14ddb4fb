//! An x86_64 image for several levels of the architecture: code for each, and entries that choose.

use crate::compile::verify;
use crate::entry::builder_bug;
use crate::error::Error;
use crate::images::Assembly;
use crate::kernels::Kernels;
use crate::options::Options;
use crate::output::Temps;
use crate::parts::Part;
use crate::reach::in_module;
use crate::target::{Selection, level};
use crate::{Result, optimize, runtime};
use bitcode_link::internalize_except;
use llvm_plugin::inkwell::builder::BuilderError;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::inkwell::{GlobalVisibility, IntPredicate};
use std::collections::BTreeSet;

/// The function of the runtime that tells the level of the machine.
const LEVEL_FUNCTION: &str = "__outboard_x86_64_level";

/// Refuses what can't be compiled for several levels.
pub(crate) fn check(selection: &Selection, parts: &[Part]) -> Result<()> {
    let object = parts.iter().find_map(|part| part.inputs.objects.first());
    match object.filter(|_| selection.cpus.len() > 1) {
        Some(object) => Err(Error::ObjectForLevels { path: object.path.clone() }),
        None => Ok(()),
    }
}

/// Adds the entries that choose among the codes of an image.
pub(crate) fn add_entries(
    assembly: &mut Assembly,
    selection: &Selection,
    options: &Options,
    temps: &Temps,
) -> Result<()> {
    assembly.codes.insert(0, compile_entries(selection, &assembly.kernels, options, temps)?);
    // The image runs wherever its lowest level does.
    if selection.target.is_generic(&assembly.arch) {
        assembly.arch.clear();
    }
    Ok(())
}

/// Gives the entries of an optimized module the names under which the choosing entries call them.
pub(crate) fn rename_entries(module: &Module<'_>, kernels: &Kernels, cpu: &str) {
    for (kernel, function) in in_module(module, kernels) {
        let global = function.as_global_value();
        global.set_name(&level_name(&kernel.name, cpu));
        global.set_visibility(GlobalVisibility::Hidden);
    }
}

fn level_name(kernel: &str, cpu: &str) -> String {
    format!("{kernel}.{cpu}")
}

fn compile_entries(
    selection: &Selection,
    kernels: &Kernels,
    options: &Options,
    temps: &Temps,
) -> Result<Vec<u8>> {
    let Selection { target, cpus } = selection;
    let context = Context::create();
    let module = runtime::parse(&context, runtime::X86_64_LEVEL)?;
    let cpu = target.cpu(cpus.first().map(String::as_str), BTreeSet::new());
    let machine = target.machine(&cpu, options.opt_level)?;
    for kernel in kernels.iter() {
        emit_choice(&module, &kernel.name, kernel.entry_parameters(), cpus)
            .map_err(|error| builder_bug(&error))?;
    }
    internalize_except(&module, &kernels.names());
    verify(&module, "making entries that choose a level")?;
    optimize::optimize(&module, &machine, (*target, false), options)?;
    temps.write_module("levels", &module)?;
    target.generate(&module, &machine)
}

/// ```c
/// void kernel(uint64_t slot...) {
///     int level = __outboard_x86_64_level();
///     if (level >= highest) return kernel_highest(slot...);
///     ...
///     return kernel_lowest(slot...);
/// }
/// ```
/// All parameters of an entry are 8 bytes in integer registers or on the stack, so all can be i64 here.
fn emit_choice<'ctx>(
    module: &Module<'ctx>,
    kernel: &str,
    parameters: usize,
    cpus: &[String],
) -> std::result::Result<(), BuilderError> {
    let context = module.get_context();
    let slot = context.i64_type();
    let entry_type = context.void_type().fn_type(&vec![slot.into(); parameters], false);
    let function = module.add_function(kernel, entry_type, None);
    function.as_global_value().set_visibility(GlobalVisibility::Protected);
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(function, "entry"));
    let number = context.i32_type();
    let ask = module
        .get_function(LEVEL_FUNCTION)
        .unwrap_or_else(|| module.add_function(LEVEL_FUNCTION, number.fn_type(&[], false), None));
    let found = builder.build_call(ask, &[], "level")?.try_as_basic_value().basic();
    let found = found.ok_or(BuilderError::UnsetPosition)?.into_int_value();

    let declare = |cpu: &str| -> FunctionValue<'ctx> {
        let callee = module.add_function(&level_name(kernel, cpu), entry_type, None);
        callee.as_global_value().set_visibility(GlobalVisibility::Hidden);
        callee
    };
    let arguments: Vec<_> = function.get_params().into_iter().map(Into::into).collect();
    for (position, cpu) in cpus.iter().enumerate().rev() {
        let callee = declare(cpu);
        let otherwise = if position == 0 {
            None
        } else {
            let taken = context.append_basic_block(function, cpu);
            let otherwise = context.append_basic_block(function, "lower");
            let wanted = number.const_int(level(cpu).unwrap_or(1) as u64, false);
            let enough = builder.build_int_compare(IntPredicate::SGE, found, wanted, "enough")?;
            builder.build_conditional_branch(enough, taken, otherwise)?;
            builder.position_at_end(taken);
            Some(otherwise)
        };
        builder.build_call(callee, &arguments, "")?.set_tail_call(true);
        builder.build_return(None)?;
        if let Some(otherwise) = otherwise {
            builder.position_at_end(otherwise);
        }
    }
    Ok(())
}
