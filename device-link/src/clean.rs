//! Takes out of a linked host module what device code can't have, or what keeps it from being inlined.

use crate::Result;
use crate::error::Error;
use crate::target::{Cpu, Target};
use llvm_plugin::control_flow::invoke_to_call;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::{FunctionValue, InstructionOpcode};
use std::collections::BTreeSet;

/// What the host's compiler says about how a function is compiled for the host.
const STRING_ATTRIBUTES: [&str; 9] = [
    "frame-pointer",
    "probe-stack",
    "stack-probe-size",
    "stack-protector-buffer-size",
    "target-cpu",
    "target-features",
    "tune-cpu",
    "min-legal-vector-width",
    "zero-call-used-regs",
];

const ENUM_ATTRIBUTES: [&str; 7] =
    ["minsize", "nonlazybind", "optsize", "ssp", "sspreq", "sspstrong", "uwtable"];

/// Cleans all functions, and returns the processor that they want together.
pub(crate) fn clean(module: &Module<'_>, target: Target, arch: &str) -> Result<Cpu> {
    let cpu = find_cpu(module, target, arch)?;
    for function in module.get_functions().collect::<Vec<_>>() {
        clean_attributes(function);
        drop_unwinding(module, function);
    }
    Ok(cpu)
}

/// The processor asked for, or the one that functions were compiled for; and the union of their features,
/// without which their intrinsics can't be selected.
fn find_cpu(module: &Module<'_>, target: Target, arch: &str) -> Result<Cpu> {
    if target.is_gpu() {
        return Ok(target.cpu(Some(arch), BTreeSet::new()));
    }
    let mut cpus = BTreeSet::new();
    let mut features = BTreeSet::new();
    for function in module.get_functions().filter(|function| function.count_basic_blocks() > 0) {
        let text = |key| {
            let attribute = function.get_string_attribute(AttributeLoc::Function, key);
            attribute.map(|attribute| attribute.get_string_value().to_string_lossy().into_owned())
        };
        cpus.extend(text("target-cpu").filter(|cpu| !target.is_generic(cpu)));
        let listed = text("target-features").unwrap_or_default();
        features.extend(listed.split(',').filter(|feature| feature.starts_with('+')).map(ToOwned::to_owned));
    }
    if arch.is_empty() && cpus.len() > 1 {
        return Err(Error::MixedCpus { cpus: cpus.into_iter().collect() });
    }
    let name = if arch.is_empty() { cpus.pop_first() } else { Some(arch.to_owned()) };
    Ok(target.cpu(name.as_deref(), features))
}

fn clean_attributes(function: FunctionValue<'_>) {
    let here = AttributeLoc::Function;
    for key in STRING_ATTRIBUTES {
        function.remove_string_attribute(here, key);
    }
    let optnone = Attribute::get_named_enum_kind_id("optnone");
    if function.get_enum_attribute(here, optnone).is_some() {
        // What -O0 puts on every function; `noinline` alone is somebody's wish.
        function.remove_enum_attribute(here, optnone);
        function.remove_enum_attribute(here, Attribute::get_named_enum_kind_id("noinline"));
    }
    for name in ENUM_ATTRIBUTES {
        function.remove_enum_attribute(here, Attribute::get_named_enum_kind_id(name));
    }
}

/// Nothing can throw: whatever would is undefined and refused. So calls can't unwind, landing pads are
/// never reached, and the personality function isn't needed.
fn drop_unwinding(module: &Module<'_>, function: FunctionValue<'_>) {
    let invokes: Vec<_> = function
        .get_basic_block_iter()
        .filter_map(|block| block.get_terminator())
        .filter(|terminator| terminator.get_opcode() == InstructionOpcode::Invoke)
        .collect();
    for invoke in invokes {
        invoke_to_call(invoke);
    }
    if function.count_basic_blocks() > 0 {
        let nounwind = Attribute::get_named_enum_kind_id("nounwind");
        function
            .add_attribute(AttributeLoc::Function, module.get_context().create_enum_attribute(nounwind, 0));
    }
}
