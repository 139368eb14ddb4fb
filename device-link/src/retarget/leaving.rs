//! Where a work item ends in the midst of its kernel, on GPUs that have no instruction for that: the kernel returns.
//! After optimization, for until then it is a call that never returns, and no part of the loops around it.

use super::Built;
use super::conventions;
use crate::target::Target;
use abi::markers::{ALL, Marker};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::InstructionOpcode;
use llvm_plugin::instruction::{FunctionUse, uses_of};
use llvm_plugin::module::{declare_intrinsic, delete_function};

/// Puts `return` into kernels where the work item is over, and a trap into functions that weren't inlined.
pub(super) fn resolve(module: &Module<'_>, target: Target) -> Built<()> {
    let symbol = ALL.iter().find(|(_, marker)| *marker == Marker::LeaveItem).map(|(symbol, _)| *symbol);
    let Some(leave) = symbol.and_then(|symbol| module.get_function(symbol)) else { return Ok(()) };
    let builder = module.get_context().create_builder();
    for used in uses_of(leave) {
        let FunctionUse::Callee(call) = used else { continue };
        let Some(block) = call.get_parent() else { continue };
        let kernel = block
            .get_parent()
            .is_some_and(|function| function.get_call_conventions() == conventions::of_kernels(target));
        // What stands behind it is never reached.
        while let Some(last) = block.get_last_instruction().filter(|last| *last != call) {
            if last.get_opcode() != InstructionOpcode::Unreachable {
                break;
            }
            last.erase_from_basic_block();
        }
        call.erase_from_basic_block();
        builder.position_at_end(block);
        if kernel {
            builder.build_return(None)?;
            continue;
        }
        if let Some(trap) = declare_intrinsic(module, "llvm.trap", &[]) {
            builder.build_call(trap, &[], "")?;
        }
        builder.build_unreachable()?;
    }
    if uses_of(leave).is_empty() {
        delete_function(leave);
    }
    Ok(())
}
