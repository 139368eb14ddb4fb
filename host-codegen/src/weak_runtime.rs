//! Calls of a runtime function by name, in a program that is linked later and may open no runtime.

use crate::Error;
use crate::cx::Cx;
use abi::launch::RUNTIME_FUNCTION;
use abi::names::PROGRAM_RUNTIME_FUNCTION;
use inkwell::IntPredicate;
use inkwell::module::{Linkage, Module};
use inkwell::values::FunctionValue;
use llvm_plugin::instruction::{self, FunctionUse};

/// ```c
/// extern __attribute__((weak)) void *program_function(const char *name);
/// (&program_function ? program_function : __outboard_runtime_function)(name)   // in place of every call
/// ```
///
/// # Errors
/// The module has no data layout, or (our bug) the result is not valid IR.
pub fn emit_weak_runtime(module: &Module<'_>) -> Result<(), Error> {
    let Some(original) = module.get_function(RUNTIME_FUNCTION) else { return Ok(()) };
    let calls: Vec<_> = instruction::uses_of(original)
        .into_iter()
        .filter_map(|used| match used {
            FunctionUse::Callee(call) => Some(call),
            _ => None,
        })
        .collect();
    if calls.is_empty() {
        return Ok(());
    }
    let cx = Cx::new(module)?;
    let program = program_function(&cx, original).as_global_value().as_pointer_value();
    for call in calls {
        let builder = cx.context.create_builder();
        builder.position_before(&call);
        let present =
            builder.build_int_compare(IntPredicate::NE, program, cx.null(), "program.has_runtime")?;
        let original = original.as_global_value().as_pointer_value();
        let callee = builder.build_select(present, program, original, "program.runtime_function")?;
        // The called function is the last operand.
        call.set_operand(call.get_num_operands() - 1, callee);
    }
    cx.verify()
}

fn program_function<'ctx>(cx: &Cx<'_, 'ctx>, original: FunctionValue<'ctx>) -> FunctionValue<'ctx> {
    cx.module.get_function(PROGRAM_RUNTIME_FUNCTION).unwrap_or_else(|| {
        let linkage = Some(Linkage::ExternalWeak);
        cx.module.add_function(PROGRAM_RUNTIME_FUNCTION, original.get_type(), linkage)
    })
}
