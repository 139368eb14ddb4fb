//! What of a function with barriers is kept across each of them, and how: computed anew, once for the block, or for each
//! work item. Plain data.

use super::flow::{Flow, Kind, Operand};
use super::uniformity::Divergence;
use std::collections::BTreeSet;

/// The most instructions that compute a value anew in place of keeping it.
const LONGEST_CHAIN: usize = 24;

/// What a function does between its barriers, and what it keeps across them.
#[derive(Debug)]
pub(crate) struct Plan {
    /// In the order of the statuses that stand for them: the first barrier is status 1.
    pub(crate) barriers: Vec<Barrier>,
    /// What is before any barrier, then what is behind each of them.
    pub(crate) stretches: Vec<Stretch>,
    /// Values that the items of a block have in common, in order.
    pub(crate) uniform: Vec<usize>,
    /// Values of each item, in order.
    pub(crate) own: Vec<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Barrier {
    /// Its block.
    pub(crate) block: usize,
    /// What is written down when an item comes to it, and read when it goes on.
    pub(crate) kept: BTreeSet<usize>,
    /// What is used behind it and computed anew, each behind what it is made of.
    pub(crate) anew: Vec<usize>,
    /// Which of `anew` and `kept` are used behind it.
    pub(crate) used: BTreeSet<usize>,
}

/// What an item does until it comes to a barrier or its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The statuses of the barriers that it may come to.
    pub(crate) next: Vec<usize>,
    /// Whether it may come to its end.
    pub(crate) may_end: bool,
}

impl Plan {
    pub(crate) fn of(flow: &Flow, divergence: &Divergence) -> Self {
        let (mut before, mut barriers) = (Vec::new(), keep(flow, divergence, &[]));
        while before != barriers {
            let next = keep(flow, divergence, &barriers);
            before = std::mem::replace(&mut barriers, next);
        }
        let kept: BTreeSet<usize> =
            barriers.iter().flat_map(|barrier| barrier.kept.iter().copied()).collect();
        let (own, uniform) = kept.into_iter().partition(|value| divergence.is_divergent(*value));
        let stretches = stretches(flow, &barriers);
        Self { barriers, stretches, uniform, own }
    }
}

/// What is kept at each barrier, where at each barrier of `known` that is kept which it says.
///
/// Invariant: what is kept at a barrier is there on all ways to it, and so was kept at the barriers before it, though
/// nothing behind those may use it but what is computed anew of it.
fn keep(flow: &Flow, divergence: &Divergence, known: &[Barrier]) -> Vec<Barrier> {
    let live = live_at_start(flow, known);
    let chains = Chains { flow, divergence };
    let barrier = |block: usize| {
        let used: BTreeSet<usize> =
            flow.blocks[block].successors.iter().flat_map(|next| live[*next].iter().copied()).collect();
        let (mut kept, mut anew) = (BTreeSet::new(), Vec::new());
        for value in &used {
            let Some(chain) = chains.of(*value) else {
                kept.insert(*value);
                continue;
            };
            kept.extend(chain.leaves);
            for link in chain.links {
                if !anew.contains(&link) {
                    anew.push(link);
                }
            }
        }
        Barrier { block, kept, anew, used }
    };
    flow.barriers().into_iter().map(barrier).collect()
}

/// The stretches behind the function's start and behind each barrier.
fn stretches(flow: &Flow, barriers: &[Barrier]) -> Vec<Stretch> {
    let starts = std::iter::once(vec![0])
        .chain(barriers.iter().map(|barrier| flow.blocks[barrier.block].successors.clone()));
    let stretch = |starts: Vec<usize>| {
        let reached = flow.reach(&starts, |block| flow.next_without_barrier(block));
        let next =
            (1..).zip(barriers).filter(|(_, barrier)| reached[barrier.block]).map(|(status, _)| status);
        let ends = |block: usize| reached[block] && flow.blocks[block].is_end;
        Stretch { next: next.collect(), may_end: (0..flow.blocks.len()).any(ends) }
    };
    starts.map(stretch).collect()
}

/// The values that are used behind some barrier and computed before it.
pub(crate) fn live_at_barriers(flow: &Flow) -> BTreeSet<usize> {
    let live = live_at_start(flow, &[]);
    let behind = flow.barriers().into_iter().flat_map(|block| flow.blocks[block].successors.iter());
    behind.flat_map(|next| live[*next].iter().copied()).collect()
}

/// For each block, the values that are computed before it and used in it or behind, with what `barriers` keep.
fn live_at_start(flow: &Flow, barriers: &[Barrier]) -> Vec<BTreeSet<usize>> {
    let mut live: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); flow.blocks.len()];
    let mut open: Vec<usize> = (0..flow.blocks.len()).collect();
    while let Some(block) = open.pop() {
        let mut now = live_at_end(flow, &live, block);
        for index in flow.blocks[block].values.clone().rev() {
            now.remove(&index);
            if flow.values[index].kind != Kind::Phi {
                now.extend(flow.values[index].operands.iter().filter_map(|operand| operand.value()));
            }
        }
        for barrier in barriers.iter().filter(|barrier| barrier.block == block) {
            now.extend(&barrier.kept);
        }
        if now != live[block] {
            live[block] = now;
            open.extend(&flow.blocks[block].predecessors);
        }
    }
    live
}

