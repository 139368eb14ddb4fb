//! Conditions that keep an item from leaving its work, such as bounds checks: which of them hold for all items of a row,
//! if they hold for its first and its last.
//!
//! A row is items that differ in their x alone. A condition qualifies that compares something that grows with x, and
//! doesn't wrap around on the way, with something that is the same for the whole row. Then so is what is between.

use super::flow::{Flow, Kind, instructions};
use super::item::{PANICKED, Place, axis};
use super::splits::Part;
use llvm_plugin::control_flow::successors;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, InstructionOpcode, InstructionValue};
use llvm_plugin::instruction::operand;

/// The longest expression that is looked at.
pub(super) const DEEPEST: usize = 16;

/// Which items conditions are to hold for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// Items that differ in x alone.
    Row,
    /// All items of a block.
    Block,
}

/// What has to hold for a row, or for a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Requirement<'ctx> {
    /// The same for the whole row: has to be this.
    Is { condition: BasicValueEnum<'ctx>, wanted: bool },
    /// What grows compares so with what doesn't.
    Compares { grown: BasicValueEnum<'ctx>, predicate: IntPredicate, limit: BasicValueEnum<'ctx> },
    /// What grows doesn't wrap around.
    Grows { grown: BasicValueEnum<'ctx>, signed: bool },
    /// What x is multiplied by is small enough for the product of any row to fit.
    Small { factor: BasicValueEnum<'ctx> },
}

/// A branch that all items of a row take the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check<'ctx> {
    /// The instruction, by its number in the function.
    pub(crate) branch: usize,
    /// The value of its condition for items that stay.
    pub(crate) stays: bool,
    pub(crate) requirements: Vec<Requirement<'ctx>>,
    /// The items that come to the branch; where there is no part, all of the row.
    pub(crate) within: Option<Part<'ctx>>,
}

/// The checks of `function`, whose blocks and instructions are `flow`.
pub(crate) fn find<'ctx>(function: FunctionValue<'ctx>, flow: &Flow) -> Vec<Check<'ctx>> {
    let (all, blocks) = (instructions(function), function.get_basic_blocks());
    let search = Search { over: Over::Row, flow, all: &all };
    let mut checks = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let branch = flow.terminator(number);
        let ways = successors(*block);
        let [then, other] = ways.as_slice() else { continue };
        let index = |block| blocks.iter().position(|known| known == block);
        let (Some(then), Some(other)) = (index(then), index(other)) else { continue };
        let leaving = [then, other].map(|way| search.leaves(way));
        if leaving[0] == leaving[1] {
            continue;
        }
        let left = if leaving[0] { then } else { other };
        // Where all items return together, that is no exception.
        let is_common = |check: &Check<'_>| {
            !search.panics(left) && check.requirements.iter().all(|one| matches!(one, Requirement::Is { .. }))
        };
        checks.extend(search.check(branch, leaving[1]).filter(|check| !is_common(check)));
    }
    checks
}

/// Branches of `function` that the items in the midst of a row take the same way, though those at its ends may not: for
/// each a check that they take the way with more work.
pub(crate) fn find_sides<'ctx>(function: FunctionValue<'ctx>, flow: &Flow) -> Vec<Check<'ctx>> {
    let (all, blocks) = (instructions(function), function.get_basic_blocks());
    let search = Search { over: Over::Row, flow, all: &all };
    let mut sides = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let ways = successors(*block);
        let [then, other] = ways.as_slice() else { continue };
        let index = |block| blocks.iter().position(|known| known == block);
        let (Some(then), Some(other)) = (index(then), index(other)) else { continue };
        let branch = flow.terminator(number);
        let same = |condition| search.shape(condition, &mut Vec::new(), DEEPEST) == Some(Shape::Same);
        if search.leaves(then) || search.leaves(other) || operand(all[branch], 0).is_none_or(same) {
            continue;
        }
        let first = search.work(then, other) >= search.work(other, then);
        sides.extend([first, !first].into_iter().find_map(|stays| search.check(branch, stays)));
    }
    sides
}

