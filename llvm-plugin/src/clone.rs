//! Copies of functions, and values that are kept in memory: what inkwell and LLVM-C lack of that.

use crate::ffi;
use inkwell::values::{AsValueRef, FunctionValue, InstructionValue, PointerValue};

/// Gives `destination`, which is a declaration, the body of `source` and its function attributes. The first parameters
/// of `destination` stand for those of `source`. Blocks and instructions keep their order.
pub fn clone_body(destination: FunctionValue<'_>, source: FunctionValue<'_>) {
    assert_eq!(destination.count_basic_blocks(), 0, "the copy has no body yet");
    let (own, copied) = (destination.get_param_iter(), source.get_param_iter());
    assert!(
        destination.count_params() >= source.count_params(),
        "every parameter has one that stands for it"
    );
    assert!(
        own.zip(copied).all(|(own, copied)| own.get_type() == copied.get_type()),
        "parameters have the types of those that they stand for"
    );
    // SAFETY: live functions of one module, with parameters that fit, as just checked.
    unsafe { ffi::outboard_clone_body(destination.as_value_ref(), source.as_value_ref()) }
}

/// Keeps what `instruction` computes in a local variable: a store behind it, a load before each use. Returns the
/// variable; none, where nothing uses the value.
pub fn demote_to_stack<'ctx>(instruction: InstructionValue<'ctx>) -> Option<PointerValue<'ctx>> {
    crate::instruction::value(instruction)?;
    // SAFETY: a live instruction that computes something; the result is null or an alloca.
    unsafe {
        let variable = ffi::outboard_demote_to_stack(instruction.as_value_ref());
        (!variable.is_null()).then(|| PointerValue::new(variable))
    }
}

/// Drops the blocks of `function` that nothing leads to.
pub fn remove_unreachable_blocks(function: FunctionValue<'_>) {
    // SAFETY: a live function with a body.
    unsafe { ffi::outboard_remove_unreachable_blocks(function.as_value_ref()) }
}
