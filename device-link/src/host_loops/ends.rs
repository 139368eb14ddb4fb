//! What is computed for the first and the last item of a row, or of a part of it: whether conditions hold for all items
//! between them, and where a branch of theirs changes its way.

use super::Built;
use super::checks::{Check, Requirement};
use super::flow::{Flow, Kind, instructions};
use super::item::axis;
use super::splits::{Part, Split};
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::Builder;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::{BasicMetadataTypeEnum, IntType};
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, InstructionValue, IntValue};
use llvm_plugin::instruction::{as_instruction, drop_poison_flags, freeze, operand, parameter_index, value};
use std::collections::HashMap;

/// The length that no row reaches for which checks are left out.
const LONGEST_ROW: u64 = 1 << 31;

/// Which item of the row, or of the part of it that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    First,
    Last,
}

/// Some items of a row: how many are before the first and before the last of them, and whether there are none.
#[derive(Clone, Copy)]
struct Segment<'ctx> {
    first: IntValue<'ctx>,
    last: IntValue<'ctx>,
    none: IntValue<'ctx>,
}

/// A function that is being made: `result (parameters for the first item..., i64 behind it in x, in y, in z)`. Of a row,
/// there is none in y and z.
pub(super) struct Ends<'a, 'ctx> {
    pub(super) function: FunctionValue<'ctx>,
    pub(super) builder: Builder<'ctx>,
    behind: [IntValue<'ctx>; 3],
    flow: &'a Flow,
    all: Vec<InstructionValue<'ctx>>,
    /// The part of the row that is looked at; all of it, where there is none.
    segment: Option<Segment<'ctx>>,
    /// What instructions compute for the first and for the last item of that, as far as it is needed.
    known: HashMap<(End, InstructionValue<'ctx>), BasicValueEnum<'ctx>>,
}

impl<'a, 'ctx> Ends<'a, 'ctx> {
    /// A function about rows of items of `item`, whose instructions are `flow`.
    pub(super) fn open(
        module: &Module<'ctx>,
        (item, flow): (FunctionValue<'ctx>, &'a Flow),
        name: &str,
        result: IntType<'ctx>,
    ) -> Self {
        let context = module.get_context();
        let mut parameters = item.get_type().get_param_types();
        parameters.extend([BasicMetadataTypeEnum::from(context.i64_type()); 3]);
        let function = module.add_function(name, result.fn_type(&parameters, false), None);
        function.set_linkage(Linkage::Internal);
        let nounwind = Attribute::get_named_enum_kind_id("nounwind");
        function.add_attribute(AttributeLoc::Function, context.create_enum_attribute(nounwind, 0));
        let builder = context.create_builder();
        builder.position_at_end(context.append_basic_block(function, "entry"));
        let first = item.count_params() as usize;
        let behind = [0, 1, 2].map(|axis| function.get_params()[first + axis].into_int_value());
        let (all, known) = (instructions(item), HashMap::new());
        Self { function, builder, behind, flow, all, segment: None, known }
    }

    /// How many items are behind the first in the direction in which there are most.
    fn most_behind(&self) -> Built<IntValue<'ctx>> {
        let mut most = self.behind[0];
        for behind in &self.behind[1..] {
            let more = self.builder.build_int_compare(IntPredicate::UGT, *behind, most, "more")?;
            most = self.builder.build_select(more, *behind, most, "most")?.into_int_value();
        }
        Ok(most)
    }

    pub(super) fn is_short(&self) -> Built<IntValue<'ctx>> {
        let most = self.most_behind()?;
        let longest = most.get_type().const_int(LONGEST_ROW, false);
        self.builder.build_int_compare(IntPredicate::ULT, most, longest, "short")
    }

