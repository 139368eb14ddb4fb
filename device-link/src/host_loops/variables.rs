//! Local variables that are there across barriers: each item has its own in the block's memory.

use super::Built;
use super::flow::{Flow, instructions};
use super::item::Place;
use super::plan::live_at_barriers;
use llvm_plugin::inkwell::targets::TargetData;
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{FunctionValue, InstructionOpcode, InstructionValue};
use llvm_plugin::instruction::{byte_offset, call_site, operand, replace_uses, value};

/// The memory that an item needs for its variables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) bytes: u64,
    pub(crate) alignment: u64,
}

/// Moves what `item` has in local variables across barriers to the block's memory. None, where the size of one isn't
/// known.
pub(crate) fn keep<'ctx>(
    item: FunctionValue<'ctx>,
    flow: &Flow,
    layout: &TargetData,
) -> Built<Option<Memory>> {
    let all = instructions(item);
    let live = live_at_barriers(flow);
    let variables = live.into_iter().map(|index| all[index]);
    let mut sized = Vec::new();
    for variable in variables.filter(|variable| variable.get_opcode() == InstructionOpcode::Alloca) {
        let Some((size, alignment)) = size_of(variable, layout) else { return Ok(None) };
        sized.push((variable, size, alignment));
    }
    // The largest alignment first, so that every variable of every item is aligned.
    sized.sort_by_key(|(_, _, alignment)| std::cmp::Reverse(*alignment));
    let mut memory = Memory { bytes: 0, alignment: 1 };
    for (variable, size, alignment) in sized {
        move_to_memory(item, variable, memory.bytes, size)?;
        memory.bytes += size;
        memory.alignment = memory.alignment.max(alignment);
    }
    Ok(Some(memory))
}

/// Bytes, a multiple of the alignment, and the alignment.
fn size_of(variable: InstructionValue<'_>, layout: &TargetData) -> Option<(u64, u64)> {
    let kind: BasicTypeEnum<'_> = variable.get_allocated_type().ok()?;
    let count = operand(variable, 0)?.into_int_value().get_zero_extended_constant()?;
    let alignment = u64::from(variable.get_alignment().ok()?.max(layout.get_abi_alignment(&kind)));
    let size = layout.get_abi_size(&kind).checked_mul(count)?.checked_next_multiple_of(alignment)?;
    Some((size.max(alignment), alignment))
}

/// Variable `v` of item `i` is at `items * before + i * size`.
fn move_to_memory<'ctx>(
    item: FunctionValue<'ctx>,
    variable: InstructionValue<'ctx>,
    before: u64,
    size: u64,
) -> Built<()> {
    for instruction in instructions(item) {
        // They are of local variables alone.
        if is_lifetime(instruction) && operand(instruction, 0) == value(variable) {
            instruction.erase_from_basic_block();
        }
    }
    let builder = item.get_type().get_context().create_builder();
    builder.position_before(&variable);
    let place = |place: Place| item.get_params()[place as usize];
    let (items, index) = (place(Place::Items).into_int_value(), place(Place::Index).into_int_value());
    let number = |number: u64| items.get_type().const_int(number, false);
    let start = builder.build_int_nuw_mul(items, number(before), "start")?;
    let own = builder.build_int_nuw_mul(index, number(size), "own")?;
    let at = builder.build_int_nuw_add(start, own, "at")?;
    let address = byte_offset(&builder, place(Place::Variables).into_pointer_value(), at)?;
    replace_uses(variable, address.into());
    variable.erase_from_basic_block();
    Ok(())
}

fn is_lifetime(instruction: InstructionValue<'_>) -> bool {
    let callee = call_site(instruction).and_then(|call| call.get_called_fn_value());
    callee.is_some_and(|callee| callee.get_name().to_bytes().starts_with(b"llvm.lifetime."))
}
