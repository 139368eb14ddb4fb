//! Which values of a function are the same for all work items of a block that come to the same barrier. All others may
//! differ.
//!
//! Items start a stretch without barriers together: at the function's start, or behind one barrier (the loops over
//! items see to that when they run). So within a stretch a value differs where it is made of something that differs,
//! or where a branch that not all take the same way decides which value it is, or how often it was computed.

use super::flow::{Flow, Kind, Operand};

/// For each value of a function, whether work items may have different ones.
#[derive(Debug)]
pub(crate) struct Divergence {
    divergent: Vec<bool>,
}

impl Divergence {
    /// Of a function whose `parameters` are the same for all items, or not.
    pub(crate) fn of(flow: &Flow, differs: impl Fn(usize) -> bool) -> Self {
        let meets = Meets::of(flow);
        let mut found = Self { divergent: vec![false; flow.values.len()] };
        loop {
            let before = found.divergent.iter().filter(|divergent| **divergent).count();
            found.follow_operands(flow, &differs);
            for block in 0..flow.blocks.len() {
                if meets.decides(flow, block) && found.divergent[flow.terminator(block)] {
                    found.follow_branch(flow, &meets, block);
                }
            }
            if found.divergent.iter().filter(|divergent| **divergent).count() == before {
                return found;
            }
        }
    }

    pub(crate) fn is_divergent(&self, value: usize) -> bool {
        self.divergent[value]
    }

    fn follow_operands(&mut self, flow: &Flow, differs: &impl Fn(usize) -> bool) {
        loop {
            let mut grown = false;
            for (index, value) in flow.values.iter().enumerate() {
                let differs = value.kind == Kind::Other
                    || value.operands.iter().any(|operand| match *operand {
                        Operand::Value(operand) => self.divergent[operand],
                        Operand::Parameter(parameter) => differs(parameter),
                        Operand::Constant => false,
                    });
                if differs && !self.divergent[index] {
                    self.divergent[index] = true;
                    grown = true;
                }
            }
            if !grown {
                return;
            }
        }
    }

    /// Items go different ways at the end of `branch`, and are together again where all ways lead.
    fn follow_branch(&mut self, flow: &Flow, meets: &Meets, branch: usize) {
        let together = meets.together_after[branch];
        let edges = |block: usize| {
            let stop = Some(block) == together;
            if stop { Vec::new() } else { meets.next(flow, block) }
        };
        let ways = meets.next(flow, branch).into_iter().map(|next| flow.reach(&[next], edges));
        let ways: Vec<_> = ways.collect();
        let on = |block: usize| ways.iter().filter(|way| way[block]).count();
        // Around a loop once more, or not: whatever is computed there was computed more often for some.
        let is_loop = on(branch) > 0;
        for block in (0..flow.blocks.len()).filter(|block| on(*block) > 0) {
            for index in flow.blocks[block].values.clone() {
                let phi = flow.values[index].kind == Kind::Phi;
                let joins = phi && on(block) > 1;
                if joins || (is_loop && Some(block) != together) || (is_loop && phi) {
                    self.divergent[index] = true;
                }
            }
        }
    }
}

/// Whether items part, by nothing but where they are in their block, and only some of them come to a barrier on the way
/// to where they are together again: then a barrier is there for some of a block.
pub(crate) fn has_divergent_barrier(flow: &Flow, differs: impl Fn(usize) -> bool) -> bool {
    let meets = Meets::of(flow);
    let by_position = find_by_position(flow, differs);
    (0..flow.blocks.len()).filter(|block| meets.decides(flow, *block)).any(|block| {
        let together = meets.together_after[block];
        let edges = |at: usize| if Some(at) == together { Vec::new() } else { meets.next(flow, at) };
        let ways = flow.reach(&meets.next(flow, block), edges);
        let is_between = |at: &usize| ways[*at] && Some(*at) != together;
        by_position[flow.terminator(block)] && flow.barriers().iter().any(is_between)
    })
}

