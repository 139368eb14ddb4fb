//! How the items of a row run between two barriers: for each way that all of them can take together, functions without
//! the checks that hold for the row, and without the branch that some of them take one way and the others the other.

use super::Built;
use super::checks::{Check, Over};
use super::ends::Ends;
use super::fast_path::{emit_decided, emit_holds};
use super::flow::Flow;
use super::item::{PANICKED, POSITIONS, axis};
use super::splits::{self, Split};
use super::stretch_checks;
use llvm_plugin::clone::remove_unreachable_blocks;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::{
    BasicValue as _, BasicValueEnum, FunctionValue, InstructionOpcode, PhiValue,
};
use llvm_plugin::instruction::{as_instruction, operand};
use llvm_plugin::module::delete_function;
use std::collections::BTreeSet;

/// The most branches whose ways get functions of their own.
const MOST_BRANCHES: usize = 2;

/// One way that a row can take.
#[derive(Debug, Clone)]
pub(crate) struct Way<'ctx> {
    /// `i1 (parameters for the first item..., i64, i64, i64)`: whether all items of a row take it, or of a block, so many
    /// being behind the first in x, y and z. All of these have to say so.
    pub(crate) holds: Vec<FunctionValue<'ctx>>,
    pub(crate) loops: Loops<'ctx>,
}

/// What the items of a row run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Loops<'ctx> {
    /// All the same.
    One(Unchecked<'ctx>),
    /// `point`, `i64 (parameters..., i64, i64, i64)`, tells how many run `below`; the others run `above`.
    Two { point: FunctionValue<'ctx>, below: Unchecked<'ctx>, above: Unchecked<'ctx> },
    /// All run `others`, but item `point`, if the row has so many.
    Apart { point: FunctionValue<'ctx>, one: Unchecked<'ctx>, others: Unchecked<'ctx> },
}

impl<'ctx> Ways<'ctx> {
    /// The functions of all ways.
    pub(crate) fn functions(&self) -> impl Iterator<Item = FunctionValue<'ctx>> {
        let of = |way: &Way<'ctx>| match way.loops {
            Loops::One(all) => vec![all],
            Loops::Two { below, above, .. } => vec![below, above],
            Loops::Apart { one, others, .. } => vec![one, others],
        };
        self.ways.iter().flat_map(of).map(|unchecked| unchecked.function)
    }
}

/// A function of an item, and the status that it always returns, if that is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unchecked<'ctx> {
    pub(crate) function: FunctionValue<'ctx>,
    pub(crate) status: Option<u32>,
}

/// The ways of what items do in one state.
#[derive(Debug, Clone)]
pub(crate) struct Ways<'ctx> {
    pub(crate) ways: Vec<Way<'ctx>>,
    /// Whether they can be asked for a whole block too.
    pub(crate) of_blocks: bool,
    /// Whether rows may take ways that their block doesn't take.
    pub(crate) of_rows: bool,
}

/// Makes the ways of `function`, if there is anything that a row can do without.
pub(crate) fn emit<'ctx>(module: &Module<'ctx>, function: FunctionValue<'ctx>) -> Built<Ways<'ctx>> {
    let flow = Flow::of(function);
    let [common, of_blocks] = [Over::Row, Over::Block].map(|over| {
        let mut common = stretch_checks::find_common_ways(function, &flow, over);
        common.truncate(MOST_BRANCHES);
        common
    });
    let mut all = Ways {
        ways: Vec::new(),
        of_blocks: common.len() == of_blocks.len(),
        of_rows: (0..POSITIONS).any(|index| {
            let is_used = || function.get_params()[index].into_int_value().get_first_use().is_some();
            axis(index).is_some_and(|axis| axis > 0) && is_used()
        }),
    };
    let name = function.get_name().to_string_lossy().into_owned();
    for choice in 0..1 << common.len() {
        let taken: Vec<_> = common
            .iter()
            .enumerate()
            .map(|(at, way)| if choice >> at & 1 == 0 { way.clone() } else { way.other_way() })
            .collect();
        let decided: Vec<_> = taken.iter().map(|check| (check.branch, check.stays)).collect();
        let own = emit_decided(module, function, &format!("{name}.way.{choice}"), &decided);
        remove_unreachable_blocks(own);
        let mut way = emit_way(module, own, &mut all.of_blocks)?;
        if !taken.is_empty() {
            let holds = format!("{name}.taken.{choice}");
            way.holds.insert(0, emit_holds(module, (function, &flow), &holds, &taken)?);
        }
        delete_function(own);
        all.ways.push(way);
    }
    Ok(all)
}

