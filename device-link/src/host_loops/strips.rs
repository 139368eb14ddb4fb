//! Strips of rows: as many items as some vectors have elements go through the rounds of a kernel's loops together, with
//! what each keeps from round to round in the elements of vectors.

use super::Built;
use super::block_accesses::add_to_group;
use super::checks::Over;
use super::fast_path::{emit_decided, emit_holds};
use super::flow::{Flow, instructions};
use super::item::{ENDED, FIRST_ARGUMENT, POSITIONS, argument_types, axis, own_parameters};
use super::launch::attribute;
use super::loops::Loop;
use super::near_reads::is_near;
use super::plan::Plan;
use super::stretch_checks::{find_between_barriers, find_common_ways};
use super::stretches::{self, Stretches};
use super::uniformity::Divergence;
use super::ways::status_of;
use super::{implicit_barriers, item::Item};
use crate::Result;
use crate::entry::builder_bug;
use crate::optimize::{run_passes, run_passes_on};
use llvm_plugin::access_group::{AccessGroup, LoopFacts};
use llvm_plugin::backend::has_features;
use llvm_plugin::clone::remove_unreachable_blocks;
use llvm_plugin::inkwell::attributes::AttributeLoc;
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::targets::{TargetData, TargetMachine};
use llvm_plugin::inkwell::types::{BasicMetadataTypeEnum, BasicTypeEnum};
use llvm_plugin::inkwell::values::{
    BasicValueEnum, FunctionValue, InstructionOpcode, IntValue, PointerValue,
};
use llvm_plugin::instruction::{drop_metadata, mark, operand, take_mark};
use llvm_plugin::module::delete_function;
use std::collections::BTreeSet;

/// The most branches that decide where all items of a strip go.
const MOST_BRANCHES: usize = 3;

/// LLVM's word for the metadata of loops that have to become vector code.
const ROUND: &str = "outboard.round";

/// Inlines the items, and makes vectors of what they do in a round.
const VECTORIZE: &str = "sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,loop-simplify,lcssa,\
    loop-mssa(licm),loop-simplify,lcssa,loop-vectorize<interleave-forced-only;vectorize-forced-only>,\
    instcombine<no-verify-fixpoint>,simplifycfg,sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg";

/// What runs a strip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strip<'ctx> {
    /// `i1 (positions of its first item..., parameter...)`: runs all of it, or nothing of it, and tells.
    pub(crate) function: FunctionValue<'ctx>,
    /// How many items it has.
    pub(crate) width: u32,
}

/// How many items a strip has: as many as two vectors of 32 bits each have elements, one where registers are as wide as
/// they get.
fn width(machine: &TargetMachine) -> u32 {
    match () {
        () if has_features(machine, "+avx512f,+avx512vl") => 32,
        () if has_features(machine, "+avx2") => 16,
        () => 8,
    }
}

/// Takes `item` apart at implicit barriers, if it has loops that items can go through together.
pub(crate) fn prepare<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
    layout: &TargetData,
) -> Result<Option<Box<Stretches<'ctx>>>> {
    let copy = implicit_barriers::insert(module, item.function).map_err(|error| builder_bug(&error))?;
    let Some(copy) = copy else { return Ok(None) };
    let flow = Flow::of(copy);
    let plan = Plan::of(&flow, &Divergence::of(&flow, |index| axis(index) == Some(0)));
    let group = AccessGroup::new(&module.get_context());
    let stretches = stretches::emit(module, copy, &flow, (plan, Some(group)), layout)?;
    delete_function(copy);
    Ok(Some(Box::new(stretches)))
}

/// One way that all items of a strip take from one barrier to the next.
struct Way<'ctx> {
    /// All of these have to say so.
    holds: Vec<FunctionValue<'ctx>>,
    item: FunctionValue<'ctx>,
    /// Where it leads.
    status: u32,
}