    /// Whether what `check` asks for holds, for the part of the row that it is for.
    pub(super) fn check(&mut self, check: &Check<'ctx>) -> Built<IntValue<'ctx>> {
        let segment = check.within.map(|part| self.segment(part)).transpose()?.flatten();
        self.look_at(segment);
        let mut holds = self.function.get_type().get_context().bool_type().const_all_ones();
        for requirement in &check.requirements {
            // It may be of shifts by too much, where no item comes to the check.
            let one = self.requirement(*requirement)?;
            let one = freeze(&self.builder, one);
            holds = self.builder.build_and(holds, one, "holds")?;
        }
        self.look_at(None);
        match segment {
            Some(segment) => self.builder.build_or(segment.none, holds, "holds"),
            None => Ok(holds),
        }
    }

    fn look_at(&mut self, segment: Option<Segment<'ctx>>) {
        if segment.is_some() || self.segment.is_some() {
            self.known.clear();
        }
        self.segment = segment;
    }

    /// The items for which the branch of a split goes one way; none where that may be any.
    fn segment(&mut self, part: Part<'ctx>) -> Built<Option<Segment<'ctx>>> {
        let split = part.split;
        let wide = self.behind[0].get_type();
        let (zero, one) = (wide.const_zero(), wide.const_int(1, false));
        let point = self.split_point(&split)?;
        let count = self.builder.build_int_add(self.behind[0], one, "count")?;
        let is_end = |at, name| self.builder.build_int_compare(IntPredicate::EQ, point, at, name);
        Ok(match (split.is_point(), split.below() == part.value) {
            (true, true) => None,
            (true, false) => Some(Segment { first: point, last: point, none: is_end(count, "none")? }),
            (false, true) => {
                let last = self.builder.build_int_sub(point, one, "last")?;
                Some(Segment { first: zero, last, none: is_end(zero, "none")? })
            }
            (false, false) => {
                Some(Segment { first: point, last: self.behind[0], none: is_end(count, "none")? })
            }
        })
    }

    /// How many items are before the first for which the branch goes another way than for those below it: at most all.
    pub(super) fn split_point(&mut self, split: &Split<'ctx>) -> Built<IntValue<'ctx>> {
        let first = self.at(split.grown, End::First)?.into_int_value();
        let limit = self.at(split.limit, End::First)?.into_int_value();
        let (wide, builder) = (self.behind[0].get_type(), &self.builder);
        let one = wide.const_int(1, false);
        let count = builder.build_int_add(self.behind[0], one, "count")?;
        let (limit, first) = (freeze(builder, limit), freeze(builder, first));
        let distance = builder.build_int_sub(limit, first, "distance")?;
        let distance = builder.build_int_z_extend_or_bit_cast(distance, wide, "distance")?;
        let smaller = |a, b| -> Built<IntValue<'ctx>> {
            let less = builder.build_int_compare(IntPredicate::ULT, a, b, "less")?;
            Ok(builder.build_select(less, a, b, "smaller")?.into_int_value())
        };
        let mut point = smaller(distance, count)?;
        if split.is_point() {
            return Ok(point);
        }
        let (before, with_limit) = split.before();
        if with_limit {
            point = smaller(builder.build_int_add(point, one, "behind.limit")?, count)?;
        }
        let some = builder.build_int_compare(before, first, limit, "some")?;
        Ok(builder.build_select(some, point, wide.const_zero(), "point")?.into_int_value())
    }

    fn requirement(&mut self, requirement: Requirement<'ctx>) -> Built<IntValue<'ctx>> {
        match requirement {
            Requirement::Is { condition, wanted } => {
                let condition = self.at(condition, End::First)?.into_int_value();
                let wanted = condition.get_type().const_int(wanted.into(), false);
                self.builder.build_int_compare(IntPredicate::EQ, condition, wanted, "is")
            }
            Requirement::Grows { grown, signed } => {
                let (first, last) = self.ends(grown)?;
                let predicate = if signed { IntPredicate::SGE } else { IntPredicate::UGE };
                self.builder.build_int_compare(predicate, last, first, "grows")
            }
            Requirement::Compares { grown, predicate, limit } => {
                let limit = self.at(limit, End::First)?.into_int_value();
                let (first, last) = self.ends(grown)?;
                let compare =
                    |predicate, end| self.builder.build_int_compare(predicate, end, limit, "compares");
                if predicate == IntPredicate::NE {
                    // What grows goes past it, if it isn't before or behind the row.
                    let above = compare(IntPredicate::UGT, first)?;
                    return self.builder.build_or(above, compare(IntPredicate::ULT, last)?, "outside");
                }
                self.builder.build_and(compare(predicate, first)?, compare(predicate, last)?, "compares")
            }
            Requirement::Small { factor } => {
                let factor = self.at(factor, End::First)?.into_int_value();
                let bits = u64::from(factor.get_type().get_bit_width());
                let wide = self.behind[0].get_type();
                let factor = self.builder.build_int_z_extend(factor, wide, "factor")?;
                let small = wide.const_int(LONGEST_ROW, false);
                let small = self.builder.build_int_compare(IntPredicate::ULT, factor, small, "small")?;
                let product = self.builder.build_int_mul(factor, self.most_behind()?, "product")?;
                let most = wide.const_int(1 << (bits - 1), false);
                let fits = self.builder.build_int_compare(IntPredicate::ULT, product, most, "fits")?;
                self.builder.build_and(small, fits, "small")
            }
        }
    }

    fn ends(&mut self, value: BasicValueEnum<'ctx>) -> Built<(IntValue<'ctx>, IntValue<'ctx>)> {
        let first = self.at(value, End::First)?.into_int_value();
        Ok((first, self.at(value, End::Last)?.into_int_value()))
    }

    /// What `wanted` is for an item.
    fn at(&mut self, wanted: BasicValueEnum<'ctx>, end: End) -> Built<BasicValueEnum<'ctx>> {
        if let Some(index) = parameter_index(wanted) {
            return self.argument(index, end);
        }
        let Some(instruction) = as_instruction(wanted) else { return Ok(wanted) };
        if let Some(known) = self.known.get(&(end, instruction)) {
            return Ok(*known);
        }
        debug_assert!(
            self.all
                .iter()
                .position(|known| *known == instruction)
                .is_some_and(|index| { self.flow.values[index].kind == Kind::Cheap }),
            "only what is computed of parameters is computed again"
        );
        let mut operands = Vec::new();
        for index in 0..instruction.get_num_operands() {
            operands.push(match operand(instruction, index) {
                Some(operand) => Some(self.at(operand, end)?),
                None => None,
            });
        }
        let copy = instruction.explicit_clone();
        for (index, operand) in (0..).zip(operands) {
            if let Some(operand) = operand {
                copy.set_operand(index, operand);
            }
        }
        // Here it is computed though the item may not come to it.
        drop_poison_flags(copy);
        self.builder.insert_instruction(&copy, None);
        let computed = value(copy).unwrap_or(wanted);
        self.known.insert((end, instruction), computed);
        Ok(computed)
    }

    fn argument(&self, index: usize, end: End) -> Built<BasicValueEnum<'ctx>> {
        let first = self.function.get_params()[index];
        let before = match (axis(index), end, self.segment) {
            (None, ..) | (Some(_), End::First, None) => return Ok(first),
            (Some(0), End::First, Some(segment)) => segment.first,
            (Some(0), End::Last, Some(segment)) => segment.last,
            // Where a part is looked at, it is one of a row.
            (Some(_), _, Some(_)) => return Ok(first),
            (Some(axis), End::Last, None) => self.behind[axis],
        };
        match first {
            BasicValueEnum::IntValue(first) => {
                let before =
                    self.builder.build_int_truncate_or_bit_cast(before, first.get_type(), "before")?;
                Ok(self.builder.build_int_add(first, before, "end")?.into())
            }
            _ => Ok(first),
        }
    }
}