fn emit_way<'ctx>(
    module: &Module<'ctx>,
    function: FunctionValue<'ctx>,
    of_blocks: &mut bool,
) -> Built<Way<'ctx>> {
    let flow = Flow::of(function);
    let name = function.get_name().to_string_lossy().into_owned();
    let (splits, needed): (Vec<_>, Vec<_>) = splits::find(function, &flow).into_iter().unzip();
    let find = |over| stretch_checks::find_between_barriers(function, &flow, (&splits, over));
    let mut checks = find(Over::Row);
    let whole = find(Over::Block);
    let is_same =
        |(row, block): (&Check<'ctx>, &Check<'ctx>)| row.branch == block.branch && row.within.is_none();
    // Where a split is, is another place in each row.
    *of_blocks &= checks.len() == whole.len() && checks.iter().zip(&whole).all(is_same);
    let left = |split: &&Split<'ctx>| checks.iter().all(|check| check.branch != split.branch);
    let chosen = splits.iter().filter(left).find(|split| !split.merges_values(&flow)).copied();
    let decided: Vec<_> = checks.iter().map(|check| (check.branch, check.stays)).collect();
    let used: BTreeSet<usize> = checks
        .iter()
        .filter_map(|check| check.within)
        .map(|part| part.split)
        .chain(chosen)
        .map(|split| split.branch)
        .collect();
    for (split, requirements) in splits.iter().zip(needed).filter(|(split, _)| used.contains(&split.branch)) {
        checks.push(Check { branch: split.branch, stays: true, requirements, within: None });
    }
    *of_blocks &= used.is_empty();
    if *of_blocks {
        checks = whole;
    }
    let holds = if checks.is_empty() {
        Vec::new()
    } else {
        vec![emit_holds(module, (function, &flow), &format!("{name}.holds"), &checks)?]
    };
    let emit = |what: &str, choice: Option<(usize, bool)>| {
        let decided: Vec<_> = decided.iter().copied().chain(choice).collect();
        let unchecked = emit_decided(module, function, &format!("{name}.{what}"), &decided);
        remove_unreachable_blocks(unchecked);
        Unchecked { function: unchecked, status: status_of(unchecked) }
    };
    let Some(split) = chosen else { return Ok(Way { holds, loops: Loops::One(emit("unchecked", None)) }) };
    let mut ends =
        Ends::open(module, (function, &flow), &format!("{name}.point"), module.get_context().i64_type());
    let point = ends.split_point(&split)?;
    ends.builder.build_return(Some(&point))?;
    let (point, below) = (ends.function, split.below());
    let loops = if split.is_point() {
        let (one, others) =
            (emit("one", Some((split.branch, !below))), emit("others", Some((split.branch, below))));
        Loops::Apart { point, one, others }
    } else {
        let (low, high) =
            (emit("below", Some((split.branch, below))), emit("above", Some((split.branch, !below))));
        Loops::Two { point, below: low, above: high }
    };
    Ok(Way { holds, loops })
}

/// The status that `function` always returns, unless items panic.
pub(crate) fn status_of(function: FunctionValue<'_>) -> Option<u32> {
    let mut found = BTreeSet::new();
    for block in function.get_basic_block_iter() {
        let Some(end) = block.get_terminator() else { continue };
        if end.get_opcode() != InstructionOpcode::Return {
            continue;
        }
        let returned = operand(end, 0)?;
        match as_instruction(returned).map(PhiValue::try_from) {
            Some(Ok(phi)) => {
                for (value, _) in phi.get_incomings() {
                    found.insert(constant(value)?);
                }
            }
            _ => drop(found.insert(constant(returned)?)),
        }
    }
    let mut found = found.into_iter();
    found.next().filter(|status| found.next().is_none() && *status != PANICKED)
}

fn constant(value: BasicValueEnum<'_>) -> Option<u32> {
    let value = value.is_int_value().then(|| value.into_int_value())?;
    value.get_zero_extended_constant().and_then(|value| u32::try_from(value).ok())
}