/// Makes what runs strips of `stretches`, if they are worth that, up to code that [`finish`] looks at again.
pub(crate) fn emit<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
    stretches: &Stretches<'ctx>,
    machine: &TargetMachine,
) -> Built<Option<Strip<'ctx>>> {
    let layout = machine.get_target_data();
    let mut states = Vec::new();
    for (state, function) in stretches.functions.iter().enumerate() {
        let Some(ways) = emit_ways(module, *function)? else { return Ok(None) };
        let rounds = ways.iter().filter(|way| state > 0 && way.status != ENDED);
        if !rounds.clone().all(|way| is_near(way.item, &layout)) {
            return Ok(None);
        }
        ways.iter().for_each(|way| stretches.group.iter().for_each(|group| add_to_group(way.item, *group)));
        states.push(ways);
    }
    let strip = Strip { function: declare(module, item, stretches), width: width(machine) };
    let context = module.get_context();
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(strip.function, "entry"));
    Emitter::open(&builder, strip, stretches)?.emit(&states)?;
    Ok(Some(strip))
}

/// Makes code of `strips`, and drops those whose rounds aren't vector code.
pub(crate) fn finish<'ctx>(
    module: &Module<'ctx>,
    machine: &TargetMachine,
    strips: &mut [Option<Strip<'ctx>>],
) -> Result<()> {
    if strips.iter().all(Option::is_none) {
        return Ok(());
    }
    // Nothing calls them yet.
    run_passes(module, machine, "always-inline", "inline rounds")?;
    for strip in strips {
        let Some(Strip { function, .. }) = *strip else { continue };
        run_passes_on(function, machine, VECTORIZE, "make vectors of rounds")?;
        let left = instructions(function).into_iter().filter(|one| take_mark(*one, ROUND).is_some());
        let left = left.count();
        // What is known of the loops over items is wrong for the loops of the items, which may have taken their place.
        instructions(function).into_iter().for_each(|one| drop_metadata(one, "llvm.loop"));
        if left > 0 {
            delete_function(function);
            *strip = None;
        }
    }
    Ok(())
}

/// The ways of `function`, what items do from one barrier to the next. None, where items may part.
fn emit_ways<'ctx>(module: &Module<'ctx>, function: FunctionValue<'ctx>) -> Built<Option<Vec<Way<'ctx>>>> {
    let flow = Flow::of(function);
    let name = function.get_name().to_string_lossy().into_owned();
    let mut common = find_common_ways(function, &flow, Over::Row);
    common.retain(|way| decides_status(function, &flow, way.branch));
    if common.len() > MOST_BRANCHES {
        return Ok(None);
    }
    let mut ways = Vec::new();
    for choice in 0..1 << common.len() {
        let numbered = common.iter().enumerate();
        let taken: Vec<_> = numbered
            .map(|(at, way)| if choice >> at & 1 == 0 { way.clone() } else { way.other_way() })
            .collect();
        let decided: Vec<_> = taken.iter().map(|check| (check.branch, check.stays)).collect();
        let own = emit_decided(module, function, &format!("{name}.way.{choice}"), &decided);
        remove_unreachable_blocks(own);
        let own_flow = Flow::of(own);
        let checks = find_between_barriers(own, &own_flow, (&[], Over::Row));
        let decided: Vec<_> = checks.iter().map(|check| (check.branch, check.stays)).collect();
        let unchecked = emit_decided(module, own, &format!("{name}.unchecked.{choice}"), &decided);
        remove_unreachable_blocks(unchecked);
        let Some(status) = status_of(unchecked) else { return Ok(None) };
        let mut holds = Vec::new();
        if !taken.is_empty() {
            holds.push(emit_holds(module, (function, &flow), &format!("{name}.taken.{choice}"), &taken)?);
        }
        if !checks.is_empty() {
            holds.push(emit_holds(module, (own, &own_flow), &format!("{name}.holds.{choice}"), &checks)?);
        }
        delete_function(own);
        ways.push(Way { holds, item: unchecked, status });
    }
    Ok(Some(ways))
}

