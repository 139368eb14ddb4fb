//! LLVM's passes over the combined module, and its code: each of them once.

use super::error::CombineError;
use super::{OptLevel, Pipeline};
use llvm_plugin::collect::{CollectedSeverity, collect};
use llvm_plugin::inkwell::OptimizationLevel;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::passes::PassBuilderOptions;
use llvm_plugin::inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine,
};
use llvm_plugin::inlining::separate_sections;
use llvm_plugin::module::module_flags;
use std::sync::Once;

/// What is left to do when code that was optimized gets helpers: inlining, and what that shows. opt's instcombine
/// otherwise checks that it has nothing left to do, which the one of pipelines doesn't. Code is all that follows, so a
/// switch may become a table.
const CLEANUP: &str = "always-inline,cgscc(inline),\
     function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg<switch-to-lookup>),globaldce";

/// The passes for `pipeline`.
pub(super) fn passes(pipeline: Pipeline, level: OptLevel) -> String {
    let number = match level {
        OptLevel::O0 => return "always-inline,globaldce".to_owned(),
        OptLevel::O1 => 1,
        OptLevel::O2 => 2,
        OptLevel::O3 => 3,
    };
    match pipeline {
        Pipeline::Cleanup => CLEANUP.to_owned(),
        Pipeline::Late => format!("lto<O{number}>"),
        Pipeline::Full => format!("default<O{number}>"),
    }
}

/// Makes the code generators known, which questions about inlining need too.
pub(super) fn initialize() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let config = InitializationConfig::default();
        Target::initialize_x86(&config);
        Target::initialize_aarch64(&config);
        Target::initialize_arm(&config);
        Target::initialize_riscv(&config);
    });
}

/// The machine that `module` is for. Processors and features stand at its functions.
pub(super) fn machine(module: &Module<'_>, level: OptLevel) -> Result<TargetMachine, CombineError> {
    let triple = module.get_triple();
    let failed =
        |text: String| CombineError::Target { triple: triple.as_str().to_string_lossy().into_owned(), text };
    let target = Target::from_triple(&triple).map_err(|text| failed(text.to_string()))?;
    let flags = module_flags(module);
    let flag = |key: &str| -> Option<u32> {
        let flag = flags.iter().find(|flag| flag.key == key)?;
        flag.value.rsplit(' ').next()?.parse().ok()
    };
    let relocation = if flag("PIC Level").unwrap_or(0) > 0 { RelocMode::PIC } else { RelocMode::Static };
    // Source: `CodeModel::Model`, llvm/Support/CodeGen.h (LLVM 22.1).
    let code_model = match flag("Code Model") {
        Some(1) => CodeModel::Small,
        Some(2) => CodeModel::Kernel,
        Some(3) => CodeModel::Medium,
        Some(4) => CodeModel::Large,
        _ => CodeModel::Default,
    };
    let level = match level {
        OptLevel::O0 => OptimizationLevel::None,
        OptLevel::O1 => OptimizationLevel::Less,
        OptLevel::O2 => OptimizationLevel::Default,
        OptLevel::O3 => OptimizationLevel::Aggressive,
    };
    let machine = target.create_target_machine(&triple, "", "", level, relocation, code_model);
    machine.ok_or_else(|| failed("LLVM doesn't say why".to_owned()))
}

/// Runs `passes`, in opt's notation.
pub(super) fn optimize(
    module: &Module<'_>,
    machine: &TargetMachine,
    passes: &str,
) -> Result<(), CombineError> {
    checked(module, "optimize the module", || {
        module.run_passes(passes, machine, PassBuilderOptions::create()).map_err(|text| text.to_string())
    })
}

/// The object file of `module`.
pub(super) fn object(
    module: &Module<'_>,
    machine: &TargetMachine,
    sections: bool,
) -> Result<Vec<u8>, CombineError> {
    separate_sections(machine, sections, sections);
    checked(module, "generate code", || {
        let buffer = machine.write_to_memory_buffer(module, FileType::Object);
        buffer.map(|buffer| buffer.as_slice().to_vec()).map_err(|text| text.to_string())
    })
}

/// LLVM reports some failures as diagnostics alone.
fn checked<R>(
    module: &Module<'_>,
    what: &'static str,
    work: impl FnOnce() -> Result<R, String>,
) -> Result<R, CombineError> {
    let (result, collected) = collect(&module.get_context(), work);
    let made = result.map_err(|text| CombineError::Llvm { what, text })?;
    let error = collected.into_iter().find(|one| one.severity == CollectedSeverity::Error);
    error.map_or(Ok(made), |error| Err(CombineError::Llvm { what, text: error.text }))
}
