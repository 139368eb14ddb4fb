//! What the runtime calls for a kernel: its entry, and the function that runs a range of a launch.

use super::Built;
use super::geometry::Geometry;
use super::item::{Item, argument_types};
use super::loops::function_of;
use crate::entry::{export, unpack_slot};
use crate::kernels::Kernel;
use abi::launch::GEOMETRY_SLOTS;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::context::ContextRef;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::{BasicTypeEnum, StructType};
use llvm_plugin::inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, FunctionValue, IntValue};
use llvm_plugin::inkwell::{AddressSpace, IntPredicate};
use offload_binary::Slot;

/// Behind a range's begin and end.
const FIRST_GEOMETRY: u32 = 2;
pub(crate) const FIRST_OF_KERNEL: u32 = FIRST_GEOMETRY + GEOMETRY_SLOTS as u32;

/// What a range of a launch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Items, whatever block they are in.
    Item,
    /// Blocks.
    Block,
}

/// How many instructions of all items together are worth other threads: some ten times of what starting them takes.
const WORTH_SHARING: u64 = 1 << 18;

/// Items that stay together, so that no two threads write to one cache line.
const GRAIN: u64 = 64;

/// What runs a launch.
pub(crate) struct Launch<'ctx> {
    pub(crate) range: FunctionValue<'ctx>,
    pub(crate) unit: Unit,
    /// About how many instructions an item is.
    pub(crate) weight: u64,
    /// What shares it out.
    pub(crate) share: FunctionValue<'ctx>,
}

/// ```c
/// void kernel(void *env, uint64_t grid_xy, uint64_t grid_z_block_x, uint64_t block_yz, slot...) {
///     if (number of items * weight < WORTH_SHARING)
///         kernel_range(0, number of units, geometry..., argument of slot...);
///     else
///         __outboard_share(kernel_task, &(struct context){geometry..., argument of slot...}, number of units, grain);
/// }
/// ```
pub(crate) fn emit_entry<'ctx>(module: &Module<'ctx>, kernel: &Kernel, launch: &Launch<'ctx>) -> Built<()> {
    let context = module.get_context();
    let (pointer, slot) = (context.ptr_type(AddressSpace::default()), context.i64_type());
    let mut parameters: Vec<BasicTypeEnum<'ctx>> = vec![pointer.into()];
    parameters.extend(std::iter::repeat_n(BasicTypeEnum::from(slot), GEOMETRY_SLOTS));
    parameters.extend(kernel.slots.iter().flatten().map(|kind| match kind {
        Slot::Pointer => BasicTypeEnum::from(pointer),
        Slot::Value => slot.into(),
    }));
    let parameters: Vec<_> = parameters.into_iter().map(Into::into).collect();
    let entry = module.add_function(&kernel.name, context.void_type().fn_type(&parameters, false), None);
    export(entry);
    entry.add_attribute(AttributeLoc::Function, attribute(context, "nounwind"));

    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(entry, "entry"));
    let values = entry.get_params();
    let (_, values) = values.split_at(1);
    let (slots, values) = values.split_at(GEOMETRY_SLOTS);
    let sizes: Vec<_> = slots.iter().map(|value| value.into_int_value()).collect();
    let geometry = Geometry::unpack(&builder, &sizes)?;
    let items = product(&builder, [0, 1, 2].map(|axis| geometry.extent(&builder, axis)))?;
    let units = match launch.unit {
        Unit::Item => items,
        // Empty blocks are none.
        Unit::Block => {
            let none = builder.build_int_compare(IntPredicate::EQ, items, slot.const_zero(), "none")?;
            let blocks = product(&builder, geometry.grid.map(Ok))?;
            builder.build_select(none, items, blocks, "blocks")?.into_int_value()
        }
    };
    let mut arguments: Vec<BasicValueEnum<'ctx>> = slots.to_vec();
    let types = launch.range.get_params().into_iter().skip(FIRST_OF_KERNEL as usize);
    for (value, parameter) in values.iter().zip(types) {
        arguments.push(unpack_slot(&builder, *value, parameter.get_type())?);
    }
    let weight = slot.const_int(launch.weight, false);
    let all = builder.build_int_mul(items, weight, "instructions")?;
    let worth = slot.const_int(WORTH_SHARING, false);
    let shared = builder.build_int_compare(IntPredicate::UGE, all, worth, "shared")?;
    let [alone, together, over] =
        ["alone", "together", "over"].map(|name| context.append_basic_block(entry, name));
    builder.build_conditional_branch(shared, together, alone)?;
    builder.position_at_end(alone);
    let own = [slot.const_zero(), units].map(BasicValueEnum::from);
    let all: Vec<_> = own.iter().chain(&arguments).map(|argument| (*argument).into()).collect();
    builder.build_call(launch.range, &all, "")?;
    builder.build_unconditional_branch(over)?;
    builder.position_at_end(together);
    share(module, &builder, launch, (units, &arguments))?;
    builder.build_unconditional_branch(over)?;
    builder.position_at_end(over);
    builder.build_return(None)?;
    Ok(())
}