/// Whether it depends on which way `branch` goes where an item stops.
fn decides_status(function: FunctionValue<'_>, flow: &Flow, branch: usize) -> bool {
    let all = instructions(function);
    let statuses = |from: usize| -> BTreeSet<Option<u64>> {
        let reached = flow.reach(&[from], |block| flow.blocks[block].successors.clone());
        let ends =
            (0..flow.blocks.len()).filter(|block| reached[*block]).map(|block| all[flow.terminator(block)]);
        let returns = ends.filter(|end| end.get_opcode() == InstructionOpcode::Return);
        returns.map(|end| operand(end, 0)?.into_int_value().get_zero_extended_constant()).collect()
    };
    let next = &flow.blocks[flow.values[branch].block].successors;
    next.iter().map(|next| statuses(*next)).collect::<BTreeSet<_>>().len() > 1
}

/// Declares `i1 kernel.strip(positions..., parameter...)`.
fn declare<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
    stretches: &Stretches<'ctx>,
) -> FunctionValue<'ctx> {
    let context = module.get_context();
    let count = stretches.functions[0].count_params() as usize - 2 * stretches.uniform.len();
    let mut parameters: Vec<BasicMetadataTypeEnum<'ctx>> = own_parameters(context);
    parameters.truncate(POSITIONS);
    let own = argument_types(stretches.functions[0]).into_iter().take(count - FIRST_ARGUMENT);
    parameters.extend(own.map(BasicMetadataTypeEnum::from));
    let kind = context.bool_type().fn_type(&parameters, false);
    let function = module.add_function(&format!("{}.strip", item.kernel), kind, None);
    function.set_linkage(Linkage::Internal);
    for name in ["nounwind", "noinline"] {
        function.add_attribute(AttributeLoc::Function, attribute(context, name));
    }
    function
}

/// What emits the function of a strip.
struct Emitter<'ctx, 'b> {
    builder: &'b Builder<'ctx>,
    strip: Strip<'ctx>,
    group: Option<AccessGroup<'ctx>>,
    /// What items keep for themselves.
    kept: PointerValue<'ctx>,
    /// Values that the strip has in common: their types, what they are, and what items leave.
    common: Vec<(BasicTypeEnum<'ctx>, PointerValue<'ctx>, PointerValue<'ctx>)>,
}

impl<'ctx, 'b> Emitter<'ctx, 'b> {
    fn open(builder: &'b Builder<'ctx>, strip: Strip<'ctx>, stretches: &Stretches<'ctx>) -> Built<Self> {
        let context = strip.function.get_type().get_context();
        let bytes = u32::try_from(stretches.bytes).map_err(|_| BuilderError::UnsetPosition)?;
        // Vectors are aligned, whatever is in them.
        let vector = context.f64_type().vec_type(8);
        let vectors = (bytes * strip.width).div_ceil(64).max(1);
        let kept = builder.build_alloca(vector.array_type(vectors), "kept")?;
        let common = stretches.uniform.iter().map(|kind| {
            let variable = |name| builder.build_alloca(*kind, name);
            Ok((*kind, variable("common")?, variable("common.next")?))
        });
        let group = stretches.group;
        Ok(Self { builder, strip, group, kept, common: common.collect::<Built<Vec<_>>>()? })
    }