/// Values made of where an item is, and of what its block has in common, alone.
fn find_by_position(flow: &Flow, differs: impl Fn(usize) -> bool) -> Vec<bool> {
    // Whether it is made of parameters and constants alone, and whether of one that differs.
    let mut known: Vec<Option<bool>> = vec![None; flow.values.len()];
    for _ in 0..flow.values.len() {
        let before = known.iter().flatten().count();
        for (index, value) in flow.values.iter().enumerate() {
            let made_of_operands = matches!(value.kind, Kind::Cheap | Kind::Pure | Kind::Terminator);
            let operands = value.operands.iter().map(|operand| match *operand {
                Operand::Value(operand) => known[operand],
                Operand::Parameter(parameter) => Some(differs(parameter)),
                Operand::Constant => Some(false),
            });
            if made_of_operands && known[index].is_none() {
                known[index] = operands.reduce(|a, b| Some(a? | b?)).unwrap_or(Some(false));
            }
        }
        if known.iter().flatten().count() == before {
            break;
        }
    }
    known.into_iter().map(|known| known == Some(true)).collect()
}

/// The part of a function from which barriers can be reached: what happens on ways that end the work item is seen by
/// no other.
struct Meets {
    reaches_barrier: Vec<bool>,
    /// For each block of that part: the first that all ways to a barrier lead through, if there is one.
    together_after: Vec<Option<usize>>,
}

impl Meets {
    fn of(flow: &Flow) -> Self {
        let reaches_barrier = flow.reach(&flow.barriers(), |block| flow.blocks[block].predecessors.clone());
        let mut meets = Self { reaches_barrier, together_after: Vec::new() };
        meets.together_after = meets.find_together(flow);
        meets
    }

    /// Where items can go from `block` that will come to a barrier, up to the next one.
    fn next(&self, flow: &Flow, block: usize) -> Vec<usize> {
        flow.next_without_barrier(block).into_iter().filter(|next| self.reaches_barrier[*next]).collect()
    }

    /// Whether the end of `block` decides which way items go to their next barrier.
    fn decides(&self, flow: &Flow, block: usize) -> bool {
        self.reaches_barrier[block] && self.next(flow, block).len() > 1
    }

    /// Immediate postdominators, with barriers as the ends.
    ///
    /// Source: K. Cooper, T. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm".
    fn find_together(&self, flow: &Flow) -> Vec<Option<usize>> {
        let count = flow.blocks.len();
        let (end, order) = (count, self.backwards(flow));
        let mut place = vec![usize::MAX; count + 1];
        for (at, block) in order.iter().enumerate() {
            place[*block] = at + 1;
        }
        place[end] = 0;
        let mut found: Vec<Option<usize>> = vec![None; count + 1];
        found[end] = Some(end);
        let meet = |found: &[Option<usize>], mut a: usize, mut b: usize| {
            while a != b {
                let later = if place[a] > place[b] { &mut a } else { &mut b };
                *later = found[*later].unwrap_or(end);
            }
            a
        };
        loop {
            let mut changed = false;
            for block in &order {
                let mut next = self.next(flow, *block);
                if flow.blocks[*block].is_barrier {
                    next.push(end);
                }
                let known = next.into_iter().filter(|next| found[*next].is_some());
                let new = known.reduce(|a, b| meet(&found, a, b));
                changed |= new != found[*block];
                found[*block] = new;
            }
            if !changed {
                found.truncate(count);
                return found.into_iter().map(|block| block.filter(|block| *block != end)).collect();
            }
        }
    }

    /// The blocks of the part, barriers first, each but those of loops behind what can follow it.
    fn backwards(&self, flow: &Flow) -> Vec<usize> {
        let before = |block: usize| {
            let from = flow.blocks[block].predecessors.iter().copied();
            from.filter(|from| !flow.blocks[*from].is_barrier).collect::<Vec<_>>()
        };
        let (mut order, mut seen) = (Vec::new(), vec![false; flow.blocks.len()]);
        for barrier in flow.barriers() {
            let mut open = vec![(barrier, before(barrier))];
            if std::mem::replace(&mut seen[barrier], true) {
                continue;
            }
            while let Some((block, left)) = open.last_mut() {
                match left.pop() {
                    Some(next) if !std::mem::replace(&mut seen[next], true) => {
                        open.push((next, before(next)))
                    }
                    Some(_) => {}
                    None => {
                        order.push(*block);
                        open.pop();
                    }
                }
            }
        }
        order.reverse();
        order
    }
}
