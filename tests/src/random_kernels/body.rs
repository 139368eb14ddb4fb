//! The body of a random kernel, as Rust source: loops, branches, barriers, exchanges through shared memory, early
//! ends and atomics. What items meet in is ordered by barriers, so that there is one right result.

use super::expression::{Kind, Names, condition, float, number};
use super::random::Random;
use std::fmt::Write as _;

/// What statements may do where they stand.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// All items of a block come here together: barriers may stand here, and uniform variables change.
    together: bool,
    /// How deep in loops and branches.
    depth: u32,
    /// A loop around, in the same kind of control flow, that `break` may end.
    in_loop: bool,
}

/// What the items of a kernel do together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Items {
    /// Nothing.
    Alone,
    /// They go through the same rounds, unless some return early, and change nothing in them that others see.
    InRounds,
    /// They make blocks, with barriers and shared memory.
    InBlocks,
}

/// Writes a body, statement by statement.
#[derive(Debug)]
pub(super) struct Body<'r> {
    random: &'r mut Random,
    names: Names,
    items: Items,
    /// Loops and temporaries so far, for their names.
    count: u32,
    /// Statements left to write.
    budget: u32,
    text: String,
}

const VARYING: u32 = 4;
const UNIFORM: u32 = 3;
const FLOATS: u32 = 2;

impl<'r> Body<'r> {
    /// The text of a body. Before it stand `items`, `me`, `block` and `limit`, all `u32`; with blocks, `shared` and
    /// `floats` too.
    pub(super) fn write(random: &'r mut Random, items: Items) -> String {
        let names = Names {
            uniform: vec!["limit".to_owned(), "items".to_owned(), "block".to_owned()],
            varying: vec!["me".to_owned()],
            floats: vec![],
        };
        let budget = 4 + random.below(22);
        let mut body = Self { random, names, items, count: 0, budget, text: String::new() };
        body.variables();
        let place = Place { together: true, depth: 0, in_loop: false };
        if items == Items::InRounds {
            body.rounds(place);
            return body.text;
        }
        while body.budget > 0 {
            body.statement(place);
        }
        body.text
    }

    fn variables(&mut self) {
        for i in 0..UNIFORM {
            let value = number(&self.names, Kind::Uniform, 2, self.random);
            self.line(0, &format!("let mut u{i} = {value};"));
            self.names.uniform.push(format!("u{i}"));
        }
        for i in 0..FLOATS {
            self.line(0, &format!("let mut f{i} = ((me.wrapping_mul({}) & 0xff) as f32) * 0.25;", 3 + i));
            self.names.floats.push(format!("f{i}"));
        }
        for i in 0..VARYING {
            let value = number(&self.names, Kind::Varying, 2, self.random);
            self.line(0, &format!("let mut v{i} = {value};"));
            self.names.varying.push(format!("v{i}"));
        }
    }

    fn line(&mut self, depth: u32, text: &str) {
        let indent = " ".repeat(4 * (depth as usize + 1));
        writeln!(self.text, "{indent}{text}").expect("a string");
    }

    fn varying(&mut self) -> String {
        format!("v{}", self.random.below(VARYING))
    }

    fn any(&mut self) -> String {
        number(&self.names, Kind::Varying, 3, self.random)
    }

    fn fresh(&mut self, letter: char) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    /// Sums in loops, with what may be before, in and behind them.
    fn rounds(&mut self, place: Place) {
        if self.random.percent(40) {
            let way_out = self.random.of(&["me >= limit", "me + 1 >= limit", "limit < 3", "me == 0"]);
            self.line(0, &format!("if {way_out} {{ return; }}"));
        }
        for _ in 0..=self.random.below(3) {
            match self.random.below(10) {
                0..=2 => self.assign(place),
                3 => self.nested_sums(place),
                _ => self.sum(place),
            }
        }
        self.sum(place);
    }

