//! The item function of a kernel: its body for one work item, with everything inlined that asks where the item is or
//! meets others. What it asks are parameters.

use super::Built;
use crate::entry::call_like;
use crate::markers;
use abi::markers::{ALL, Marker, Type};
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::context::ContextRef;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::types::{BasicMetadataTypeEnum, BasicTypeEnum};
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, InstructionValue};
use llvm_plugin::instruction::{FunctionUse, replace_uses, uses_of};

/// What an item function returns when the item has come to its end. What stands for its barriers follows.
pub(crate) const ENDED: u32 = 0;
/// What it returns when the item panicked.
pub(crate) const PANICKED: u32 = 1 << 31;

/// The positions among its parameters.
pub(crate) const POSITIONS: usize = 15;

/// Parameters behind the positions: the block's memory, and what in it is the item's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `i64`: which of the block's items it is, x fastest.
    Index = POSITIONS as isize,
    /// `i64`: how many the block has.
    Items,
    /// The block's static shared memory.
    Shared,
    /// Its dynamic shared memory.
    Dynamic,
    /// What is kept across barriers of values that its items don't have in common.
    Kept,
    /// Local variables that are there across barriers.
    Variables,
}

/// Behind those stand the kernel's own parameters.
pub(crate) const FIRST_ARGUMENT: usize = Place::Variables as usize + 1;

/// The item function of a kernel.
pub(crate) struct Item<'ctx> {
    pub(crate) kernel: String,
    pub(crate) function: FunctionValue<'ctx>,
    /// What the author wrote. Gone as soon as it is inlined.
    pub(crate) body: FunctionValue<'ctx>,
}

impl Item<'_> {
    /// Its function's.
    pub(crate) fn symbol(&self) -> String {
        self.function.get_name().to_string_lossy().into_owned()
    }
}

/// The position that parameter `index` is.
pub(crate) fn position(index: usize) -> Option<Marker> {
    let axis = index % 3;
    Some(match index / 3 {
        0 => Marker::GlobalId(axis),
        1 => Marker::ThreadId(axis),
        2 => Marker::BlockId(axis),
        3 => Marker::BlockSize(axis),
        4 => Marker::GridSize(axis),
        _ => return None,
    })
}

/// Whether the items of a block have different arguments for parameter `index`.
pub(crate) fn differs(index: usize) -> bool {
    let of_item = matches!(position(index), Some(Marker::GlobalId(_) | Marker::ThreadId(_)));
    of_item || index == Place::Index as usize
}

/// Along which axis the argument for parameter `index` grows by 1 from one item to the next; that which counts the items
/// of a block does so along rows.
pub(crate) fn axis(index: usize) -> Option<usize> {
    match position(index) {
        Some(Marker::GlobalId(axis) | Marker::ThreadId(axis)) => Some(axis),
        _ => (index == Place::Index as usize).then_some(0),
    }
}

/// The types of an item function's parameters that no kernel gives.
pub(crate) fn own_parameters<'ctx>(context: ContextRef<'ctx>) -> Vec<BasicMetadataTypeEnum<'ctx>> {
    let (narrow, wide) = (context.i32_type().into(), context.i64_type().into());
    let pointer = context.ptr_type(AddressSpace::default()).into();
    let positions = (0..POSITIONS).filter_map(position).map(|marker| match marker.signature().result {
        Some(Type::I64) => wide,
        _ => narrow,
    });
    positions.chain([wide, wide, pointer, pointer, pointer, pointer]).collect()
}

/// ```c
/// uint32_t kernel_item(positions..., places..., parameter...) {
///     body(parameter...);
///     return ENDED;
/// }
/// ```
pub(crate) fn emit<'ctx>(
    module: &Module<'ctx>,
    kernel: &str,
    body: FunctionValue<'ctx>,
) -> Built<Item<'ctx>> {
    let context = module.get_context();
    body.as_global_value().set_name(&format!("{kernel}.body"));
    let mut parameters = own_parameters(context);
    parameters.extend(body.get_type().get_param_types());
    let status = context.i32_type();
    let function = module.add_function(&format!("{kernel}.item"), status.fn_type(&parameters, false), None);
    let nounwind = Attribute::get_named_enum_kind_id("nounwind");
    function.add_attribute(AttributeLoc::Function, context.create_enum_attribute(nounwind, 0));
    for index in 0..body.count_params() {
        copy_facts(body, function, index);
    }
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(function, "entry"));
    let arguments: Vec<_> = function.get_param_iter().skip(FIRST_ARGUMENT).map(Into::into).collect();
    call_like(&builder, body, &arguments)?;
    builder.build_return(Some(&status.const_int(ENDED.into(), false)))?;
    Ok(Item { kernel: kernel.to_owned(), function, body })
}

