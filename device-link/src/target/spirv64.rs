//! spirv64: SPIR-V with OpenCL's memory model, which the driver compiles for the device that it finds.

use super::{Facts, Target};
use crate::Result;
use crate::retarget::conventions;
use crate::tool;
use bitcode_link::FileError;
use llvm_plugin::backend::initialize_spirv;
use llvm_plugin::control_flow::return_at_traps;
use llvm_plugin::inkwell::module::Module;
use std::process::Command;

pub(super) const FACTS: Facts = Facts {
    name: "spirv64",
    triple: "spirv64-unknown-unknown",
    cpus: &[],
    generic_cpu: Some(""),
    elf_machine: None,
    initialize: initialize_spirv,
};

/// Whether `symbol` is what LLVM's SPIR-V code generator makes an instruction of: the functions of OpenCL
/// C, by their mangled names, and SPIR-V's own.
pub(super) fn has_function(symbol: &str) -> bool {
    symbol.starts_with("_Z") || symbol.starts_with("__spirv_")
}

/// Has a panic end the work item: SPIR-V has no trap, LLVM drops it, and the `OpUnreachable` behind it would tell
/// drivers that no check ever fails.
pub(super) fn end_at_traps(module: &Module<'_>) {
    return_at_traps(module, conventions::of_kernels(Target::Spirv64));
}

const VALIDATOR: &str = "spirv-val";

/// Has the validator of SPIR-V Tools look at `module`, where it is installed, and returns its command.
pub(super) fn validate(module: &[u8]) -> Result<Option<String>> {
    let Some(validator) = tool::on_path(VALIDATOR).find(|path| path.is_file()) else { return Ok(None) };
    let folder = tempfile::tempdir().map_err(FileError::writing(&std::env::temp_dir()))?;
    let path = folder.path().join("kernels.spv");
    std::fs::write(&path, module).map_err(FileError::writing(&path))?;
    let mut command = Command::new(validator);
    command.arg(&path);
    tool::run(VALIDATOR, &mut command)?;
    Ok(Some(tool::show(&command)))
}