/// Nobody sees the end of 2^64 of anything.
fn product<'ctx>(builder: &Builder<'ctx>, sizes: [Built<IntValue<'ctx>>; 3]) -> Built<IntValue<'ctx>> {
    let [x, y, z] = sizes;
    let plane = builder.build_int_mul(x?, y?, "plane")?;
    builder.build_int_mul(plane, z?, "all")
}

/// Writes down what a range takes, and has threads run parts of it.
fn share<'ctx>(
    module: &Module<'ctx>,
    builder: &Builder<'ctx>,
    launch: &Launch<'ctx>,
    (units, arguments): (IntValue<'ctx>, &[BasicValueEnum<'ctx>]),
) -> Built<()> {
    let context = module.get_context();
    let types: Vec<_> = arguments.iter().map(BasicValueEnum::get_type).collect();
    let kind = context.struct_type(&types, false);
    let entry = builder.get_insert_block().map(function_of).transpose()?;
    let first = entry.and_then(|entry| entry.get_first_basic_block()?.get_first_instruction());
    let allocator = context.create_builder();
    allocator.position_before(&first.ok_or(BuilderError::UnsetPosition)?);
    let memory = allocator.build_alloca(kind, "context")?;
    for (index, argument) in (0..).zip(arguments) {
        let field = builder.build_struct_gep(kind, memory, index, "field")?;
        builder.build_store(field, *argument)?;
    }
    let task = emit_task(module, launch.range, kind)?.as_global_value().as_pointer_value();
    let grain = units.get_type().const_int(if launch.unit == Unit::Item { GRAIN } else { 1 }, false);
    builder.build_call(launch.share, &[task.into(), memory.into(), units.into(), grain.into()], "")?;
    Ok(())
}

/// ```c
/// void kernel_task(uint64_t begin, uint64_t end, struct context *context) {
///     kernel_range(begin, end, context->...);
/// }
/// ```
fn emit_task<'ctx>(
    module: &Module<'ctx>,
    range: FunctionValue<'ctx>,
    kind: StructType<'ctx>,
) -> Built<FunctionValue<'ctx>> {
    let context = module.get_context();
    let (wide, pointer) = (context.i64_type().into(), context.ptr_type(AddressSpace::default()).into());
    let name = format!("{}.task", range.get_name().to_string_lossy());
    let task = module.add_function(&name, context.void_type().fn_type(&[wide, wide, pointer], false), None);
    task.set_linkage(Linkage::Internal);
    task.add_attribute(AttributeLoc::Function, attribute(context, "nounwind"));
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(task, "entry"));
    let parameters = task.get_params();
    let memory = parameters[2].into_pointer_value();
    let mut arguments: Vec<BasicMetadataValueEnum<'ctx>> = vec![parameters[0].into(), parameters[1].into()];
    for (index, field) in (0..).zip(kind.get_field_types_iter()) {
        let at = builder.build_struct_gep(kind, memory, index, "field")?;
        arguments.push(builder.build_load(field, at, "argument")?.into());
    }
    builder.build_call(range, &arguments, "")?;
    builder.build_return(None)?;
    Ok(task)
}

/// Declares `void kernel.range(begin, end, geometry slots..., parameter...)`, the builder standing in its first block.
pub(crate) fn declare_range<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
) -> Built<(FunctionValue<'ctx>, Builder<'ctx>, Geometry<'ctx>)> {
    let context = module.get_context();
    let wide = BasicTypeEnum::from(context.i64_type());
    let mut parameters = vec![wide; FIRST_OF_KERNEL as usize];
    parameters.extend(argument_types(item.function));
    let parameters: Vec<_> = parameters.into_iter().map(Into::into).collect();
    let name = range_name(&item.kernel);
    let function = module.add_function(&name, context.void_type().fn_type(&parameters, false), None);
    function.set_linkage(Linkage::Internal);
    for name in ["nounwind", "noinline"] {
        function.add_attribute(AttributeLoc::Function, attribute(context, name));
    }
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(function, "entry"));
    let slots = (FIRST_GEOMETRY..FIRST_OF_KERNEL).filter_map(|index| function.get_nth_param(index));
    let slots: Vec<_> = slots.map(|slot| slot.into_int_value()).collect();
    let geometry = Geometry::unpack(&builder, &slots)?;
    Ok((function, builder, geometry))
}

/// The function that runs a range of `kernel`.
pub(crate) fn range_name(kernel: &str) -> String {
    format!("{kernel}.range")
}

pub(crate) fn attribute(context: ContextRef<'_>, name: &str) -> Attribute {
    context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0)
}

pub(crate) fn number<'ctx>(function: FunctionValue<'ctx>, index: usize) -> IntValue<'ctx> {
    function.get_params()[index].into_int_value()
}