/// What is known of a parameter of the body is known of the one that it gets.
fn copy_facts(body: FunctionValue<'_>, item: FunctionValue<'_>, index: u32) {
    let to = AttributeLoc::Param(index + FIRST_ARGUMENT as u32);
    for name in ["align", "dereferenceable", "nonnull", "noundef"] {
        let kind = Attribute::get_named_enum_kind_id(name);
        if let Some(attribute) = body.get_enum_attribute(AttributeLoc::Param(index), kind) {
            item.add_attribute(to, attribute);
        }
    }
}

/// Answers what `item` asks of where it is, and gives it the dynamic shared memory.
pub(crate) fn answer<'ctx>(module: &Module<'ctx>, item: &Item<'ctx>) -> Built<()> {
    let builder = module.get_context().create_builder();
    for function in module.get_functions() {
        let Some(marker) = markers::of(function) else { continue };
        let known = parameter_of(marker).and_then(|index| item.function.get_nth_param(index as u32));
        if known.is_none() && !matches!(marker, Marker::Item(_)) {
            continue;
        }
        for call in calls_in(item.function, function) {
            builder.position_before(&call);
            let answer = match (known, marker) {
                (None, Marker::Item(axis)) => Some(block_and_thread(&builder, item.function, axis)?),
                (known, _) => known,
            };
            if let Some(answer) = answer
                && llvm_plugin::instruction::value(call).is_some()
            {
                replace_uses(call, answer);
            }
            call.erase_from_basic_block();
        }
    }
    Ok(())
}

/// The block, and in the high half the thread.
fn block_and_thread<'ctx>(
    builder: &Builder<'ctx>,
    item: FunctionValue<'ctx>,
    axis: usize,
) -> Built<BasicValueEnum<'ctx>> {
    let wide = item.get_type().get_context().i64_type();
    let position = |marker: Marker| {
        let parameter = parameter_of(marker).and_then(|index| item.get_nth_param(index as u32));
        let position = parameter.ok_or(BuilderError::UnsetPosition)?.into_int_value();
        builder.build_int_z_extend(position, wide, "position")
    };
    let (block, thread) = (position(Marker::BlockId(axis))?, position(Marker::ThreadId(axis))?);
    let high = builder.build_left_shift(thread, wide.const_int(32, false), "high")?;
    Ok(builder.build_or(block, high, "item")?.into())
}

/// Functions that aren't inlined don't know the item that they report.
pub(crate) fn forget(module: &Module<'_>) {
    for function in module.get_functions().filter(|function| markers::item_of(*function).is_some()) {
        for used in uses_of(function) {
            let FunctionUse::Callee(call) = used else { continue };
            replace_uses(call, module.get_context().i64_type().const_all_ones().into());
            call.erase_from_basic_block();
        }
    }
}

fn parameter_of(marker: Marker) -> Option<usize> {
    if marker == Marker::DynamicShared {
        return Some(Place::Dynamic as usize);
    }
    (0..POSITIONS).find(|index| position(*index) == Some(marker))
}

/// The calls of `callee` in `function`.
pub(crate) fn calls_in<'ctx>(
    function: FunctionValue<'ctx>,
    callee: FunctionValue<'ctx>,
) -> Vec<InstructionValue<'ctx>> {
    let inside = |call: &InstructionValue<'ctx>| {
        call.get_parent().and_then(|block| block.get_parent()) == Some(function)
    };
    let calls = uses_of(callee).into_iter().filter_map(|used| match used {
        FunctionUse::Callee(call) => Some(call),
        FunctionUse::Operand(_) | FunctionUse::Constant | FunctionUse::Kept => None,
    });
    calls.filter(inside).collect()
}

/// Has the item end where it panics, the record being written.
/// ```c
/// leave_kernel();                  end_item();
///                     becomes     return PANICKED;
/// ```
pub(crate) fn end_at_panics<'ctx>(
    item: FunctionValue<'ctx>,
    leave_kernel: FunctionValue<'ctx>,
    end_item: FunctionValue<'ctx>,
) -> Built<()> {
    let context = item.get_type().get_context();
    let builder = context.create_builder();
    for call in calls_in(item, leave_kernel) {
        builder.position_before(&call);
        builder.build_call(end_item, &[], "")?;
        builder.build_return(Some(&context.i32_type().const_int(PANICKED.into(), false)))?;
        let mut rest = Some(call);
        while let Some(instruction) = rest {
            rest = instruction.get_next_instruction();
            instruction.erase_from_basic_block();
        }
    }
    Ok(())
}

/// The symbol of `marker`.
pub(crate) fn symbol(marker: Marker) -> &'static str {
    ALL.iter().find(|(_, known)| *known == marker).map_or("", |(symbol, _)| symbol)
}

/// The types that arguments have in calls of a function.
pub(crate) fn argument_types<'ctx>(item: FunctionValue<'ctx>) -> Vec<BasicTypeEnum<'ctx>> {
    item.get_param_iter().skip(FIRST_ARGUMENT).map(|parameter| parameter.get_type()).collect()
}
