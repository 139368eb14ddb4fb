//! A function of one item without the checks that hold for a whole row, and what tells whether they do.

use super::Built;
use super::checks::{self, Check, Requirement};
use super::flow::{Flow, Kind, instructions};
use super::item::grows;
use llvm_plugin::clone::clone_body;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::Builder;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::BasicMetadataTypeEnum;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, InstructionValue, IntValue};
use llvm_plugin::instruction::{as_instruction, drop_poison_flags, freeze, operand, parameter_index, value};
use std::collections::HashMap;

/// The length that no row reaches for which checks are left out.
const LONGEST_ROW: u64 = 1 << 31;

/// What there is beside a function that runs an item with all its checks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastPath<'ctx> {
    /// The same without the checks of a row.
    pub(crate) unchecked: FunctionValue<'ctx>,
    /// `i1 (parameters for the first item of a row..., i64)`: whether they hold for it and the items behind it, so many.
    pub(crate) holds: FunctionValue<'ctx>,
}

/// The most branches whose ways get functions of their own.
const MOST_BRANCHES: usize = 2;

/// The fast paths of a function for rows of any length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastPaths<'ctx> {
    /// For rows whose items all stay, if the function has checks for that.
    pub(crate) stay: Option<FastPath<'ctx>>,
    /// For rows whose items all go the same way too, if it has branches for that.
    pub(crate) inner: Option<FastPath<'ctx>>,
}

/// Makes the fast paths of `function`.
pub(crate) fn emit<'ctx>(module: &Module<'ctx>, function: FunctionValue<'ctx>) -> Built<FastPaths<'ctx>> {
    let flow = Flow::of(function);
    let mut checks = checks::find(function, &flow);
    let sides = checks::find_sides(function, &flow);
    let emit = |checks: &[Check<'ctx>], number| emit_one(module, function, &flow, (checks, number));
    let stay = if checks.is_empty() { None } else { Some(emit(&checks, 0)?) };
    let has_sides = !sides.is_empty();
    checks.extend(sides);
    let inner = if has_sides { Some(emit(&checks, 1)?) } else { None };
    Ok(FastPaths { stay, inner })
}

/// Makes fast paths of `function`: one for each way that all items of a row take together.
pub(crate) fn emit_ways<'ctx>(
    module: &Module<'ctx>,
    function: FunctionValue<'ctx>,
) -> Built<Vec<FastPath<'ctx>>> {
    let flow = Flow::of(function);
    let checks = checks::find(function, &flow);
    let mut ways = checks::find_common_ways(function, &flow);
    ways.retain(|way| checks.iter().all(|check| check.branch != way.branch));
    ways.truncate(MOST_BRANCHES);
    if checks.is_empty() && ways.is_empty() {
        return Ok(Vec::new());
    }
    let taken = |choice: usize| {
        let chosen = ways
            .iter()
            .enumerate()
            .map(move |(at, way)| if choice >> at & 1 == 0 { way.clone() } else { way.other_way() });
        checks.iter().cloned().chain(chosen).collect::<Vec<_>>()
    };
    (0..1 << ways.len()).map(|choice| emit_one(module, function, &flow, (&taken(choice), choice))).collect()
}

/// The fast path for rows for which `checks` hold, with its number among those of `function`.
fn emit_one<'ctx>(
    module: &Module<'ctx>,
    function: FunctionValue<'ctx>,
    flow: &Flow,
    (checks, number): (&[Check<'ctx>], usize),
) -> Built<FastPath<'ctx>> {
    let name = function.get_name().to_string_lossy().into_owned();
    let unchecked = module.add_function(&format!("{name}.unchecked.{number}"), function.get_type(), None);
    clone_body(unchecked, function);
    unchecked.set_linkage(Linkage::Internal);
    let own = instructions(unchecked);
    for check in checks {
        let stays = module.get_context().bool_type().const_int(check.stays.into(), false);
        own[check.branch].set_operand(0, stays);
    }
    let holds = emit_holds(module, function, &format!("{name}.holds.{number}"), flow, checks)?;
    Ok(FastPath { unchecked, holds })
}

/// ```c
/// bool holds(first item of the row..., uint64_t behind) { return behind < LONGEST_ROW && all requirements; }
/// ```
fn emit_holds<'ctx>(
    module: &Module<'ctx>,
    function: FunctionValue<'ctx>,
    name: &str,
    flow: &Flow,
    checks: &[Check<'ctx>],
) -> Built<FunctionValue<'ctx>> {
    let context = module.get_context();
    let mut parameters = function.get_type().get_param_types();
    parameters.push(BasicMetadataTypeEnum::from(context.i64_type()));
    let holds = module.add_function(name, context.bool_type().fn_type(&parameters, false), None);
    holds.set_linkage(Linkage::Internal);
    let nounwind = Attribute::get_named_enum_kind_id("nounwind");
    holds.add_attribute(AttributeLoc::Function, context.create_enum_attribute(nounwind, 0));
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(holds, "entry"));
    let behind = holds.get_params()[function.count_params() as usize].into_int_value();
    let longest = behind.get_type().const_int(LONGEST_ROW, false);
    let mut emission = Emission {
        holds,
        behind,
        builder,
        flow,
        all: instructions(function),
        known: [HashMap::new(), HashMap::new()],
    };
    let mut all = emission.builder.build_int_compare(IntPredicate::ULT, behind, longest, "short")?;
    for requirement in checks.iter().flat_map(|check| &check.requirements) {
        // It may be of shifts by too much, where no item comes to the check.
        let one = emission.requirement(*requirement)?;
        let one = freeze(&emission.builder, one);
        all = emission.builder.build_and(all, one, "holds")?;
    }
    emission.builder.build_return(Some(&all))?;
    Ok(holds)
}

/// Which item of the row.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

struct Emission<'a, 'ctx> {
    holds: FunctionValue<'ctx>,
    behind: IntValue<'ctx>,
    builder: Builder<'ctx>,
    flow: &'a Flow,
    all: Vec<InstructionValue<'ctx>>,
    /// What instructions compute for the first and for the last item, as far as it is needed.
    known: [HashMap<InstructionValue<'ctx>, BasicValueEnum<'ctx>>; 2],
}

impl<'ctx> Emission<'_, 'ctx> {
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
                let wide = self.behind.get_type();
                let factor = self.builder.build_int_z_extend(factor, wide, "factor")?;
                let small = wide.const_int(LONGEST_ROW, false);
                let small = self.builder.build_int_compare(IntPredicate::ULT, factor, small, "small")?;
                let product = self.builder.build_int_mul(factor, self.behind, "product")?;
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
        if let Some(known) = self.known[end as usize].get(&instruction) {
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
        self.known[end as usize].insert(instruction, computed);
        Ok(computed)
    }

    fn argument(&self, index: usize, end: End) -> Built<BasicValueEnum<'ctx>> {
        let first = self.holds.get_params()[index];
        match (end, first) {
            (End::Last, BasicValueEnum::IntValue(first)) if grows(index) => {
                let kind = first.get_type();
                let behind = self.builder.build_int_truncate_or_bit_cast(self.behind, kind, "behind")?;
                Ok(self.builder.build_int_add(first, behind, "last")?.into())
            }
            _ => Ok(first),
        }
    }
}
