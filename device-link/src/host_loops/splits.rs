//! Branches that the items of a row take one way up to some item, and the other way from there on; or one item alone.

use super::checks::{Over, Requirement, Search, Shape, is_signed, swapped};
use super::flow::{Flow, Kind, instructions};
use llvm_plugin::control_flow::successors;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, InstructionOpcode};
use llvm_plugin::instruction::operand;

/// A branch on how something that grows by 1 from item to item compares with something that is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split<'ctx> {
    /// The instruction, by its number in the function.
    pub(crate) branch: usize,
    pub(crate) grown: BasicValueEnum<'ctx>,
    /// When the condition is true.
    pub(crate) predicate: IntPredicate,
    pub(crate) limit: BasicValueEnum<'ctx>,
    /// Where it is, and where it leads to if the condition is true, and if it isn't.
    blocks: [usize; 3],
}

/// The items of a row for which the condition of a split has some value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part<'ctx> {
    pub(crate) split: Split<'ctx>,
    pub(crate) value: bool,
}

/// The splits of `function`, whose blocks and instructions are `flow`, and what has to hold for each in a row.
pub(crate) fn find<'ctx>(
    function: FunctionValue<'ctx>,
    flow: &Flow,
) -> Vec<(Split<'ctx>, Vec<Requirement<'ctx>>)> {
    let (all, blocks) = (instructions(function), function.get_basic_blocks());
    let search = Search { over: Over::Row, flow, all: &all };
    let mut found = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let branch = flow.terminator(number);
        let ways: Vec<_> = successors(*block)
            .iter()
            .filter_map(|way| blocks.iter().position(|known| known == way))
            .collect();
        let [then, other] = ways.as_slice() else { continue };
        let condition = operand(all[branch], 0).and_then(|condition| search.number(condition));
        let Some(comparison) = condition
            .map(|index| all[index])
            .filter(|_| then != other && all[branch].get_opcode() == InstructionOpcode::Br)
        else {
            continue;
        };
        let (Some(a), Some(b), Some(predicate)) =
            (operand(comparison, 0), operand(comparison, 1), comparison.get_icmp_predicate())
        else {
            continue;
        };
        let mut needed = Vec::new();
        let (grown, predicate, limit) = match (search.growth(a, &mut needed), search.growth(b, &mut needed)) {
            (Some(Shape::ByOne), Some(Shape::Same)) => (a, predicate, b),
            (Some(Shape::Same), Some(Shape::ByOne)) => (b, swapped(predicate), a),
            _ => continue,
        };
        let split = Split { branch, grown, predicate, limit, blocks: [number, *then, *other] };
        if !split.is_point() {
            needed.push(Requirement::Grows { grown, signed: is_signed(predicate) });
        }
        found.push((split, needed));
    }
    found
}

impl<'ctx> Split<'ctx> {
    /// Whether one item alone is apart from all others.
    pub(crate) fn is_point(&self) -> bool {
        matches!(self.predicate, IntPredicate::EQ | IntPredicate::NE)
    }

    /// The value of the condition for items below the point where it changes; where one item is apart, for all others.
    pub(crate) fn below(&self) -> bool {
        use IntPredicate as P;
        matches!(self.predicate, P::ULT | P::ULE | P::SLT | P::SLE | P::NE)
    }

    /// How what grows compares with the limit below that point, and whether the item that is at the limit is below.
    pub(crate) fn before(&self) -> (IntPredicate, bool) {
        use IntPredicate as P;
        match self.predicate {
            P::ULT | P::UGE => (P::ULT, false),
            P::SLT | P::SGE => (P::SLT, false),
            P::SLE | P::SGT => (P::SLE, true),
            P::ULE | P::UGT | P::EQ | P::NE => (P::ULE, true),
        }
    }

    /// Whether only items come to `block` for which the condition has one value: then which.
    pub(super) fn leads_to(&self, flow: &Flow, block: usize) -> Option<bool> {
        let [own, then, other] = self.blocks;
        let without = |way: usize| {
            let edges = |at: usize| {
                let next = flow.blocks[at].successors.iter().copied();
                next.filter(|next| at != own || *next != way).collect::<Vec<_>>()
            };
            flow.reach(&[0], edges)[block]
        };
        match (without(then), without(other)) {
            (false, true) => Some(true),
            (true, false) => Some(false),
            _ => None,
        }
    }

    /// Whether something other than the status of an item depends on which way it came.
    pub(crate) fn merges_values(&self, flow: &Flow) -> bool {
        let [_, then, other] = self.blocks;
        let reached = |from: usize| flow.reach(&[from], |block| flow.blocks[block].successors.clone());
        let (then, other) = (reached(then), reached(other));
        let used = |phi: usize| {
            flow.values.iter().any(|value| {
                value.kind != Kind::Terminator
                    && value.operands.iter().any(|operand| operand.value() == Some(phi))
            })
        };
        (0..flow.values.len()).any(|index| {
            let value = &flow.values[index];
            value.kind == Kind::Phi && then[value.block] && other[value.block] && used(index)
        })
    }
}

/// The part of a row whose items alone come to `block`, if one of `splits` tells.
pub(crate) fn part_of<'ctx>(flow: &Flow, splits: &[Split<'ctx>], block: usize) -> Option<Part<'ctx>> {
    let part = |split: &Split<'ctx>| Some(Part { split: *split, value: split.leads_to(flow, block)? });
    splits.iter().filter_map(part).next_back()
}