impl<'ctx> Check<'ctx> {
    /// The same of a common way, that items take the second.
    pub(crate) fn other_way(&self) -> Self {
        let other = |requirement: &Requirement<'ctx>| match *requirement {
            Requirement::Is { condition, wanted } => Requirement::Is { condition, wanted: !wanted },
            other => other,
        };
        let requirements = self.requirements.iter().map(other).collect();
        Self { branch: self.branch, stays: !self.stays, requirements, within: None }
    }
}

pub(super) struct Search<'a, 'ctx> {
    pub(super) over: Over,
    pub(super) flow: &'a Flow,
    pub(super) all: &'a [InstructionValue<'ctx>],
}

/// How a value depends on which item of its row computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Same,
    /// It grows by 1 from item to item.
    ByOne,
    /// It grows by something that doesn't change.
    BySteps,
    /// It is the sum of two that grow.
    Sum,
}

impl<'ctx> Search<'_, 'ctx> {
    pub(super) fn reach(&self, block: usize) -> Vec<bool> {
        self.flow.reach(&[block], |block| self.flow.blocks[block].successors.clone())
    }

    /// How `value` depends on the item, and what has to hold for that.
    pub(super) fn growth(
        &self,
        value: BasicValueEnum<'ctx>,
        needed: &mut Vec<Requirement<'ctx>>,
    ) -> Option<Shape> {
        if value.is_int_value() { self.shape(value, needed, DEEPEST) } else { None }
    }

    /// Whether nothing comes of an item that goes to `block`, but a panic.
    pub(super) fn leaves(&self, block: usize) -> bool {
        // Whatever it does on the way to a panic.
        self.panics(block)
            || self.reached(block).into_iter().all(|block| {
                let terminator = self.all[self.flow.terminator(block)];
                let status =
                    operand(terminator, 0).filter(|_| terminator.get_opcode() == InstructionOpcode::Return);
                let known = status.and_then(|status| status.into_int_value().get_zero_extended_constant());
                let waits = self.ends(block)
                    && known.is_some_and(|status| status != 0 && status != u64::from(PANICKED));
                let mut values = self.flow.blocks[block].values.clone();
                let panics = self.ends(block) && !self.flow.blocks[block].is_end;
                panics || !waits && values.all(|value| self.flow.values[value].kind != Kind::Other)
            })
    }

    /// Whether an item that goes to `block` panics.
    pub(super) fn panics(&self, block: usize) -> bool {
        let mut ends = self.reached(block).into_iter().filter(|block| self.ends(*block)).peekable();
        ends.peek().is_some() && ends.all(|block| !self.flow.blocks[block].is_end)
    }

    fn reached(&self, block: usize) -> Vec<usize> {
        let reached = self.reach(block);
        (0..self.flow.blocks.len()).filter(|block| reached[*block]).collect()
    }

    fn ends(&self, block: usize) -> bool {
        self.flow.blocks[block].successors.is_empty()
    }

    /// How many instructions items may come to on the way to `block` that they can't on the way to `other`.
    fn work(&self, block: usize, other: usize) -> usize {
        let (here, there) = (self.reach(block), self.reach(other));
        let only_here = (0..self.flow.blocks.len()).filter(|block| here[*block] && !there[*block]);
        only_here.map(|block| self.flow.blocks[block].values.len()).sum()
    }

    /// What has to hold for the condition of `branch` to be `stays` in the whole row, if that can be told.
    pub(super) fn check(&self, branch: usize, stays: bool) -> Option<Check<'ctx>> {
        // A constant is where a branch was folded, and poison in code that nothing leads to any more.
        let condition = operand(self.all[branch], 0).filter(|condition| self.number(*condition).is_some())?;
        let mut requirements = Vec::new();
        let known = self.decompose(condition, stays, &mut requirements);
        // Only one item of a row can be equal to something.
        let holds_once = |requirement: &Requirement<'_>| {
            matches!(requirement, Requirement::Compares { predicate: IntPredicate::EQ, .. })
        };
        let holds = known && !requirements.iter().any(holds_once);
        holds.then_some(Check { branch, stays, requirements, within: None })
    }

    pub(super) fn number(&self, value: BasicValueEnum<'ctx>) -> Option<usize> {
        let instruction = llvm_plugin::instruction::as_instruction(value)?;
        self.all.iter().position(|known| *known == instruction)
    }

    /// Adds what makes `condition` have the value `wanted` in the whole row. False, where that can't be told.
    pub(super) fn decompose(
        &self,
        condition: BasicValueEnum<'ctx>,
        wanted: bool,
        requirements: &mut Vec<Requirement<'ctx>>,
    ) -> bool {
        let is_undefined =
            |value: BasicValueEnum<'ctx>| value.is_int_value() && value.into_int_value().is_undef();
        if is_undefined(condition) {
            return false;
        }
        if self.shape(condition, &mut Vec::new(), DEEPEST) == Some(Shape::Same) {
            requirements.push(Requirement::Is { condition, wanted });
            return true;
        }
        let Some(instruction) = self.number(condition).map(|index| self.all[index]) else { return false };
        let part = |index: u32| operand(instruction, index);
        let constant = |index: u32| part(index)?.into_int_value().get_zero_extended_constant();
        let mut both = |a: u32, b: u32| {
            let mut one = |index: u32| {
                part(index).is_some_and(|condition| self.decompose(condition, wanted, requirements))
            };
            one(a) && one(b)
        };
        match instruction.get_opcode() {
            InstructionOpcode::And if wanted => both(0, 1),
            InstructionOpcode::Or if !wanted => both(0, 1),
            InstructionOpcode::Select if wanted && constant(2) == Some(0) => both(0, 1),
            InstructionOpcode::Select if !wanted && constant(1) == Some(1) => both(0, 2),
            InstructionOpcode::Xor if constant(1) == Some(1) => {
                part(0).is_some_and(|condition| self.decompose(condition, !wanted, requirements))
            }
            InstructionOpcode::ICmp => self.compare(instruction, wanted, requirements),
            _ => false,
        }
    }

    fn compare(
        &self,
        comparison: InstructionValue<'ctx>,
        wanted: bool,
        requirements: &mut Vec<Requirement<'ctx>>,
    ) -> bool {
        let (Some(a), Some(b), Some(predicate)) =
            (operand(comparison, 0), operand(comparison, 1), comparison.get_icmp_predicate())
        else {
            return false;
        };
        if !a.is_int_value() {
            return false;
        }
        let predicate = if wanted { predicate } else { inverse(predicate) };
        let mut needed = Vec::new();
        let shapes = (self.shape(a, &mut needed, DEEPEST), self.shape(b, &mut needed, DEEPEST));
        let (grown, predicate, limit) = match shapes {
            (Some(a_shape), Some(Shape::Same)) if a_shape != Shape::Same => (a, predicate, b),
            (Some(Shape::Same), Some(b_shape)) if b_shape != Shape::Same => (b, swapped(predicate), a),
            _ => return false,
        };
        requirements.append(&mut needed);
        requirements.push(Requirement::Grows { grown, signed: is_signed(predicate) });
        requirements.push(Requirement::Compares { grown, predicate, limit });
        true
    }

    /// How `value` depends on the item. Adds what has to hold for that.
    pub(super) fn shape(
        &self,
        value: BasicValueEnum<'ctx>,
        needed: &mut Vec<Requirement<'ctx>>,
        depth: usize,
    ) -> Option<Shape> {
        let index = match self.number(value) {
            Some(index) if depth > 0 => index,
            Some(_) => return None,
            None => return self.shape_of_argument(value),
        };
        let known = &self.flow.values[index];
        let instruction = self.all[index];
        if !matches!(known.kind, Kind::Cheap) {
            return None;
        }
        let part = |number: u32| operand(instruction, number);
        let mut shapes = Vec::new();
        for number in 0..known.operands.len() as u32 {
            shapes.push(self.shape(part(number)?, needed, depth - 1)?);
        }
        if shapes.iter().all(|shape| *shape == Shape::Same) {
            return Some(Shape::Same);
        }
        let grows = |shape: Shape| shape != Shape::Same;
        match (instruction.get_opcode(), shapes.as_slice()) {
            (InstructionOpcode::Add, [a, b]) if grows(*a) != grows(*b) => {
                Some(if grows(*a) { *a } else { *b })
            }
            (InstructionOpcode::Or, [a, b])
                if grows(*a) != grows(*b) && instruction.get_disjoint_flag() == Ok(true) =>
            {
                Some(if grows(*a) { *a } else { *b })
            }
            // Each of the two grows by less than half of what there is.
            (InstructionOpcode::Add, [a, b]) if *a != Shape::Sum && *b != Shape::Sum => Some(Shape::Sum),
            (InstructionOpcode::Or, [a, b])
                if *a != Shape::Sum && *b != Shape::Sum && instruction.get_disjoint_flag() == Ok(true) =>
            {
                Some(Shape::Sum)
            }
            (InstructionOpcode::Sub, [a, Shape::Same]) => Some(*a),
            (InstructionOpcode::ZExt, [a]) => {
                needed.push(Requirement::Grows { grown: part(0)?, signed: false });
                Some(*a)
            }
            (InstructionOpcode::SExt, [a]) => {
                needed.push(Requirement::Grows { grown: part(0)?, signed: true });
                Some(*a)
            }
            // A row is shorter than half of what 32 bits count.
            (InstructionOpcode::Trunc, [Shape::ByOne]) if width(value) >= 32 => Some(Shape::ByOne),
            (InstructionOpcode::Mul, [Shape::ByOne, Shape::Same]) => {
                needed.push(Requirement::Small { factor: part(1)? });
                Some(Shape::BySteps)
            }
            (InstructionOpcode::Mul, [Shape::Same, Shape::ByOne]) => {
                needed.push(Requirement::Small { factor: part(0)? });
                Some(Shape::BySteps)
            }
            (InstructionOpcode::Shl, [Shape::ByOne, Shape::Same]) => {
                let by = part(1)?.into_int_value().get_zero_extended_constant().filter(|by| *by < 31)?;
                let factor = value.get_type().into_int_type().const_int(1 << by, false).into();
                needed.push(Requirement::Small { factor });
                Some(Shape::BySteps)
            }
            _ => None,
        }
    }

    fn shape_of_argument(&self, value: BasicValueEnum<'ctx>) -> Option<Shape> {
        let index = llvm_plugin::instruction::parameter_index(value);
        let axis = index.and_then(axis);
        match self.over {
            Over::Row => Some(if axis == Some(0) { Shape::ByOne } else { Shape::Same }),
            Over::Block if index == Some(Place::Index as usize) => None,
            Over::Block => Some(if axis.is_some() { Shape::ByOne } else { Shape::Same }),
        }
    }
}

