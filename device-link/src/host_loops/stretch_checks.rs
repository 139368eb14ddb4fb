//! Branches of what items do between two barriers that the items of a row need not decide one by one: checks, and those
//! that all take the same way.

use super::checks::{Check, DEEPEST, Over, Requirement, Search, Shape};
use super::flow::{Flow, instructions};
use super::splits::{Split, part_of};
use llvm_plugin::control_flow::successors;
use llvm_plugin::inkwell::values::{FunctionValue, InstructionOpcode};
use llvm_plugin::instruction::operand;

/// The checks of `function`, which is what items do between barriers: branches to panics, each for those items alone that
/// come to it; branches to loops that few items have; and other ways out that are no splits.
pub(crate) fn find_between_barriers<'ctx>(
    function: FunctionValue<'ctx>,
    flow: &Flow,
    (splits, over): (&[Split<'ctx>], Over),
) -> Vec<Check<'ctx>> {
    let all = instructions(function);
    let search = Search { over, flow, all: &all };
    let out = |block: usize, _: usize| search.panics(block);
    let around = around(&search);
    let looping = |block: usize, other: usize| loops(&search, &around, (block, other));
    let leaving = |block: usize, _: usize| search.leaves(block);
    let branches = branches(function, flow);
    // For each branch that is a check: its condition for those that stay.
    let stays =
        |of: &dyn Fn(usize, usize) -> bool, wanted: &dyn Fn(usize) -> bool| -> Vec<(usize, usize, bool)> {
            let apart = branches
                .iter()
                .filter(|one| wanted(one.branch) && of(one.then, one.other) != of(one.other, one.then));
            apart.map(|one| (one.block, one.branch, of(one.other, one.then))).collect()
        };
    let failing = stays(&out, &|_| true);
    let left: Vec<_> = splits
        .iter()
        .copied()
        .filter(|split| failing.iter().all(|(_, branch, _)| *branch != split.branch))
        .collect();
    let is_left = |branch: usize| left.iter().any(|split| split.branch == branch);
    let mut rare = stays(&looping, &is_left);
    let all_rare = rare.clone();
    let inside = |block: usize, branch: usize| {
        left.iter().any(|split| split.branch == branch && split.leads_to(flow, block).is_some())
    };
    rare.retain(|(_, branch, _)| !all_rare.iter().any(|(block, ..)| inside(*block, *branch)));
    let is_new = |branch: usize| !is_left(branch) && failing.iter().all(|(_, known, _)| *known != branch);
    let leaving = stays(&leaving, &is_new);
    let mut checks = Vec::new();
    for (block, branch, stays) in failing.into_iter().chain(rare).chain(leaving) {
        let Some(condition) = operand(all[branch], 0).filter(|one| search.number(*one).is_some()) else {
            continue;
        };
        let mut requirements = Vec::new();
        if search.decompose(condition, stays, &mut requirements) {
            checks.push(Check { branch, stays, requirements, within: part_of(flow, &left, block) });
        }
    }
    checks
}

/// For each block, whether it is in a loop that doesn't lead to panics alone.
fn around(search: &Search<'_, '_>) -> Vec<bool> {
    let flow = search.flow;
    let is_around = |block: usize| {
        let reached =
            flow.reach(&flow.blocks[block].successors, |block| flow.blocks[block].successors.clone());
        reached[block] && !search.panics(block)
    };
    (0..flow.blocks.len()).map(is_around).collect()
}

/// Whether there is a loop, of which `around` tells, on the ways from the one block that isn't on those from the other.
fn loops(search: &Search<'_, '_>, around: &[bool], (block, other): (usize, usize)) -> bool {
    let (own, others) = (search.reach(block), search.reach(other));
    (0..own.len()).any(|block| own[block] && !others[block] && around[block])
}

/// A branch that goes one of two ways, by the numbers of its block, of its instruction and of the blocks it leads to.
struct Branch {
    block: usize,
    branch: usize,
    then: usize,
    other: usize,
}

fn branches(function: FunctionValue<'_>, flow: &Flow) -> Vec<Branch> {
    let blocks = function.get_basic_blocks();
    let index = |block| blocks.iter().position(|known| *known == block);
    let branch = |block: usize| {
        let end = blocks[block].get_terminator()?;
        if end.get_opcode() != InstructionOpcode::Br {
            return None;
        }
        let ways: Vec<_> = successors(blocks[block]).into_iter().filter_map(index).collect();
        let [then, other] = *ways.as_slice() else { return None };
        let branch = flow.terminator(block);
        (then != other).then_some(Branch { block, branch, then, other })
    };
    (0..blocks.len()).filter_map(branch).collect()
}

/// Branches of `function` that all items of a row take the same way, whichever that is: for each a check that they take
/// the first.
pub(crate) fn find_common_ways<'ctx>(
    function: FunctionValue<'ctx>,
    flow: &Flow,
    over: Over,
) -> Vec<Check<'ctx>> {
    let all = instructions(function);
    let search = Search { over, flow, all: &all };
    let mut ways = Vec::new();
    for Branch { block, branch, then, other } in branches(function, flow) {
        let Some(condition) = operand(all[branch], 0) else { continue };
        let is_way_out =
            search.panics(then) != search.panics(other) || search.leaves(then) != search.leaves(other);
        // Neither what LLVM folds by itself, nor what only panics come to.
        let matters = !is_way_out && search.number(condition).is_some() && !search.leaves(block);
        if matters && search.shape(condition, &mut Vec::new(), DEEPEST) == Some(Shape::Same) {
            let requirements = vec![Requirement::Is { condition, wanted: true }];
            ways.push(Check { branch, stays: true, requirements, within: None });
        }
    }
    ways
}
