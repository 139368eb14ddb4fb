//! One launch: the call of the plan becomes the runtime's, and itself the fallback.

use crate::cx::Cx;
use crate::entry_block::EntryBlock;
use crate::entry_point::Runtime;
use crate::ir_struct::{HostStruct, KernelArgs, kind};
use crate::map_arrays::{self, MapArrays};
use crate::regions::{Guard, Regions};
use crate::resolve::Launch;
use crate::{Error, source_ident};
use abi::launch::{FALLBACK_ATTRIBUTE, LaunchOptions, status};
use inkwell::IntPredicate;
use inkwell::attributes::AttributeLoc;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::{Builder, BuilderError};
use inkwell::values::{
    AnyValue, BasicValue, BasicValueEnum, FunctionValue, InstructionOpcode, InstructionValue, IntValue,
    PointerValue,
};
use llvm_plugin::{control_flow, instruction, module};

/// ```c
/// struct __tgt_kernel_arguments args;   // and the arrays: at the top of the function
/// ...
/// args = (struct __tgt_kernel_arguments){ 3, N, base_pointers, pointers, sizes, map_types, names, ... };
/// int result = __tgt_target_kernel(&ident, device, grid.x, block.x, &kernel_id, &args);
/// status = result == 0 ? 0 : the original call;   // `: 2` under REQUIRED
/// ```
///
/// All of it but the memory stands behind `if (&region)` where the program may not have the kernel.
pub(crate) fn emit_launch<'ctx>(
    cx: &Cx<'_, 'ctx>,
    regions: &Regions<'_, 'ctx>,
    launch: &Launch<'_, 'ctx>,
) -> Result<(), Error> {
    let function = function_of(launch.instruction);
    let guard = regions.emit_guard(cx, launch.kernel, launch.instruction)?;
    // Behind the guard, which moves instructions out of the entry block.
    let entry = EntryBlock::of(cx, function);
    let builder = cx.context.create_builder();
    builder.position_before(&launch.instruction);

    let kernel_args = entry.alloca(KernelArgs::llvm_type(cx), "launch.args")?;
    let arrays = map_arrays::emit_map_arrays(cx, &entry, &builder, launch)?;
    kernel_arguments(cx, launch, &arrays).store(cx, &builder, kernel_args)?;
    let result = emit_call(cx, &entry, &builder, regions, (launch, kernel_args))?;
    let on_device =
        builder.build_int_compare(IntPredicate::EQ, result, cx.const_i32(0), "launch.on_device")?;
    if launch.options.contains(LaunchOptions::REQUIRED) {
        replace_call(cx, &builder, launch, on_device, guard.as_ref())
    } else {
        let fallback = keep_as_fallback(cx, &builder, launch.instruction, on_device)?;
        guard.map_or(Ok(()), |guard| Ok(guard.close(cx, fallback)?))
    }
}

fn function_of(instruction: InstructionValue<'_>) -> FunctionValue<'_> {
    instruction.get_parent().and_then(|block| block.get_parent()).expect("a launch stands in a function")
}

fn kernel_arguments<'ctx>(
    cx: &Cx<'_, 'ctx>,
    launch: &Launch<'_, 'ctx>,
    arrays: &MapArrays<'ctx>,
) -> KernelArgs<'ctx> {
    let no_wait = launch.options.contains(LaunchOptions::NO_WAIT);
    KernelArgs {
        version: kind::u32(cx.const_i32(abi::KERNEL_ARGS_VERSION)),
        arg_count: kind::u32(cx.const_i32(arrays.count)),
        base_pointers: kind::Ptr(arrays.base_pointers),
        pointers: kind::Ptr(arrays.pointers),
        sizes: kind::Ptr(arrays.sizes),
        map_types: kind::Ptr(arrays.map_types),
        names: kind::Ptr(arrays.names),
        mappers: kind::Ptr(cx.null()),
        trip_count: kind::u64(cx.const_i64(0)),
        flags: kind::u64(cx.const_i64(if no_wait { abi::KERNEL_ARGS_NO_WAIT } else { 0 })),
        teams: kind::Dims(launch.grid),
        threads: kind::Dims(launch.block),
        dynamic_shared_bytes: kind::u32(launch.shared_bytes),
    }
}

/// The one runtime call, with the registration around it where that is per call site.
fn emit_call<'ctx>(
    cx: &Cx<'_, 'ctx>,
    entry: &EntryBlock<'ctx>,
    builder: &Builder<'ctx>,
    regions: &Regions<'_, 'ctx>,
    (launch, kernel_args): (&Launch<'_, 'ctx>, PointerValue<'ctx>),
) -> Result<IntValue<'ctx>, BuilderError> {
    let ident = source_ident::emit_ident(cx, launch.location).as_pointer_value();
    let around = match regions {
        Regions::Here(registered) => registered.emit_register_here(cx, entry, builder)?,
        Regions::InProgram(_) => None,
    };
    let runtime = match regions.emit_launcher(cx, builder, launch.kernel)? {
        Some(launcher) => Runtime::through(cx, builder, launcher),
        None => Runtime::new(cx, builder),
    };
    let result = runtime.target_kernel(
        ident,
        launch.device,
        launch.grid[0],
        launch.block[0],
        regions.region_id(cx, launch.kernel),
        kernel_args,
    )?;
    if let Some(bin_desc) = around {
        runtime.unregister_lib(bin_desc)?;
    }
    Ok(result.as_any_value_enum().into_int_value())
}