    /// ```c
    /// for (state = 0;;)
    ///     switch (state) {
    ///     case 0: if (way 0 holds) { for (each item) kernel_0_way_0(...); state = ...; }
    ///             else if (way 1 holds) ...
    ///             else return false;
    ///             break;
    ///     ...
    ///     }
    /// ```
    fn emit(&self, states: &[Vec<Way<'ctx>>]) -> Built<()> {
        let builder = self.builder;
        let truth = self.strip.function.get_type().get_context().bool_type();
        let blocks: Vec<_> = states.iter().map(|_| self.block("state")).collect();
        let ended = self.block("ended");
        builder.build_unconditional_branch(blocks[0])?;
        for (state, ways) in states.iter().enumerate() {
            builder.position_at_end(blocks[state]);
            for way in ways {
                let other = self.block("other");
                let mut arguments = self.arguments(self.number(0))?;
                let behind = [u64::from(self.strip.width) - 1, 0, 0];
                arguments.extend(behind.map(|behind| BasicValueEnum::from(self.number(behind))));
                for holds in &way.holds {
                    let next = self.block("holds");
                    let holds = self.call(*holds, &arguments)?.into_int_value();
                    builder.build_conditional_branch(holds, next, other)?;
                    builder.position_at_end(next);
                }
                self.emit_items(way, state > 0 && way.status != ENDED)?;
                let next = if way.status == ENDED { ended } else { blocks[way.status as usize] };
                builder.build_unconditional_branch(next)?;
                builder.position_at_end(other);
            }
            builder.build_return(Some(&truth.const_zero()))?;
        }
        builder.position_at_end(ended);
        builder.build_return(Some(&truth.const_all_ones()))?;
        Ok(())
    }

    fn block(&self, name: &str) -> BasicBlock<'ctx> {
        self.strip.function.get_type().get_context().append_basic_block(self.strip.function, name)
    }

    /// The loop over the items, which all go `way`; `round`: once around a loop of theirs.
    fn emit_items(&self, way: &Way<'ctx>, round: bool) -> Built<()> {
        let builder = self.builder;
        for (kind, now, next) in &self.common {
            // What no item writes stays as it is.
            builder.build_store(*next, builder.build_load(*kind, *now, "common")?)?;
        }
        let items = Loop::of_some(builder, self.number(self.strip.width.into()), "item")?;
        let arguments = self.arguments(items.counter())?;
        self.call(way.item, &arguments)?;
        let facts = LoopFacts { parallel: self.group, narrow: true, lanes: Some(self.strip.width) };
        let branch = items.close_known(builder, facts)?;
        if round {
            mark(branch, ROUND, 0);
        }
        for (kind, now, next) in &self.common {
            let value = builder.build_load(*kind, *next, "common")?;
            builder.build_store(*now, value)?;
        }
        Ok(())
    }

    fn number(&self, number: u64) -> IntValue<'ctx> {
        self.strip.function.get_type().get_context().i64_type().const_int(number, false)
    }

    /// The arguments for item `number` of the strip.
    fn arguments(&self, number: IntValue<'ctx>) -> Built<Vec<BasicValueEnum<'ctx>>> {
        let builder = self.builder;
        let given = self.strip.function.get_params();
        let (positions, own) = given.split_at(POSITIONS);
        let mut arguments = Vec::new();
        for (index, position) in positions.iter().enumerate() {
            let position = position.into_int_value();
            arguments.push(if axis(index) == Some(0) {
                let behind = builder.build_int_truncate_or_bit_cast(number, position.get_type(), "behind")?;
                builder.build_int_nuw_add(position, behind, "position")?.into()
            } else {
                position.into()
            });
        }
        arguments.extend([number, self.number(self.strip.width.into())].map(BasicValueEnum::from));
        let none = self.kept.get_type().const_null();
        arguments.extend([none, none, self.kept, none].map(BasicValueEnum::from));
        arguments.extend(own);
        for (kind, now, _) in &self.common {
            arguments.push(builder.build_load(*kind, *now, "common")?);
        }
        arguments.extend(self.common.iter().map(|(_, _, next)| BasicValueEnum::from(*next)));
        Ok(arguments)
    }

    fn call(
        &self,
        function: FunctionValue<'ctx>,
        arguments: &[BasicValueEnum<'ctx>],
    ) -> Built<BasicValueEnum<'ctx>> {
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).into()).collect();
        let call = self.builder.build_call(function, &arguments, "status")?;
        let context = self.strip.function.get_type().get_context();
        call.add_attribute(AttributeLoc::Function, attribute(context, "alwaysinline"));
        call.try_as_basic_value().basic().ok_or(BuilderError::UnsetPosition)
    }
}
