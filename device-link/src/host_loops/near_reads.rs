//! Where items read in a round: what vectors of a row's items load at once, or as one number for all.

use super::checks::{DEEPEST, Over, Search, Shape};
use super::flow::{Flow, instructions};
use super::item::Place;
use llvm_plugin::inkwell::targets::TargetData;
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, InstructionOpcode};
use llvm_plugin::instruction::{as_instruction, operand, parameter_index};

/// Whether what `function` reads of memory that isn't the item's own is the same for a row, or lies side by side: vectors
/// of anything else are gathered, which is no faster.
pub(crate) fn is_near(function: FunctionValue<'_>, layout: &TargetData) -> bool {
    let flow = Flow::of(function);
    let all = instructions(function);
    let search = Search { over: Over::Row, flow: &flow, all: &all };
    all.iter().filter(|one| one.get_opcode() == InstructionOpcode::Load).all(|load| {
        let Some(address) = operand(*load, 0) else { return false };
        let bytes = BasicTypeEnum::try_from(load.get_type()).map(|kind| layout.get_abi_size(&kind));
        match distance(&search, address, layout) {
            Some(Distance::Own | Distance::None) => true,
            Some(Distance::Bytes(distance)) => Ok(distance) == bytes,
            None => false,
        }
    })
}

/// How far what an item reads is from what the item before it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Distance {
    /// They read the same.
    None,
    Bytes(u64),
    /// What is kept for each: side by side.
    Own,
}

fn is_kept(address: BasicValueEnum<'_>) -> bool {
    let mut base = address;
    while let Some(step) =
        as_instruction(base).filter(|one| one.get_opcode() == InstructionOpcode::GetElementPtr)
        && let Some(next) = operand(step, 0)
    {
        base = next;
    }
    parameter_index(base) == Some(Place::Kept as usize)
}

fn distance<'ctx>(
    search: &Search<'_, 'ctx>,
    address: BasicValueEnum<'ctx>,
    layout: &TargetData,
) -> Option<Distance> {
    if is_kept(address) {
        return Some(Distance::Own);
    }
    if search.shape(address, &mut Vec::new(), DEEPEST) == Some(Shape::Same) {
        return Some(Distance::None);
    }
    let step = as_instruction(address).filter(|one| one.get_opcode() == InstructionOpcode::GetElementPtr)?;
    let base = distance(search, operand(step, 0)?, layout)?;
    let indices =
        (1..step.get_num_operands()).map(|index| search.growth(operand(step, index)?, &mut Vec::new()));
    let indices = indices.collect::<Option<Vec<_>>>()?;
    if indices.iter().all(|shape| *shape == Shape::Same) {
        return Some(base);
    }
    let element = layout.get_abi_size(&step.get_gep_source_element_type().ok()?);
    (base == Distance::None && indices == [Shape::ByOne]).then_some(Distance::Bytes(element))
}
