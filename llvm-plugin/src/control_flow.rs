//! Edits of control flow that inkwell lacks.

use crate::ffi;
use inkwell::basic_block::BasicBlock;
use inkwell::llvm_sys::core;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, InstructionOpcode, InstructionValue};
use std::ffi::CString;

/// Moves `at` and everything after it into a new block `name`. The old block ends in a branch to it, and
/// the phis of successors follow.
pub fn split_block<'ctx>(at: InstructionValue<'ctx>, name: &str) -> BasicBlock<'ctx> {
    let name = CString::new(name).unwrap_or_default();
    // SAFETY: a live instruction in a block; the result is a block.
    unsafe {
        BasicBlock::new(ffi::outboard_split_block(at.as_value_ref(), name.as_ptr()))
            .expect("splitBasicBlock returns a block")
    }
}

/// Where control goes after an invoke that returns.
pub fn normal_destination<'ctx>(invoke: InstructionValue<'ctx>) -> BasicBlock<'ctx> {
    assert_eq!(invoke.get_opcode(), InstructionOpcode::Invoke);
    // SAFETY: an invoke, as just checked.
    unsafe {
        BasicBlock::new(core::LLVMGetNormalDest(invoke.as_value_ref()))
            .expect("every invoke has a normal destination")
    }
}

/// Has `invoke` continue at `block`. Phis are not touched: see [`replace_phi_predecessor`].
pub fn set_normal_destination<'ctx>(invoke: InstructionValue<'ctx>, block: BasicBlock<'ctx>) {
    assert_eq!(invoke.get_opcode(), InstructionOpcode::Invoke);
    // SAFETY: an invoke, as just checked, and a live block.
    unsafe { core::LLVMSetNormalDest(invoke.as_value_ref(), block.as_mut_ptr()) }
}

/// The phis of `block` take from `to` what they took from `from`.
pub fn replace_phi_predecessor<'ctx>(block: BasicBlock<'ctx>, from: BasicBlock<'ctx>, to: BasicBlock<'ctx>) {
    // SAFETY: live blocks of one function.
    unsafe { ffi::outboard_replace_phi_uses(block.as_mut_ptr(), from.as_mut_ptr(), to.as_mut_ptr()) }
}

/// Turns an invoke into a call and a branch; its unwind edge goes. Returns the call.
pub fn invoke_to_call<'ctx>(invoke: InstructionValue<'ctx>) -> InstructionValue<'ctx> {
    assert_eq!(invoke.get_opcode(), InstructionOpcode::Invoke);
    // SAFETY: an invoke, as just checked; the result is a call instruction.
    unsafe { InstructionValue::new(ffi::outboard_invoke_to_call(invoke.as_value_ref())) }
}

/// Has functions of calling convention `entry`, which return nothing, return where they would trap. What they call
/// stops there in the worst of ways: it accesses memory that isn't there.
pub fn return_at_traps(module: &Module<'_>, entry: u32) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_return_at_traps(module.as_mut_ptr(), entry) }
}

/// Where control can go at the end of `block`, as often as its terminator names it.
pub fn successors<'ctx>(block: BasicBlock<'ctx>) -> Vec<BasicBlock<'ctx>> {
    let Some(terminator) = block.get_terminator() else { return Vec::new() };
    // SAFETY: a live terminator, and indices in range.
    unsafe {
        let count = core::LLVMGetNumSuccessors(terminator.as_value_ref());
        (0..count)
            .filter_map(|index| BasicBlock::new(core::LLVMGetSuccessor(terminator.as_value_ref(), index)))
            .collect()
    }
}
