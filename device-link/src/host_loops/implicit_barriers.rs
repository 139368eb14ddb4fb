//! Implicit barriers: loops that some items of a row can go through together, round by round, though no barrier of the
//! author's is there. Then a round of all of them is vector code, where a loop of each would not be.
//!
//! The rule: up to the last round items do nothing that others could see, so that they can start anew one by one; and
//! at least one of the loops hands on a floating-point number from round to round, whose operations may not be reordered.

use super::Built;
use super::flow::{Flow, Kind, instructions};
use super::item::symbol;
use super::plan::live_at_barriers;
use crate::optimize::is_hint;
use abi::markers::Marker;
use llvm_plugin::clone::clone_body;
use llvm_plugin::inkwell::AtomicOrdering;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::{FunctionValue, InstructionOpcode, InstructionValue};

/// A copy of `item` with a barrier at the start of each round of the loops that its items can go through together. None,
/// where there are no such loops.
pub(crate) fn insert<'ctx>(
    module: &Module<'ctx>,
    item: FunctionValue<'ctx>,
) -> Built<Option<FunctionValue<'ctx>>> {
    let flow = Flow::of(item);
    let headers = find(item, &flow);
    if headers.is_empty() {
        return Ok(None);
    }
    let context = module.get_context();
    let name = symbol(Marker::Barrier);
    let barrier = module
        .get_function(name)
        .unwrap_or_else(|| module.add_function(name, context.void_type().fn_type(&[], false), None));
    let copy =
        module.add_function(&format!("{}.rounds", item.get_name().to_string_lossy()), item.get_type(), None);
    clone_body(copy, item);
    copy.set_linkage(Linkage::Internal);
    let (blocks, builder) = (copy.get_basic_blocks(), context.create_builder());
    for header in headers {
        let mut instructions = blocks[header].get_instructions();
        let first = instructions.find(|instruction| instruction.get_opcode() != InstructionOpcode::Phi);
        if let Some(first) = first {
            builder.position_before(&first);
            builder.build_call(barrier, &[], "")?;
        }
    }
    // A variable in memory is the item's alone, and these have no place for it.
    let flow = Flow::of(copy);
    let all = instructions(copy);
    let is_variable = |value: usize| all[value].get_opcode() == InstructionOpcode::Alloca;
    if live_at_barriers(&flow).into_iter().any(is_variable) {
        llvm_plugin::module::delete_function(copy);
        return Ok(None);
    }
    Ok(Some(copy))
}

/// The blocks that the innermost loops of `item` start with, if items can go through all of them together.
pub(crate) fn find(item: FunctionValue<'_>, flow: &Flow) -> Vec<usize> {
    let all = instructions(item);
    let Some(loops) = innermost_loops(flow) else { return Vec::new() };
    let sums = |header: &usize| {
        let mut phis =
            flow.blocks[*header].values.clone().filter(|value| flow.values[*value].kind == Kind::Phi);
        phis.any(|phi| all[phi].get_type().is_float_type())
    };
    let starts = |block: usize| flow.blocks[block].predecessors.clone();
    let before = flow.reach(&loops, starts);
    let seen = |block: usize| {
        let mut values = flow.blocks[block].values.clone();
        before[block] && values.any(|value| flow.values[value].kind == Kind::Other && !is_unseen(all[value]))
    };
    let atomic = all.iter().any(|instruction| is_atomic(*instruction));
    if atomic || !loops.iter().any(sums) || (0..flow.blocks.len()).any(seen) {
        return Vec::new();
    }
    loops
}

/// Whether no other item can see what `instruction` does, nor what it reads changes.
fn is_unseen(instruction: InstructionValue<'_>) -> bool {
    match instruction.get_opcode() {
        InstructionOpcode::Load => instruction.get_volatile() == Ok(false),
        InstructionOpcode::Alloca => true,
        InstructionOpcode::Call => is_hint(instruction),
        _ => false,
    }
}

fn is_atomic(instruction: InstructionValue<'_>) -> bool {
    match instruction.get_opcode() {
        InstructionOpcode::AtomicRMW | InstructionOpcode::AtomicCmpXchg | InstructionOpcode::Fence => true,
        InstructionOpcode::Load | InstructionOpcode::Store => {
            instruction.get_atomic_ordering() != Ok(AtomicOrdering::NotAtomic)
        }
        _ => false,
    }
}

/// The first blocks of loops without loops in them, but for those that only panics come to. None, where control flow
/// goes around in another way than by loops.
fn innermost_loops(flow: &Flow) -> Option<Vec<usize>> {
    let count = flow.blocks.len();
    let from: Vec<_> =
        (0..count).map(|block| flow.reach(&[block], |block| flow.blocks[block].successors.clone())).collect();
    let dominates = |first: usize, then: usize| {
        let edges =
            |block: usize| if block == first { Vec::new() } else { flow.blocks[block].successors.clone() };
        first == then || !flow.reach(&[0], edges)[then]
    };
    let matters = |block: usize| (0..count).any(|end| from[block][end] && flow.blocks[end].is_end);
    let mut found: Vec<(usize, Vec<bool>)> = Vec::new();
    for latch in (0..count).filter(|block| from[0][*block] && matters(*block)) {
        for header in flow.blocks[latch].successors.iter().copied().filter(|next| from[*next][latch]) {
            if !dominates(header, latch) {
                continue;
            }
            let edges = |block: usize| {
                if block == header { Vec::new() } else { flow.blocks[block].predecessors.clone() }
            };
            found.push((header, flow.reach(&[latch], edges)));
        }
    }
    let headers: Vec<usize> = found.iter().map(|(header, _)| *header).collect();
    // Without the ways back to headers nothing goes around.
    let forward = |block: usize| {
        let next = flow.blocks[block].successors.iter().copied();
        next.filter(|next| !(headers.contains(next) && dominates(*next, block))).collect::<Vec<_>>()
    };
    if (0..count).any(|block| matters(block) && flow.reach(&forward(block), forward)[block]) {
        return None;
    }
    let is_innermost = |(header, blocks): &&(usize, Vec<bool>)| {
        headers.iter().all(|other| other == header || !blocks[*other])
    };
    let mut innermost: Vec<usize> = found.iter().filter(is_innermost).map(|(header, _)| *header).collect();
    innermost.sort_unstable();
    innermost.dedup();
    Some(innermost)
}
