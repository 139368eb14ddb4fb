//! Kernels on x86_64, where the runtime calls a kernel once: loops over the work items around the kernel's body. Items
//! that meet at barriers run from one barrier to the next, one after the other (continuation-based synchronization).
//!
//! In order: `item` makes a function of what one item does. Where items meet, `flow` is that as plain data,
//! `uniformity` and `plan` say what is kept across barriers and how, `variables` and `stretches` take the function
//! apart at its barriers, and `state_machine` runs the parts; `block_memory` and `launch` are what is around.
//!
//! Where they don't meet, `implicit_barriers` finds loops that the items of a row can go through together, and `strips`
//! has them do so; `near_reads` tells whether that is worth it.
//!
//! For vector code: `checks` finds branches that the items of a row need not decide one by one, `ends` emits what tells
//! so, and `fast_path` the loop without them; between barriers `stretch_checks`, `splits` and `ways` do. What is in the
//! memory of a block loses its atomics in `block_accesses`.

mod block_accesses;
mod block_items;
mod block_memory;
mod checks;
mod ends;
mod fast_path;
mod flow;
mod geometry;
mod implicit_barriers;
mod item;
mod launch;
mod loops;
mod near_reads;
mod plan;
mod ranges;
mod shared;
mod splits;
mod state_machine;
mod stretch_checks;
mod stretches;
mod strips;
#[cfg(test)]
mod tests;
mod uniformity;
mod variables;
mod ways;

use crate::entry::{builder_bug, export};
use crate::kernels::{Form, Kernel, Kernels};
use crate::optimize::run_passes;
use crate::problem::Problem;
use crate::reach::{Reached, find_unresolved, in_module};
use crate::runtime::{self, BlockRuntime};
use crate::trouble::Trouble;
use crate::{Result, inlining, markers};
use abi::markers::Marker;
use block_memory::Needs;
use flow::Flow;
pub(crate) use item::Item;
pub(crate) use launch::range_name;
use launch::{Launch, Unit};
use llvm_plugin::access_group::AccessGroup;
use llvm_plugin::function::unroll_small_loops;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::BuilderError;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::targets::{TargetData, TargetMachine};
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::instruction::{FunctionUse, call_site, uses_of};
use plan::Plan;
pub(crate) use state_machine::blocks_name;
use std::collections::BTreeSet;
use stretches::Stretches;
use strips::Strip;
use uniformity::{Divergence, has_divergent_barrier};

/// A result of the builder's.
type Built<T> = std::result::Result<T, BuilderError>;

/// Inlines what has to be, and what costs little: panics of inlined code end their item alone, and what an item keeps
/// across barriers is better known.
const INLINE: &str = "always-inline,globaldce";
const SIMPLIFY: &str = "function(lower-expect,sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg),\
    cgscc(inline,function(lower-expect,sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg))";

/// Loops test at their ends whether they go on, and it shows how often those of constant length do.
const ROTATE: &str = "function(jump-threading,instcombine<no-verify-fixpoint>,simplifycfg,\
    loop-simplify,lcssa,loop(loop-rotate),sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,loop-simplify,lcssa)";

/// Small loops of constant length are none, so that the loops over items are the innermost.
const UNROLL: &str = "function(loop-unroll<O2;full-unroll-max=64;no-partial;no-peeling;no-runtime;no-upperbound>,\
    instcombine<no-verify-fixpoint>,sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,\
    sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>)";

/// What is such a loop: how often it runs at most, and how many instructions it may become.
const SMALL_LOOP: (u32, u32) = (64, 4096);

/// What the functions of stretches have in common is gone from each. Where they return stays apart: it tells what ends
/// an item, and how.
const CLEAN_UP: &str = "function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,adce)";

/// Branches that are always taken are none.
const FOLD: &str = "function(simplifycfg,instcombine<no-verify-fixpoint>,simplifycfg)";

/// What a kernel asks of where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing, or its place in the grid.
    Global,
    /// Its block, or its place in that.
    Block,
    /// Its items meet, or have memory in common.
    Together,
}

/// Makes an item function for every ordinary kernel, and exports kernels that are entries as they are.
pub(crate) fn emit_items<'ctx>(module: &Module<'ctx>, kernels: &Kernels) -> Result<Vec<Item<'ctx>>> {
    let mut items = Vec::new();
    for (kernel, function) in in_module(module, kernels) {
        if kernel.form == Form::Ordinary {
            let item = item::emit(module, &kernel.name, function);
            items.push(item.map_err(|error| builder_bug(&error))?);
        } else {
            export(function);
        }
    }
    Ok(items)
}

