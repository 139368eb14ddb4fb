//! Launches whose result nobody looks at: rustc's built-in offload makes them. Where no device takes one, the
//! program would go on with data that was never computed; it must end instead, and say why.

use crate::Error;
use crate::cx::Cx;
use crate::entry_point::Runtime;
use crate::global::{self, GlobalExt};
use crate::registration;
use abi::{entry_points, names};
use inkwell::IntPredicate;
use inkwell::builder::BuilderError;
use inkwell::values::{BasicValueEnum, FunctionValue, InstructionOpcode, InstructionValue, IntValue};
use llvm_plugin::{control_flow, instruction};

/// The operand of `__tgt_target_kernel` that says which kernel it is.
const REGION_ID: u32 = 4;
/// POSIX's number of standard error.
const STANDARD_ERROR: u32 = 2;

/// Checks the result of every launch that does not do so itself. `kernel_of` names a kernel by its region id.
///
/// ```c
/// __outboard_check_launch(__tgt_target_kernel(...), "outboard: kernel `axpy` did not run: ...", 97);
/// ```
pub(crate) fn emit_launch_checks<'ctx>(
    cx: &Cx<'_, 'ctx>,
    kernel_of: impl Fn(BasicValueEnum<'ctx>) -> Option<String>,
) -> Result<(), Error> {
    for launch in unchecked_launches(cx) {
        let region_id =
            instruction::call_site(launch).and_then(|call| instruction::argument(call, REGION_ID));
        let kernel = region_id.and_then(&kernel_of);
        let launch = match launch.get_opcode() {
            // A C function: it does not unwind.
            InstructionOpcode::Invoke => control_flow::invoke_to_call(launch),
            _ => launch,
        };
        emit_check(cx, launch, kernel.as_deref().unwrap_or("unknown"))?;
    }
    Ok(())
}

fn unchecked_launches<'ctx>(cx: &Cx<'_, 'ctx>) -> Vec<InstructionValue<'ctx>> {
    let Some(function) = cx.module.get_function(entry_points::TARGET_KERNEL) else { return Vec::new() };
    instruction::uses_of(function)
        .into_iter()
        .filter_map(|used| match used {
            instruction::FunctionUse::Callee(launch) => Some(launch),
            _ => None,
        })
        .filter(|launch| launch.get_first_use().is_none())
        .collect()
}

fn emit_check<'ctx>(cx: &Cx<'_, 'ctx>, launch: InstructionValue<'ctx>, kernel: &str) -> Result<(), Error> {
    let message = format!(
        "outboard: kernel `{kernel}` did not run: offloading is disabled (OMP_TARGET_OFFLOAD), or no device takes \
         an image of this program; the program has no other way to compute its results\n"
    );
    let name = format!("launch.failed.{kernel}");
    let text = cx.module.get_global(&name).unwrap_or_else(|| {
        global::private_constant(cx, &name, &cx.context.const_string(message.as_bytes(), false))
    });
    let check = check_launch(cx)?;
    let builder = cx.context.create_builder();
    builder.position_before(&launch.get_next_instruction().expect("a call does not end a block"));
    let result = instruction::value(launch).expect("the runtime returns i32").into_int_value();
    let length = cx.const_i64(message.len() as u64);
    builder.build_call(check, &[result.into(), text.as_pointer_value().into(), length.into()], "")?;
    Ok(())
}

/// ```c
/// // linkonce_odr hidden: one in the program
/// void __outboard_check_launch(int32_t result, const char *message, size_t length) {
///   if (result != 0) { write(STDERR_FILENO, message, length); abort(); }
/// }
/// ```
fn check_launch<'ctx>(cx: &Cx<'_, 'ctx>) -> Result<FunctionValue<'ctx>, BuilderError> {
    if let Some(function) = cx.module.get_function(names::CHECK_LAUNCH) {
        return Ok(function);
    }
    let parameters = [cx.i32.into(), cx.ptr.into(), cx.i64.into()];
    let function_type = cx.context.void_type().fn_type(&parameters, false);
    let function = cx.module.add_function(names::CHECK_LAUNCH, function_type, None);
    let function = function.shared(registration::any_comdat(cx, names::CHECK_LAUNCH));
    let [entry, failed, ran] =
        ["entry", "failed", "ran"].map(|name| cx.context.append_basic_block(function, name));
    let result: IntValue<'ctx> = parameter(function, 0).into_int_value();

    let builder = cx.context.create_builder();
    let runtime = Runtime::new(cx, &builder);
    builder.position_at_end(entry);
    let did_run = builder.build_int_compare(IntPredicate::EQ, result, cx.const_i32(0), "did_run")?;
    builder.build_conditional_branch(did_run, ran, failed)?;
    builder.position_at_end(failed);
    let (message, length) = (parameter(function, 1).into_pointer_value(), parameter(function, 2));
    runtime.write(cx.const_i32(STANDARD_ERROR), message, length.into_int_value())?;
    runtime.abort()?;
    builder.build_unreachable()?;
    builder.position_at_end(ran);
    builder.build_return(None)?;
    Ok(function)
}

fn parameter<'ctx>(function: FunctionValue<'ctx>, index: u32) -> BasicValueEnum<'ctx> {
    function.get_nth_param(index).expect("the function has three parameters")
}