    /// A sum of each item's, of numbers that are the same for all or an item's own.
    fn sum(&mut self, place: Place) {
        let (round, to) = (self.fresh('i'), self.random.below(FLOATS));
        let rounds = self.random.of(&["limit & 7", "(limit & 3) + 1", "(limit >> 3) & 7", "items & 3"]);
        let depth = place.depth;
        let (step, value) = (self.random.of(&["", "", "", " * 8"]), float(&self.names, 2, self.random));
        self.line(depth, &format!("for {round} in 0..{rounds} {{"));
        self.line(depth + 1, &format!("let read = input[((limit & 31) + {round}{step}) as usize];"));
        if self.random.percent(10) {
            self.line(depth + 1, &format!("if (read & 3) + {round} == 9 {{ break; }}"));
        }
        if self.random.percent(30) {
            let condition = condition(&self.names, Kind::Varying, 1, self.random);
            self.line(depth + 1, &format!("if {condition} {{ f{to} = f{to} * 0.25; }}"));
        }
        if self.random.percent(30) {
            let varying = self.varying();
            self.line(depth + 1, &format!("{varying} = {varying}.wrapping_mul(3) ^ read;"));
        }
        self.line(depth + 1, &format!("f{to} = f{to} * 0.5 + {value} + (read & 0xff) as f32;"));
        self.line(depth, "}");
    }

    fn nested_sums(&mut self, place: Place) {
        let round = self.fresh('i');
        self.line(place.depth, &format!("for {round} in 0..limit & 3 {{"));
        self.names.uniform.push(round);
        self.sum(Place { depth: place.depth + 1, ..place });
        self.names.uniform.pop();
        self.line(place.depth, "}");
    }

    fn statement(&mut self, place: Place) {
        self.budget = self.budget.saturating_sub(1);
        let deep = place.depth >= 4;
        let blocks = self.items == Items::InBlocks;
        match self.random.below(100) {
            0..=24 => self.assign(place),
            25..=29 => self.add_to_sums(place),
            30..=37 if !deep => self.branch(place, Kind::Varying),
            38..=45 if !deep => self.branch(place, Kind::Uniform),
            46..=52 if !deep => self.varying_loop(place),
            53..=64 if !deep => self.uniform_loop(place),
            65..=68 if place.in_loop => self.leave_loop(place),
            69..=72 => self.end_early(place),
            73..=80 if blocks && place.together => self.exchange(place),
            81..=84 if blocks && place.together => self.tree(place),
            85..=88 if blocks && place.together => self.line(place.depth, "it.barrier();"),
            89..=92 if blocks && place.together && !deep => self.branch_on_shared(place),
            93..=95 if blocks && place.together => self.exchange_floats(place),
            96..=97 => self.sum(place),
            _ => self.assign(place),
        }
    }

    fn assign(&mut self, place: Place) {
        let text = if place.together && self.random.percent(25) {
            let value = number(&self.names, Kind::Uniform, 3, self.random);
            format!("u{} = {value};", self.random.below(UNIFORM))
        } else if self.random.percent(25) {
            let value = float(&self.names, 3, self.random);
            format!("f{} = {value};", self.random.below(FLOATS))
        } else {
            format!("{} = {};", self.varying(), self.any())
        };
        self.line(place.depth, &text);
    }

    fn add_to_sums(&mut self, place: Place) {
        let (at, value) = (self.any(), self.any());
        self.line(place.depth, &format!("sums.add(({at}) as usize % sums.len(), {value});"));
    }

    /// A few statements, one deeper.
    fn block(&mut self, place: Place) {
        let place = Place { depth: place.depth + 1, ..place };
        for _ in 0..=self.random.below(3) {
            self.statement(place);
        }
    }

    fn branch(&mut self, place: Place, kind: Kind) {
        let condition = condition(&self.names, kind, 1, self.random);
        let together = place.together && kind == Kind::Uniform;
        // Items that went another way than others may not end a loop that all go through together.
        let inside = Place { together, in_loop: place.in_loop && together == place.together, ..place };
        self.line(place.depth, &format!("if {condition} {{"));
        self.block(inside);
        if self.random.percent(50) {
            self.line(place.depth, "} else {");
            self.block(inside);
        }
        self.line(place.depth, "}");
    }