/// Makes the entries of kernels of their items. Returns the kernels for which that can't be done.
pub(crate) fn emit_kernels<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    machine: &TargetMachine,
    (kernels, reached): (&Kernels, &Reached),
    items: &[Item<'ctx>],
) -> Result<Vec<Problem>> {
    // No pass keeps locations for the copies that are made here.
    module.strip_debug_info();
    mark_barrier(module);
    require_inlining_of_all(module, items, reached);
    run_passes(module, machine, INLINE, "inline kernels")?;
    for item in items {
        item::answer(module, item).map_err(|error| builder_bug(&error))?;
    }
    item::forget(module);
    run_passes(module, machine, SIMPLIFY, "simplify kernels")?;
    let together = |item: &Item<'ctx>| reached.asked(&item.kernel) == Asked::Together;
    let mut independent = BTreeSet::new();
    for item in items.iter().filter(|item| together(item)) {
        if block_accesses::make_plain(item.function) {
            independent.insert(item.kernel.as_str());
        }
    }
    run_passes(module, machine, ROTATE, "rotate loops of kernels")?;
    for item in items.iter().filter(|item| together(item)) {
        unroll_small_loops(item.function, SMALL_LOOP.0, SMALL_LOOP.1);
    }
    run_passes(module, machine, UNROLL, "unroll loops of kernels")?;
    let inlined: Vec<_> = items.iter().map(|item| (item.kernel.clone(), item.function)).collect();
    runtime::name_kernels(context, module, &inlined);
    let ends = runtime::panic_ends(module);
    let (mut problems, mut prepared) = (Vec::new(), Vec::new());
    for item in items {
        if let Some((leave_kernel, end_item)) = ends {
            item::end_at_panics(item.function, leave_kernel, end_item)
                .map_err(|error| builder_bug(&error))?;
        }
        let group = independent.contains(item.kernel.as_str()).then(|| AccessGroup::new(&context));
        match prepare(module, item, (reached, group), &machine.get_target_data())? {
            Ok(kind) => prepared.push((item, kind)),
            Err(found) => problems.extend(found),
        }
    }
    run_passes(module, machine, CLEAN_UP, "simplify what is between barriers")?;
    let share = runtime::share(module)?;
    let mut stripped = Vec::new();
    for (item, kind) in &prepared {
        let strip = match kind {
            Prepared::Rows(Some(stretches)) | Prepared::Blocks(Some(stretches)) => {
                strips::emit(module, item, stretches, machine).map_err(|error| builder_bug(&error))?
            }
            _ => None,
        };
        stripped.push(strip);
    }
    strips::finish(module, machine, &mut stripped)?;
    for ((item, kind), strip) in prepared.iter().zip(&stripped) {
        let Some(kernel) = kernels.iter().find(|kernel| kernel.name == item.kernel) else { continue };
        let runtime = match kind {
            Prepared::Together(..) => Some(BlockRuntime::of(context, module, &item.kernel)?),
            Prepared::Rows(_) | Prepared::Blocks(_) => None,
        };
        emit_kernel(module, (kernel, item), (kind, runtime), (*strip, share))
            .map_err(|error| builder_bug(&error))?;
    }
    for item in items {
        item.function.set_linkage(Linkage::Internal);
    }
    run_passes(module, machine, FOLD, "simplify rows without checks")?;
    Ok(problems)
}

