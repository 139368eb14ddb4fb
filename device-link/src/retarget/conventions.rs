//! Rule 9. One calling convention for all functions but kernels, and every call with that of what it calls: LLVM
//! takes a call that differs for unreachable, and silently empties the kernel.

use crate::Result;
use crate::error::Error;
use crate::target::Target;
use bitcode_link::functions_from;
use llvm_plugin::function::{find_convention_mismatch, unify_conventions};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::instruction::call_site;

/// Source: llvm/IR/CallingConv.h (LLVM 22.1).
const C: u32 = 0;
const PTX_KERNEL: u32 = 71;
const SPIR_FUNCTION: u32 = 75;
const SPIR_KERNEL: u32 = 76;
const AMDGPU_KERNEL: u32 = 91;

/// The calling convention of an entry.
pub(crate) fn of_kernels(target: Target) -> u32 {
    match target {
        Target::X86_64 => C,
        Target::Nvptx64 => PTX_KERNEL,
        Target::Amdgcn => AMDGPU_KERNEL,
        Target::Spirv64 => SPIR_KERNEL,
    }
}

fn of_functions(target: Target) -> u32 {
    if target == Target::Spirv64 { SPIR_FUNCTION } else { C }
}

/// Gives everything its convention, and checks that calls agree.
pub(super) fn unify(module: &Module<'_>, target: Target) -> Result<()> {
    if target != Target::X86_64 {
        unify_conventions(module, of_functions(target), of_kernels(target));
    }
    match find_convention_mismatch(module) {
        None => Ok(()),
        Some((caller, function)) => Err(Error::CallingConvention { caller, function }),
    }
}

/// Checks the calls in what `roots` reach, before anything is optimized: LLVM leaves nothing of a call that differs.
pub(crate) fn check(module: &Module<'_>, roots: &[&str]) -> Result<()> {
    for function in functions_from(module, roots) {
        for instruction in function.get_basic_block_iter().flat_map(|block| block.get_instructions()) {
            let Some(call) = call_site(instruction) else { continue };
            let callee = call.get_called_fn_value();
            if let Some(callee) =
                callee.filter(|callee| callee.get_call_conventions() != call.get_call_convention())
            {
                let name = |function: FunctionValue<'_>| function.get_name().to_string_lossy().into_owned();
                let (caller, function) = (name(function), name(callee));
                return Err(Error::CallingConvention { caller, function });
            }
        }
    }
    Ok(())
}
