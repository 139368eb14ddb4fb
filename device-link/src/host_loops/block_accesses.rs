//! Accesses of the memory of a block: one thread runs all items of it, so that nothing there need be atomic.

use super::flow::instructions;
use super::item::Place;
use crate::markers;
use abi::markers::Marker;
use llvm_plugin::access_group::AccessGroup;
use llvm_plugin::atomic::make_plain as make_access_plain;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, InstructionOpcode, InstructionValue};
use llvm_plugin::instruction::{as_global, as_instruction, call_site, operand, parameter_index};
use std::collections::HashSet;

/// Has no access in `item` be atomic whose address is known to be in the memory of the block. Returns whether items are
/// still independent between barriers: without atomic operations, nothing that one does there changes what another does.
pub(crate) fn make_plain(item: FunctionValue<'_>) -> bool {
    let known = find_addresses(item);
    let mut independent = true;
    for instruction in instructions(item) {
        let modifies = matches!(
            instruction.get_opcode(),
            InstructionOpcode::AtomicRMW | InstructionOpcode::AtomicCmpXchg
        );
        independent &= !modifies;
        if let Some(address) = address_of(instruction)
            && is_in_block(address, &known)
        {
            make_access_plain(instruction);
        }
    }
    independent
}

/// Puts the accesses of `function`, a stretch of items that are independent, into `group`: all of memory that isn't the
/// item's own, which has one place for all.
pub(crate) fn add_to_group<'ctx>(function: FunctionValue<'ctx>, group: AccessGroup<'ctx>) {
    for instruction in instructions(function) {
        let is_access =
            matches!(instruction.get_opcode(), InstructionOpcode::Load | InstructionOpcode::Store);
        if is_access && address_of(instruction).is_some_and(|address| is_given(address, LONGEST_ADDRESS)) {
            group.add(instruction);
        }
    }
}

/// The most instructions that are looked at from an address to where it comes from.
const LONGEST_ADDRESS: usize = 8;

/// Whether `address` is an offset from what a parameter points to, or is no address of a variable.
fn is_given(address: BasicValueEnum<'_>, depth: usize) -> bool {
    let Some(instruction) = as_instruction(address) else {
        return parameter_index(address).is_some()
            || address.is_pointer_value() && is_constant_number(address);
    };
    depth > 0 && bases(instruction).is_some_and(|bases| bases.iter().all(|base| is_given(*base, depth - 1)))
}

/// The address that slices without elements have is a number.
fn is_constant_number(address: BasicValueEnum<'_>) -> bool {
    let pointer = address.into_pointer_value();
    pointer.is_const() && as_global(pointer).is_none()
}

/// The address that `instruction` accesses, of those instructions that can be atomic.
fn address_of(instruction: InstructionValue<'_>) -> Option<BasicValueEnum<'_>> {
    match instruction.get_opcode() {
        InstructionOpcode::Load | InstructionOpcode::AtomicRMW | InstructionOpcode::AtomicCmpXchg => {
            operand(instruction, 0)
        }
        InstructionOpcode::Store => operand(instruction, 1),
        _ => None,
    }
}

/// The instructions that compute addresses in the memory of the block, on every way to them.
fn find_addresses<'ctx>(item: FunctionValue<'ctx>) -> HashSet<InstructionValue<'ctx>> {
    let all = instructions(item);
    let mut found: HashSet<_> =
        all.iter().copied().filter(|one| is_shared_memory(*one) || bases(*one).is_some()).collect();
    loop {
        let wrong = |one: &&InstructionValue<'ctx>| {
            let bases = if is_shared_memory(**one) { None } else { bases(**one) };
            bases.is_some_and(|bases| !bases.iter().all(|base| is_in_block(*base, &found)))
        };
        let wrong: Vec<_> = found.iter().filter(wrong).copied().collect();
        if wrong.is_empty() {
            return found;
        }
        found.retain(|one| !wrong.contains(one));
    }
}

fn is_in_block(address: BasicValueEnum<'_>, known: &HashSet<InstructionValue<'_>>) -> bool {
    match as_instruction(address) {
        Some(instruction) => known.contains(&instruction),
        None => {
            let of_block = [Place::Shared, Place::Dynamic, Place::Kept, Place::Variables];
            parameter_index(address)
                .is_some_and(|index| of_block.iter().any(|place| *place as usize == index))
        }
    }
}

/// What the address that `instruction` computes is an offset from, or one of.
fn bases<'ctx>(instruction: InstructionValue<'ctx>) -> Option<Vec<BasicValueEnum<'ctx>>> {
    let operands: &[u32] = match instruction.get_opcode() {
        InstructionOpcode::GetElementPtr => &[0],
        InstructionOpcode::Select => &[1, 2],
        InstructionOpcode::Phi => &[],
        _ => return None,
    };
    let all = 0..instruction.get_num_operands();
    let wanted = all.filter(|index| operands.is_empty() || operands.contains(index));
    let bases: Option<Vec<_>> = wanted.map(|index| operand(instruction, index)).collect();
    bases.filter(|bases| bases.iter().all(|base| base.is_pointer_value()))
}

/// Whether `instruction` asks for static shared memory.
fn is_shared_memory(instruction: InstructionValue<'_>) -> bool {
    let callee = call_site(instruction).and_then(|call| call.get_called_fn_value());
    callee.and_then(markers::of) == Some(Marker::StaticShared)
}
