//! Rule 6. Takes out of a module what its compiler said of the host.

use crate::Result;
use crate::error::Error;
use crate::target::{Cpu, Target, check_cpu};
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::FunctionValue;
use std::collections::BTreeSet;

/// What the host's compiler says about how a function is compiled for the host.
const STRING_ATTRIBUTES: [&str; 11] = [
    "frame-pointer",
    "probe-stack",
    "stack-probe-size",
    "stack-protector-buffer-size",
    "target-cpu",
    "target-features",
    "tune-cpu",
    "min-legal-vector-width",
    "zero-call-used-regs",
    "no-builtins",
    "stackrealign",
];

const ENUM_ATTRIBUTES: [&str; 7] =
    ["minsize", "nonlazybind", "optsize", "ssp", "sspreq", "sspstrong", "uwtable"];

/// Cleans all functions, and returns the processor that they want together.
pub(crate) fn clean(module: &Module<'_>, target: Target, arch: &str) -> Result<Cpu> {
    let cpu = find_cpu(module, target, arch)?;
    strip(module);
    Ok(cpu)
}

/// Cleans all functions.
pub(crate) fn strip(module: &Module<'_>) {
    module.get_functions().for_each(clean_attributes);
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
    if let Some(name) = &name {
        check_cpu(target, name)?;
    }
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