    /// A loop whose number of rounds differs from item to item.
    fn varying_loop(&mut self, place: Place) {
        let (counter, rounds) = (self.fresh('j'), self.any());
        let most = 1 + self.random.below(6);
        self.line(place.depth, &format!("for {counter} in 0..({rounds}) % {most} {{"));
        self.names.varying.push(counter);
        self.block(Place { together: false, in_loop: true, ..place });
        self.names.varying.pop();
        self.line(place.depth, "}");
    }

    /// A loop that all items of a block go through together.
    fn uniform_loop(&mut self, place: Place) {
        let (counter, rounds) = (self.fresh('i'), number(&self.names, Kind::Uniform, 1, self.random));
        let most = 1 + self.random.below(4);
        self.line(place.depth, &format!("for {counter} in 0..({rounds}) % {most} + 1 {{"));
        self.names.uniform.push(counter);
        self.block(Place { in_loop: true, ..place });
        self.names.uniform.pop();
        self.line(place.depth, "}");
    }

    /// In a loop that items go through together, all leave it together.
    fn leave_loop(&mut self, place: Place) {
        let kind = if place.together { Kind::Uniform } else { Kind::Varying };
        let condition = condition(&self.names, kind, 1, self.random);
        let how = self.random.of(&["break", "continue"]);
        self.line(place.depth, &format!("if {condition} {{ {how}; }}"));
    }

    /// Some items are through, the others go on.
    fn end_early(&mut self, place: Place) {
        let condition = condition(&self.names, Kind::Varying, 1, self.random);
        let bits = 1 + self.random.below(3);
        self.line(place.depth, &format!("if {condition} && mix(me, {bits}) % 4 == 0 {{ return; }}"));
    }

    /// Everyone gets the number of another item.
    fn exchange(&mut self, place: Place) {
        let (value, to) = (self.any(), self.varying());
        let distance = number(&self.names, Kind::Uniform, 1, self.random);
        self.line(place.depth, "it.barrier();");
        self.line(place.depth, &format!("shared.set(me as usize, {value});"));
        self.line(place.depth, "it.barrier();");
        self.line(
            place.depth,
            &format!("{to} = shared.get((me.wrapping_add({distance}) % items) as usize);"),
        );
    }

    fn exchange_floats(&mut self, place: Place) {
        let value = float(&self.names, 2, self.random);
        let to = self.random.below(FLOATS);
        self.line(place.depth, "it.barrier();");
        self.line(place.depth, &format!("floats.set(me as usize, {value});"));
        self.line(place.depth, "it.barrier();");
        self.line(place.depth, &format!("f{to} = floats.get((items - 1 - me) as usize);"));
    }

    /// A sum by halves, of which each item sees what is in its place at the end.
    fn tree(&mut self, place: Place) {
        let (value, to, half) = (self.any(), self.varying(), self.fresh('h'));
        let depth = place.depth;
        self.line(depth, "it.barrier();");
        self.line(depth, &format!("shared.set(me as usize, {value});"));
        self.line(depth, &format!("let mut {half} = items.next_power_of_two() / 2;"));
        self.line(depth, &format!("while {half} > 0 {{"));
        self.line(depth + 1, "it.barrier();");
        self.line(depth + 1, &format!("if me < {half} && me + {half} < items {{"));
        self.line(depth + 2, &format!("shared.add(me as usize, shared.get((me + {half}) as usize));"));
        self.line(depth + 1, "}");
        self.line(depth + 1, &format!("{half} /= 2;"));
        self.line(depth, "}");
        self.line(depth, "it.barrier();");
        self.line(depth, &format!("{to} = {to}.wrapping_add(shared.get(0)) ^ shared.get(me as usize);"));
    }

    /// All items go the same way, for what one of them has written: no compiler can know.
    fn branch_on_shared(&mut self, place: Place) {
        let (value, seen) = (self.any(), self.fresh('s'));
        let depth = place.depth;
        self.line(depth, "it.barrier();");
        self.line(depth, &format!("if me == 0 {{ shared.set(0, {value}); }}"));
        self.line(depth, "it.barrier();");
        self.line(depth, &format!("let {seen} = shared.get(0);"));
        self.line(depth, "it.barrier();");
        self.line(depth, &format!("if {seen} & 1 == 0 {{"));
        self.block(place);
        self.line(depth, "}");
    }
}
