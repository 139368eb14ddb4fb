//! Who has to see an atomic operation.

use inkwell::context::AsContextRef;
use inkwell::llvm_sys::core;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, InstructionOpcode, InstructionValue};

/// Has only `scope`, a name of the target's, see what `instruction` does; the empty name is everybody. Nothing
/// happens to an instruction that isn't atomic.
pub fn set_scope<'ctx>(module: &Module<'ctx>, instruction: InstructionValue<'ctx>, scope: &str) {
    let atomic = matches!(
        instruction.get_opcode(),
        InstructionOpcode::AtomicRMW | InstructionOpcode::AtomicCmpXchg | InstructionOpcode::Fence
    );
    if atomic {
        let context = module.get_context();
        // SAFETY: a live context and a live instruction of a kind that has a scope; the name isn't kept.
        unsafe {
            let id = core::LLVMGetSyncScopeID(context.as_ctx_ref(), scope.as_ptr().cast(), scope.len());
            core::LLVMSetAtomicSyncScopeID(instruction.as_value_ref(), id);
        }
    }
}