fn live_at_end(flow: &Flow, live: &[BTreeSet<usize>], block: usize) -> BTreeSet<usize> {
    let mut now = BTreeSet::new();
    for next in &flow.blocks[block].successors {
        now.extend(&live[*next]);
        for index in flow.blocks[*next].values.clone() {
            if flow.values[index].kind == Kind::Phi {
                now.extend(flow.incoming(index, block).value());
            }
        }
    }
    now
}

/// How values can be computed anew.
struct Chains<'a> {
    flow: &'a Flow,
    divergence: &'a Divergence,
}

/// Instructions that compute a value, it being the last.
#[derive(Debug, Default)]
struct Chain {
    links: Vec<usize>,
    /// Values of the whole block that they start from.
    leaves: BTreeSet<usize>,
}

impl Chains<'_> {
    /// How `value` is computed of parameters, constants and what the block has in common, if that is cheap. What the
    /// block has in common itself is, only if it is made of parameters and constants.
    fn of(&self, value: usize) -> Option<Chain> {
        let mut chain = Chain::default();
        let found = self.extend(&mut chain, value, 0);
        let found = found && (self.divergence.is_divergent(value) || chain.leaves.is_empty());
        found.then_some(chain)
    }

    fn extend(&self, chain: &mut Chain, value: usize, depth: usize) -> bool {
        if chain.links.contains(&value) {
            return true;
        }
        if self.flow.values[value].kind != Kind::Cheap || depth >= LONGEST_CHAIN {
            return self.leaf(chain, value);
        }
        let (links, leaves) = (chain.links.len(), chain.leaves.clone());
        let operands = self.flow.values[value].operands.iter();
        if operands
            .filter_map(|operand| operand.value())
            .all(|operand| self.extend(chain, operand, depth + 1))
        {
            chain.links.push(value);
            return chain.links.len() <= LONGEST_CHAIN;
        }
        chain.links.truncate(links);
        chain.leaves = leaves;
        self.leaf(chain, value)
    }

    fn leaf(&self, chain: &mut Chain, value: usize) -> bool {
        let uniform = !self.divergence.is_divergent(value);
        if uniform {
            chain.leaves.insert(value);
        }
        uniform
    }
}

impl Operand {
    /// The instruction that it is, if it is one.
    pub(crate) fn value(&self) -> Option<usize> {
        if let Self::Value(value) = *self { Some(value) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::flow::{Block, Flow, Kind, Operand, Value};
    use super::super::uniformity::Divergence;
    use super::Plan;
    use std::collections::BTreeSet;

    /// Blocks that follow each other. One that begins with something of [`Kind::Other`] is a barrier.
    fn flow(blocks: &[&[(Kind, &[Operand])]]) -> Flow {
        let mut flow = Flow::default();
        for (number, instructions) in blocks.iter().enumerate() {
            let start = flow.values.len();
            for (kind, operands) in *instructions {
                flow.values.push(Value { block: number, kind: *kind, operands: operands.to_vec() });
            }
            let is_end = number + 1 == blocks.len();
            flow.blocks.push(Block {
                values: start..flow.values.len(),
                successors: if is_end { Vec::new() } else { vec![number + 1] },
                predecessors: number.checked_sub(1).into_iter().collect(),
                is_barrier: instructions[0].0 == Kind::Other,
                is_end,
            });
        }
        flow
    }

    #[test]
    fn what_is_computed_anew_behind_a_later_barrier_is_of_what_earlier_ones_keep() {
        const ITEM: Operand = Operand::Parameter(1);
        let (shared, end) = ((Kind::Pure, &[Operand::Parameter(0)][..]), (Kind::Terminator, &[][..]));
        let barrier = [(Kind::Other, &[][..]), end];
        // Value 1 is all that is used behind the first barrier; 5, made of it, is made of 0 behind the second.
        let flow = flow(&[
            &[shared, (Kind::Cheap, &[Operand::Value(0)]), end],
            &barrier,
            &[(Kind::Cheap, &[Operand::Value(1), ITEM]), end],
            &barrier,
            &[(Kind::Terminator, &[Operand::Value(5)])],
        ]);
        let plan = Plan::of(&flow, &Divergence::of(&flow, |parameter| parameter == 1));
        let kept: Vec<_> = plan.barriers.iter().map(|barrier| barrier.kept.clone()).collect();
        assert_eq!(kept, [BTreeSet::from([0, 1]), BTreeSet::from([0])]);
        assert_eq!(plan.barriers[1].anew, [1, 5]);
        assert_eq!((plan.uniform, plan.own), (vec![0, 1], vec![]));
    }
}