/// `on_device ? 0 : 2` in place of the call, which goes, with the kernel's declaration if nothing else needs it;
/// 2 as well where the program has no such kernel.
fn replace_call<'ctx>(
    cx: &Cx<'_, 'ctx>,
    builder: &Builder<'ctx>,
    launch: &Launch<'_, 'ctx>,
    on_device: IntValue<'ctx>,
    guard: Option<&Guard<'ctx>>,
) -> Result<(), Error> {
    let (ran, none) = (status::DEVICE, status::NO_DEVICE);
    let status = builder.build_select(
        on_device,
        cx.i32.const_int(ran, false),
        cx.i32.const_int(none, false),
        "launch.status",
    )?;
    let kernel = instruction::argument(launch.call, 0).and_then(instruction::as_function);
    let call = match launch.instruction.get_opcode() {
        InstructionOpcode::Invoke => control_flow::invoke_to_call(launch.instruction),
        _ => launch.instruction,
    };
    let status = match guard {
        Some(guard) => join_guarded(cx, call, status, guard)?,
        None => status,
    };
    instruction::replace_uses(call, status);
    call.erase_from_basic_block();
    if let Some(kernel) = kernel
        && kernel.count_basic_blocks() == 0
        && instruction::uses_of(kernel).is_empty()
    {
        module::delete_function(kernel);
    }
    Ok(())
}

/// ```text
/// before:  ...  br i1 %launch.has_kernel, label %launch.device, label %launch.done
/// device:  ...  %device_status = ...
/// done:    %launch.status = phi i32 [ %device_status, %device ], [ 2, %before ]
/// ```
fn join_guarded<'ctx>(
    cx: &Cx<'_, 'ctx>,
    call: InstructionValue<'ctx>,
    device_status: BasicValueEnum<'ctx>,
    guard: &Guard<'ctx>,
) -> Result<BasicValueEnum<'ctx>, Error> {
    let device = call.get_parent().expect("a launch stands in a block");
    let done = control_flow::split_block(call, "launch.done");
    guard.close(cx, done)?;
    let builder = cx.context.create_builder();
    builder.position_before(&call);
    let joined = builder.build_phi(cx.i32, "launch.status")?;
    let none = cx.i32.const_int(status::NO_DEVICE, false);
    joined.add_incoming(&[(&device_status as &dyn BasicValue<'ctx>, device), (&none, guard.before())]);
    Ok(joined.as_basic_value())
}

/// ```text
/// before:    ...  br i1 %launch.on_device, label %launch.done, label %launch.fallback
/// fallback:  %call = call|invoke i32 @__outboard_launch_N(...) #fallback      to launch.done
/// done:      %launch.status = phi i32 [ 0, %before ], [ %call, %fallback ]
/// ```
fn keep_as_fallback<'ctx>(
    cx: &Cx<'_, 'ctx>,
    builder: &Builder<'ctx>,
    call: InstructionValue<'ctx>,
    on_device: IntValue<'ctx>,
) -> Result<BasicBlock<'ctx>, Error> {
    let site = instruction::call_site(call).expect("a launch is a call");
    site.add_attribute(AttributeLoc::Function, cx.context.create_string_attribute(FALLBACK_ATTRIBUTE, ""));

    let before = call.get_parent().expect("a launch stands in a block");
    let fallback = control_flow::split_block(call, "launch.fallback");
    let done = match call.get_opcode() {
        InstructionOpcode::Invoke => {
            let normal = control_flow::normal_destination(call);
            let done = cx.context.insert_basic_block_after(fallback, "launch.done");
            control_flow::set_normal_destination(call, done);
            control_flow::replace_phi_predecessor(normal, fallback, done);
            builder.position_at_end(done);
            builder.build_unconditional_branch(normal)?;
            done
        }
        _ => {
            let next = call.get_next_instruction().expect("a call does not end a block");
            control_flow::split_block(next, "launch.done")
        }
    };
    let branch = before.get_terminator().expect("split_block leaves a branch");
    builder.position_before(&branch);
    builder.build_conditional_branch(on_device, done, fallback)?;
    branch.erase_from_basic_block();

    builder.position_before(&done.get_first_instruction().expect("a block has a terminator"));
    let status = builder.build_phi(cx.i32, "launch.status")?;
    // Before the phi uses the call itself.
    instruction::replace_uses(call, status.as_basic_value());
    let ran = cx.i32.const_int(status::DEVICE, false);
    let fallback_status = instruction::value(call).expect("a launch returns i32");
    status.add_incoming(&[(&ran, before), (&fallback_status as &dyn BasicValue<'ctx>, fallback)]);
    Ok(fallback)
}
