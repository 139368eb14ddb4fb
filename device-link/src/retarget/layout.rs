//! Rule 7. The target's triple and data layout, where both sides agree on what lies in memory.

use crate::Result;
use crate::error::Error;
use crate::target::Target;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::TargetMachine;
use llvm_plugin::layout::find_mismatch;

/// Whose bitcode is retargeted.
const HOST: &str = "x86_64";

/// Sets both, or tells which type would lie differently on the device.
pub(super) fn set(module: &Module<'_>, target: Target, machine: &TargetMachine) -> Result<()> {
    if !target.is_gpu() {
        return target.set_layout(module, machine);
    }
    let triple = module.get_triple().as_str().to_string_lossy().into_owned();
    if ![HOST, target.name(), ""].contains(&offload_binary::architecture(&triple)) {
        return Err(Error::ModuleTarget { found: triple, target: target.name() });
    }
    let layout = machine.get_target_data().get_data_layout();
    let text = layout.as_str().to_string_lossy().into_owned();
    let host = module.get_data_layout().as_str().to_string_lossy().into_owned();
    if !host.is_empty()
        && let Some((type_name, user)) = find_mismatch(module, &text)
    {
        return Err(Error::Layout { type_name, user, target: target.name() });
    }
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&layout);
    Ok(())
}
