//! What the runtime calls for a kernel: its entry, and the function that runs a range of a launch.

use super::Built;
use super::geometry::Geometry;
use super::item::{Item, argument_types};
use crate::entry::{export, unpack_slot};
use crate::kernels::Kernel;
use abi::launch::GEOMETRY_SLOTS;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::Builder;
use llvm_plugin::inkwell::context::ContextRef;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{BasicMetadataValueEnum, FunctionValue, IntValue};
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

/// ```c
/// void kernel(void *env, uint64_t grid_xy, uint64_t grid_z_block_x, uint64_t block_yz, slot...) {
///     kernel_range(0, number of units, geometry..., argument of slot...);
/// }
/// ```
pub(crate) fn emit_entry<'ctx>(
    module: &Module<'ctx>,
    kernel: &Kernel,
    range: FunctionValue<'ctx>,
    unit: Unit,
) -> Built<FunctionValue<'ctx>> {
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
    let units = count(&builder, &geometry, unit)?;
    let mut arguments: Vec<BasicMetadataValueEnum<'ctx>> = vec![slot.const_zero().into(), units.into()];
    arguments.extend(slots.iter().map(|slot| BasicMetadataValueEnum::from(*slot)));
    let types = range.get_params().into_iter().skip(FIRST_OF_KERNEL as usize);
    for (value, parameter) in values.iter().zip(types) {
        arguments.push(unpack_slot(&builder, *value, parameter.get_type())?);
    }
    builder.build_call(range, &arguments, "")?;
    builder.build_return(None)?;
    Ok(entry)
}

/// How many units a launch has. Nobody sees the end of one with 2^64.
fn count<'ctx>(builder: &Builder<'ctx>, geometry: &Geometry<'ctx>, unit: Unit) -> Built<IntValue<'ctx>> {
    let items = |axis: usize| geometry.extent(builder, axis);
    let product = |sizes: [IntValue<'ctx>; 3]| {
        let plane = builder.build_int_mul(sizes[0], sizes[1], "plane")?;
        builder.build_int_mul(plane, sizes[2], "all")
    };
    let all = product([items(0)?, items(1)?, items(2)?])?;
    if unit == Unit::Item {
        return Ok(all);
    }
    // Empty blocks are none.
    let none = builder.build_int_compare(IntPredicate::EQ, all, all.get_type().const_zero(), "none")?;
    let blocks = product(geometry.grid)?;
    Ok(builder.build_select(none, all, blocks, "blocks")?.into_int_value())
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