/// Bits of an integer.
fn width(value: BasicValueEnum<'_>) -> u32 {
    if let BasicValueEnum::IntValue(value) = value { value.get_type().get_bit_width() } else { 0 }
}

pub(super) fn is_signed(predicate: IntPredicate) -> bool {
    matches!(predicate, IntPredicate::SGT | IntPredicate::SGE | IntPredicate::SLT | IntPredicate::SLE)
}

fn inverse(predicate: IntPredicate) -> IntPredicate {
    use IntPredicate as P;
    match predicate {
        P::EQ => P::NE,
        P::NE => P::EQ,
        P::UGT => P::ULE,
        P::UGE => P::ULT,
        P::ULT => P::UGE,
        P::ULE => P::UGT,
        P::SGT => P::SLE,
        P::SGE => P::SLT,
        P::SLT => P::SGE,
        P::SLE => P::SGT,
    }
}

/// The predicate of `b` to `a` that is `predicate` of `a` to `b`.
pub(super) fn swapped(predicate: IntPredicate) -> IntPredicate {
    use IntPredicate as P;
    match predicate {
        P::EQ | P::NE => predicate,
        P::UGT => P::ULT,
        P::UGE => P::ULE,
        P::ULT => P::UGT,
        P::ULE => P::UGE,
        P::SGT => P::SLT,
        P::SGE => P::SLE,
        P::SLT => P::SGT,
        P::SLE => P::SGE,
    }
}
