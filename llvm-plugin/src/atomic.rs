//! Who has to see an atomic operation.

use crate::ffi;
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

/// What `instruction` does to memory isn't atomic any more: for memory that one thread alone accesses. A volatile
/// access stays as it is. What was one instruction may be several then, and `instruction` gone.
pub fn make_plain(instruction: InstructionValue<'_>) {
    // SAFETY: a live instruction.
    unsafe { ffi::outboard_make_plain(instruction.as_value_ref()) }
}

/// Has code for NVIDIA's GPUs keep the order of atomic operations, and who has to see them, as far as they have
/// scopes (`scoped`): LLVM's back end writes them all relaxed and for the device, but compare-and-exchange where PTX
/// has words for the order (`ordered`).
pub fn write_ptx_atomics(module: &Module<'_>, scoped: bool, ordered: bool) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_write_ptx_atomics(module.as_mut_ptr(), scoped, ordered) }
}
