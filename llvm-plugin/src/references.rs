//! Which globals a function or an initializer refers to, directly or through constant expressions.

use crate::instruction::call_site;
use inkwell::llvm_sys::core;
use inkwell::llvm_sys::prelude::LLVMValueRef;
use inkwell::values::{AsValueRef, FunctionValue, GlobalValue, InstructionValue};
use std::collections::HashSet;

/// Something with a name of its own in a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Referent<'ctx> {
    /// A function, defined or declared.
    Function(FunctionValue<'ctx>),
    /// A variable, defined or declared.
    Variable(GlobalValue<'ctx>),
}

/// The globals that the instructions of `function` refer to, with the first instruction that does so, in
/// the order of the instructions.
pub fn of_function<'ctx>(function: FunctionValue<'ctx>) -> Vec<(Referent<'ctx>, InstructionValue<'ctx>)> {
    let mut seen = HashSet::new();
    let mut references = Vec::new();
    for block in function.get_basic_block_iter() {
        for instruction in block.get_instructions() {
            let mut found = Vec::new();
            // SAFETY: a live instruction.
            unsafe { visit_operands(instruction.as_value_ref(), &mut seen, &mut found) };
            references.extend(found.into_iter().map(|referent| (referent, instruction)));
        }
    }
    references
}

/// The globals that the initializer of `variable` refers to.
pub fn of_variable<'ctx>(variable: GlobalValue<'ctx>) -> Vec<Referent<'ctx>> {
    let mut found = Vec::new();
    // SAFETY: a live variable; its only operand is the initializer, if it has one.
    unsafe { visit_operands(variable.as_value_ref(), &mut HashSet::new(), &mut found) };
    found
}

/// The functions whose address `function` takes, each with the first instruction that does: all that it
/// refers to but by calling it.
pub fn addresses_taken<'ctx>(
    function: FunctionValue<'ctx>,
) -> Vec<(FunctionValue<'ctx>, InstructionValue<'ctx>)> {
    let mut seen = HashSet::new();
    let mut taken = Vec::new();
    for block in function.get_basic_block_iter() {
        for instruction in block.get_instructions() {
            let callee = call_site(instruction).and_then(|call| call.get_called_fn_value());
            let arguments = instruction.get_num_operands() - u32::from(callee.is_some());
            for index in 0..arguments {
                // SAFETY: the index is in range; each question is asked of a value of the right kind.
                unsafe {
                    let operand = core::LLVMGetOperand(instruction.as_value_ref(), index);
                    if operand.is_null() || core::LLVMIsAConstant(operand).is_null() {
                        continue;
                    }
                    let mut found = Vec::new();
                    if let Some(direct) = FunctionValue::new(core::LLVMIsAFunction(operand)) {
                        found.push(Referent::Function(direct));
                    } else if core::LLVMIsAGlobalVariable(operand).is_null() {
                        visit_operands(operand, &mut HashSet::new(), &mut found);
                    }
                    taken.extend(found.into_iter().filter_map(|referent| match referent {
                        Referent::Function(one) if seen.insert(one) => Some((one, instruction)),
                        _ => None,
                    }));
                }
            }
        }
    }
    taken
}

/// Appends the globals among the operands of `user`, looking through constants and aliases. What is in
/// `seen` is not looked at again.
///
/// # Safety
/// `user` is a live user.
unsafe fn visit_operands<'ctx>(
    user: LLVMValueRef,
    seen: &mut HashSet<LLVMValueRef>,
    found: &mut Vec<Referent<'ctx>>,
) {
    let mut pending = vec![user];
    while let Some(user) = pending.pop() {
        // SAFETY: by the caller, and because operands of live users are live; each question is asked of
        // a value of the right kind.
        unsafe {
            let count = u32::try_from(core::LLVMGetNumOperands(user)).unwrap_or_default();
            for index in 0..count {
                let operand = core::LLVMGetOperand(user, index);
                if operand.is_null() || core::LLVMIsAConstant(operand).is_null() || !seen.insert(operand) {
                    continue;
                }
                if let Some(function) = FunctionValue::new(core::LLVMIsAFunction(operand)) {
                    found.push(Referent::Function(function));
                } else if !core::LLVMIsAGlobalVariable(operand).is_null() {
                    found.push(Referent::Variable(GlobalValue::new(operand)));
                } else {
                    pending.push(operand);
                }
            }
        }
    }
}
