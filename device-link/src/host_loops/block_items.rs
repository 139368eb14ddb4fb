//! The loops over the items of a block in one state of its machine.

use super::Built;
use super::geometry::Where;
use super::item::ENDED;
use super::loops::Loop;
use super::state_machine::{BEFORE_ARGUMENTS, Found, MEMORIES, Machine, Memory, attribute};
use super::ways::{Loops, Unchecked, Way};
use llvm_plugin::access_group::LoopFacts;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::attributes::AttributeLoc;
use llvm_plugin::inkwell::builder::BuilderError;
use llvm_plugin::inkwell::values::{BasicValue as _, BasicValueEnum, FunctionValue, IntValue};
use llvm_plugin::instruction::byte_offset;

/// A row of a block's items: those that differ in x alone.
#[derive(Clone, Copy)]
struct Row<'r, 'ctx> {
    /// The state.
    index: usize,
    block: [IntValue<'ctx>; 3],
    y: IntValue<'ctx>,
    z: IntValue<'ctx>,
    /// Which of the block's items its first is.
    first: IntValue<'ctx>,
    /// What the block has in common.
    common: &'r [BasicValueEnum<'ctx>],
}

/// How items of a row run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run<'ctx> {
    /// This is inlined, and the status is always this one, if there is one.
    Inlined(FunctionValue<'ctx>, Option<u32>),
    /// This is called.
    Called(FunctionValue<'ctx>),
    /// The same, for items that haven't ended.
    Waiting(FunctionValue<'ctx>),
}

impl<'ctx> From<Unchecked<'ctx>> for Run<'ctx> {
    fn from(unchecked: Unchecked<'ctx>) -> Self {
        Self::Inlined(unchecked.function, unchecked.status)
    }
}

impl<'ctx> Machine<'ctx, '_> {
    /// The loops over the items of `block` in state `index`; `waiting`: over those that haven't ended.
    pub(super) fn emit_items(
        &self,
        index: usize,
        block: [IntValue<'ctx>; 3],
        common: &[BasicValueEnum<'ctx>],
        waiting: bool,
    ) -> Built<()> {
        let (function, ways) = (self.stretches.functions[index], &self.ways[index]);
        let zero = self.context.i64_type().const_zero();
        let start = Row { index, block, y: zero, z: zero, first: zero, common };
        if waiting {
            return self.emit_rows(start, |row| self.emit_called(row, Run::Waiting(function)));
        }
        let otherwise = |row: Row<'_, 'ctx>| self.emit_called(row, Run::Called(function));
        let by_row = |row: Row<'_, 'ctx>| {
            let arguments = self.arguments_of_several(row, 1)?;
            let taken = |way: &Way<'ctx>| self.emit_loops(row, way.loops);
            self.emit_chosen(&arguments, &ways.ways, &taken, &|| otherwise(row))
        };
        if !ways.of_blocks {
            return self.emit_rows(start, by_row);
        }
        let arguments = self.arguments_of_several(start, 3)?;
        let taken = |way: &Way<'ctx>| self.emit_rows(start, |row| self.emit_loops(row, way.loops));
        let other =
            || if ways.of_rows { self.emit_rows(start, by_row) } else { self.emit_rows(start, otherwise) };
        self.emit_chosen(&arguments, &ways.ways, &taken, &other)
    }

    /// The loops over the rows of a block.
    fn emit_rows<'r>(&self, start: Row<'r, 'ctx>, each: impl Fn(Row<'r, 'ctx>) -> Built<()>) -> Built<()> {
        let builder = self.builder;
        let (in_z, z) = self.open_loop(2, "thread.z")?;
        let (in_y, y) = self.open_loop(1, "thread.y")?;
        let rows = builder.build_int_nuw_mul(z, self.geometry.block[1], "rows")?;
        let rows = builder.build_int_nuw_add(rows, y, "rows")?;
        let first = builder.build_int_nuw_mul(rows, self.geometry.block[0], "first")?;
        each(Row { y, z, first, ..start })?;
        in_y.close(builder)?;
        in_z.close(builder)
    }

    /// The arguments for the first item of a row, and how many are behind it along so many `axes`.
    fn arguments_of_several(&self, row: Row<'_, 'ctx>, axes: usize) -> Built<Vec<BasicValueEnum<'ctx>>> {
        let zero = self.context.i64_type().const_zero();
        let mut arguments = self.arguments(row, zero, false)?;
        let one = zero.get_type().const_int(1, false);
        for (axis, size) in self.geometry.block.iter().enumerate() {
            let behind = self.builder.build_int_nuw_sub(*size, one, "behind")?;
            arguments.push(if axis < axes { behind } else { zero }.into());
        }
        Ok(arguments)
    }

    /// What is `taken` of the first of `ways` for which the arguments are as they must be; else what is `otherwise`.
    fn emit_chosen(
        &self,
        arguments: &[BasicValueEnum<'ctx>],
        ways: &[Way<'ctx>],
        taken: &dyn Fn(&Way<'ctx>) -> Built<()>,
        otherwise: &dyn Fn() -> Built<()>,
    ) -> Built<()> {
        let (builder, done) = (self.builder, self.block("done"));
        for way in ways {
            let other = self.block("otherwise");
            for holds in &way.holds {
                let next = self.block("taken");
                let holds = self.call(*holds, arguments, "alwaysinline")?.into_int_value();
                builder.build_conditional_branch(holds, next, other)?;
                builder.position_at_end(next);
            }
            taken(way)?;
            builder.build_unconditional_branch(done)?;
            builder.position_at_end(other);
            if way.holds.is_empty() {
                builder.build_unreachable()?;
                builder.position_at_end(done);
                return Ok(());
            }
        }
        otherwise()?;
        builder.build_unconditional_branch(done)?;
        builder.position_at_end(done);
        Ok(())
    }

    /// The loops of a row.
    fn emit_loops(&self, row: Row<'_, 'ctx>, loops: Loops<'ctx>) -> Built<()> {
        let builder = self.builder;
        let (zero, end) = (self.context.i64_type().const_zero(), self.geometry.block[0]);
        match loops {
            Loops::One(all) => self.emit_row(row, all.into()),
            Loops::Two { point, below, above } => {
                let point =
                    self.call(point, &self.arguments_of_several(row, 1)?, "alwaysinline")?.into_int_value();
                self.emit_items_of_row(row, (zero, point), below.into())?;
                self.emit_items_of_row(row, (point, end), above.into())
            }
            Loops::Apart { point, one, others } => {
                let point =
                    self.call(point, &self.arguments_of_several(row, 1)?, "alwaysinline")?.into_int_value();
                self.emit_items_of_row(row, (zero, point), others.into())?;
                let there = builder.build_int_compare(IntPredicate::ULT, point, end, "there")?;
                let there = builder.build_int_z_extend(there, zero.get_type(), "there")?;
                let behind = builder.build_int_nuw_add(point, there, "behind")?;
                self.emit_items_of_row(row, (point, behind), one.into())?;
                self.emit_items_of_row(row, (behind, end), others.into())
            }
        }
    }

    /// A loop over the threads along an axis, and its counter as `i64`.
    fn open_loop(&self, axis: usize, name: &str) -> Built<(Loop<'ctx>, IntValue<'ctx>)> {
        let narrow = self.context.i32_type();
        let size = self.builder.build_int_truncate(self.geometry.block[axis], narrow, "size")?;
        let one = Loop::of_some(self.builder, size, name)?;
        let id = self.builder.build_int_z_extend(one.counter(), self.context.i64_type(), name)?;
        Ok((one, id))
    }

    /// A row whose items are called: what they leave goes through memory.
    fn emit_called(&self, row: Row<'_, 'ctx>, run: Run<'ctx>) -> Built<()> {
        let copy = |kind, from, to| -> Built<()> {
            let value = self.builder.build_load(kind, from, "common")?;
            self.builder.build_store(to, value)?;
            Ok(())
        };
        for one in &self.common {
            copy(one.kind, one.next, one.called)?;
        }
        self.emit_row(row, run)?;
        for one in &self.common {
            copy(one.kind, one.called, one.next)?;
        }
        Ok(())
    }

    fn emit_row(&self, row: Row<'_, 'ctx>, run: Run<'ctx>) -> Built<()> {
        let (in_x, x) = self.open_loop(0, "thread.x")?;
        self.emit_item(row, x, run)?;
        in_x.close_known(self.builder, self.facts(run, self.ways[row.index].of_rows))?;
        self.note_constant(row.index, run)
    }

    /// What is known of a loop over items that run so: rows of blocks with several are short.
    fn facts(&self, run: Run<'ctx>, narrow: bool) -> LoopFacts<'ctx> {
        match run {
            Run::Inlined(..) => LoopFacts { parallel: self.group, narrow, lanes: None },
            Run::Called(_) | Run::Waiting(_) => LoopFacts::default(),
        }
    }

    /// Some items of a row, or none.
    fn emit_items_of_row(
        &self,
        row: Row<'_, 'ctx>,
        (start, end): (IntValue<'ctx>, IntValue<'ctx>),
        run: Run<'ctx>,
    ) -> Built<()> {
        let (builder, wide) = (self.builder, self.context.i64_type());
        let (some, over) = (self.block("some.items"), self.block("items.end"));
        let none = builder.build_int_compare(IntPredicate::EQ, start, end, "none")?;
        builder.build_conditional_branch(none, over, some)?;
        builder.position_at_end(some);
        let narrow = |value| builder.build_int_truncate(value, self.context.i32_type(), "place");
        let in_x = Loop::open_some(builder, (narrow(start)?, narrow(end)?), "thread.x")?;
        let x = builder.build_int_z_extend(in_x.counter(), wide, "thread.x")?;
        self.emit_item(row, x, run)?;
        in_x.close_known(builder, self.facts(run, true))?;
        self.note_constant(row.index, run)?;
        builder.build_unconditional_branch(over)?;
        builder.position_at_end(over);
        Ok(())
    }

    /// The item at `x` of a row.
    fn emit_item(&self, row: Row<'_, 'ctx>, x: IntValue<'ctx>, run: Run<'ctx>) -> Built<()> {
        let builder = self.builder;
        let item = builder.build_int_nuw_add(row.first, x, "item")?;
        let ended = byte_offset(builder, self.memory(Memory::Ended), item)?;
        let end = self.block("item.end");
        let byte = self.context.i8_type();
        if matches!(run, Run::Waiting(_)) {
            let waits = self.block("item.waits");
            let ended = builder.build_load(byte, ended, "ended")?.into_int_value();
            let none = builder.build_int_compare(IntPredicate::EQ, ended, byte.const_zero(), "waits")?;
            builder.build_conditional_branch(none, waits, end)?;
            builder.position_at_end(waits);
        }
        let arguments = self.arguments(row, x, matches!(run, Run::Called(_) | Run::Waiting(_)))?;
        let (function, inlining) = match run {
            Run::Inlined(function, _) => (function, "alwaysinline"),
            Run::Called(function) | Run::Waiting(function) => (function, "noinline"),
        };
        let status = self.call(function, &arguments, inlining)?.into_int_value();
        let constant = if let Run::Inlined(_, constant) = run { constant } else { None };
        if constant.is_none() {
            self.note(row.index, status)?;
        }
        // Nobody has ended when a block starts.
        if Self::may_part(&self.stretches.plan.stretches[row.index])
            && constant.is_none_or(|known| known == ENDED)
        {
            let zero = status.get_type().const_int(ENDED.into(), false);
            let is_over = builder.build_int_compare(IntPredicate::EQ, status, zero, "is_over")?;
            let is_over = builder.build_int_z_extend(is_over, byte, "ended")?;
            let store = builder.build_store(ended, is_over)?;
            if let Some(group) = self.group {
                group.add(store);
            }
        }
        builder.build_unconditional_branch(end)?;
        builder.position_at_end(end);
        Ok(())
    }

    /// Counts in the status that all items of some had.
    fn note_constant(&self, index: usize, run: Run<'ctx>) -> Built<()> {
        let Run::Inlined(_, Some(status)) = run else { return Ok(()) };
        self.note(index, self.context.i32_type().const_int(status.into(), false))
    }

    /// The arguments for the item at `x` of a row.
    fn arguments(
        &self,
        row: Row<'_, 'ctx>,
        x: IntValue<'ctx>,
        called: bool,
    ) -> Built<Vec<BasicValueEnum<'ctx>>> {
        let builder = self.builder;
        let at: Where<'ctx> = self.geometry.item_in_block(builder, row.block, [x, row.y, row.z])?;
        let mut arguments = self.geometry.positions(builder, &at)?;
        let item = builder.build_int_nuw_add(row.first, x, "item")?;
        arguments.extend([item, self.items].map(BasicValueEnum::from));
        let memories = [Memory::Shared, Memory::Dynamic, Memory::Kept, Memory::Variables];
        arguments.extend(memories.map(|memory| self.memory(memory).as_basic_value_enum()));
        let own = BEFORE_ARGUMENTS..self.function.count_params() as usize - MEMORIES;
        arguments.extend(own.map(|index| self.parameter(index)));
        arguments.extend(row.common);
        let left = self.common.iter().map(|one| if called { one.called } else { one.next });
        arguments.extend(left.map(|variable| variable.as_basic_value_enum()));
        Ok(arguments)
    }

    fn call(
        &self,
        function: FunctionValue<'ctx>,
        arguments: &[BasicValueEnum<'ctx>],
        inlining: &str,
    ) -> Built<BasicValueEnum<'ctx>> {
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).into()).collect();
        let call = self.builder.build_call(function, &arguments, "status")?;
        call.add_attribute(AttributeLoc::Function, attribute(self.context, inlining));
        call.try_as_basic_value().basic().ok_or(BuilderError::UnsetPosition)
    }

    /// Counts in the status of an item.
    fn note(&self, index: usize, status: IntValue<'ctx>) -> Built<()> {
        let stretch = &self.stretches.plan.stretches[index];
        let update = |found: Found, with: FunctionValue<'ctx>, value: IntValue<'ctx>| -> Built<()> {
            let known = self.load(found)?;
            let new = self.builder.build_call(with, &[known.into(), value.into()], "found")?;
            let new = new.try_as_basic_value().basic().ok_or(BuilderError::UnsetPosition)?;
            self.builder.build_store(self.found[found as usize], new)?;
            Ok(())
        };
        update(Found::Highest, self.maximum, status)?;
        if stretch.next.len() > 1 {
            let one = status.get_type().const_int(1, false);
            let less = self.builder.build_int_sub(status, one, "less")?;
            update(Found::LowestBarrier, self.minimum, less)?;
        }
        if Self::may_part(stretch) {
            update(Found::Lowest, self.minimum, status)?;
        }
        Ok(())
    }
}