/// What the loops of a kernel are to be.
enum Prepared<'ctx> {
    /// Over rows of the grid; with what items do in a round, where they can go through loops together.
    Rows(Option<Box<Stretches<'ctx>>>),
    /// Over blocks and their threads, with the same.
    Blocks(Option<Box<Stretches<'ctx>>>),
    /// The same, from barrier to barrier.
    Together(Box<Stretches<'ctx>>, Needs),
}

/// The entry of a kernel, and what it calls.
fn emit_kernel<'ctx>(
    module: &Module<'ctx>,
    (kernel, item): (&Kernel, &Item<'ctx>),
    prepared: (&Prepared<'ctx>, Option<BlockRuntime<'ctx>>),
    (strip, share): (Option<Strip<'ctx>>, FunctionValue<'ctx>),
) -> Built<()> {
    let weight = weight(item.function);
    let (range, unit) = match prepared {
        (Prepared::Together(stretches, needs), Some(runtime)) => {
            let blocks = state_machine::emit(module, &item.kernel, stretches, &runtime)?;
            (block_memory::emit_range(module, item, blocks, *needs, &runtime)?, Unit::Block)
        }
        (Prepared::Rows(_), _) => (ranges::emit_rows(module, item, strip)?, Unit::Item),
        (Prepared::Blocks(_) | Prepared::Together(..), _) => {
            (ranges::emit_blocks(module, item, strip)?, Unit::Block)
        }
    };
    launch::emit_entry(module, kernel, &Launch { range, unit, weight, share })
}

/// How often a loop is taken to run.
const LOOP: u64 = 16;

/// About how many instructions an item is.
fn weight(item: FunctionValue<'_>) -> u64 {
    let flow = Flow::of(item);
    let in_loop = |block: usize| {
        flow.reach(&flow.blocks[block].successors, |block| flow.blocks[block].successors.clone())[block]
    };
    let weights = (0..flow.blocks.len()).map(|block| {
        let instructions = flow.blocks[block].values.len() as u64;
        if in_loop(block) { instructions * LOOP } else { instructions }
    });
    weights.sum()
}

/// Takes a kernel apart at its barriers, if it has any; or tells what is wrong with it.
fn prepare<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
    (reached, group): (&Reached, Option<AccessGroup<'ctx>>),
    layout: &TargetData,
) -> Result<std::result::Result<Prepared<'ctx>, Vec<Problem>>> {
    let bug = |error: BuilderError| builder_bug(&error);
    let shared = shared::place(module, item).map_err(bug)?;
    let unresolved = find_unresolved(&item.kernel, item.function, reached);
    if !unresolved.is_empty() {
        return Ok(Err(unresolved));
    }
    match reached.asked(&item.kernel) {
        Asked::Global => return Ok(Ok(Prepared::Rows(strips::prepare(module, item, layout)?))),
        Asked::Block => return Ok(Ok(Prepared::Blocks(strips::prepare(module, item, layout)?))),
        Asked::Together => {}
    }
    let problem = |trouble: Trouble, marker: Marker| {
        let chain = reached.chain(&item.kernel, item::symbol(marker));
        Ok(Err(vec![Problem { kernel: item.kernel.clone(), trouble, chain }]))
    };
    let Some(shared) = shared else {
        let marker = item::symbol(Marker::StaticShared).to_owned();
        return problem(Trouble::MarkerOperand { marker }, Marker::StaticShared);
    };
    let variables = variables::keep(item.function, &Flow::of(item.function), layout).map_err(bug)?;
    let Some(variables) = variables else { return problem(Trouble::VariableAtBarrier, Marker::Barrier) };
    let flow = Flow::of(item.function);
    if has_divergent_barrier(&flow, item::differs) {
        return problem(Trouble::DivergentBarrier, Marker::Barrier);
    }
    let plan = Plan::of(&flow, &Divergence::of(&flow, item::differs));
    let stretches = stretches::emit(module, item.function, &flow, (plan, group), layout)?;
    let needs = Needs {
        shared: shared.bytes,
        has_dynamic: !reached.chain(&item.kernel, item::symbol(Marker::DynamicShared)).is_empty(),
        kept: stretches.bytes,
        variables: variables.bytes,
        alignment: shared.alignment.max(variables.alignment),
    };
    Ok(Ok(Prepared::Together(Box::new(stretches), needs)))
}

/// A barrier is where it is: in no other branch, and not in several.
fn mark_barrier(module: &Module<'_>) {
    let barrier = module.get_functions().find(|function| markers::of(*function) == Some(Marker::Barrier));
    for (function, name) in barrier
        .into_iter()
        .flat_map(|function| ["convergent", "noduplicate", "nounwind"].map(|name| (function, name)))
    {
        let kind = Attribute::get_named_enum_kind_id(name);
        function.add_attribute(AttributeLoc::Function, module.get_context().create_enum_attribute(kind, 0));
    }
}

/// Kernels' bodies go into their item functions, with all that asks for its position or meets others.
fn require_inlining_of_all(module: &Module<'_>, items: &[Item<'_>], reached: &Reached) {
    for function in module.get_functions() {
        let name = function.get_name().to_string_lossy();
        if markers::position_of(function).is_some() {
            // A body that the author gave it is for the host.
            forbid_inlining(module, function);
        } else if reached.on_the_way_to_markers.contains(name.as_ref()) {
            require_inlining(module, function);
        }
    }
    for item in items {
        require_inlining(module, item.body);
    }
    for function in inlining::find_reporting(module) {
        require_inlining(module, function);
    }
}

fn forbid_inlining(module: &Module<'_>, function: FunctionValue<'_>) {
    let kind = Attribute::get_named_enum_kind_id;
    function.remove_enum_attribute(AttributeLoc::Function, kind("alwaysinline"));
    let never = module.get_context().create_enum_attribute(kind("noinline"), 0);
    function.add_attribute(AttributeLoc::Function, never);
}

fn require_inlining(module: &Module<'_>, function: FunctionValue<'_>) {
    let kind = Attribute::get_named_enum_kind_id;
    if function.count_basic_blocks() > 0 {
        function.remove_enum_attribute(AttributeLoc::Function, kind("noinline"));
        let always = module.get_context().create_enum_attribute(kind("alwaysinline"), 0);
        function.add_attribute(AttributeLoc::Function, always);
    }
    for used in uses_of(function) {
        if let FunctionUse::Callee(instruction) = used
            && let Some(call) = call_site(instruction)
        {
            call.remove_enum_attribute(AttributeLoc::Function, kind("noinline"));
        }
    }
}
