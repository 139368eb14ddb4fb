//! The loops over the items of a block in one state of its machine.

use super::Built;
use super::fast_path::FastPath;
use super::geometry::Where;
use super::item::ENDED;
use super::loops::Loop;
use super::state_machine::{BEFORE_ARGUMENTS, Found, MEMORIES, Machine, Memory, attribute};
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

/// How the items of a row run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way<'ctx> {
    /// This is inlined.
    Inlined(FunctionValue<'ctx>),
    /// This is called.
    Called(FunctionValue<'ctx>),
    /// The same, for items that haven't ended.
    Waiting(FunctionValue<'ctx>),
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
        let builder = self.builder;
        let (in_z, z) = self.open_loop(2, "thread.z")?;
        let (in_y, y) = self.open_loop(1, "thread.y")?;
        let rows = builder.build_int_nuw_mul(z, self.geometry.block[1], "rows")?;
        let rows = builder.build_int_nuw_add(rows, y, "rows")?;
        let first = builder.build_int_nuw_mul(rows, self.geometry.block[0], "first")?;
        let row = Row { index, block, y, z, first, common };
        let function = self.stretches.functions[index];
        let fast_paths = &self.fast_paths[index];
        if waiting {
            self.emit_called(row, Way::Waiting(function))?;
        } else if fast_paths.is_empty() {
            self.emit_row(row, Way::Inlined(function))?;
        } else {
            self.emit_chosen(row, function, fast_paths)?;
        }
        in_y.close(builder)?;
        in_z.close(builder)
    }

    /// A row that the first of `fast_paths` runs whose checks hold; where none do, `function` is called.
    fn emit_chosen(
        &self,
        row: Row<'_, 'ctx>,
        function: FunctionValue<'ctx>,
        fast_paths: &[FastPath<'ctx>],
    ) -> Built<()> {
        let (builder, done) = (self.builder, self.block("row.end"));
        let zero = self.context.i64_type().const_zero();
        let mut arguments = self.arguments(row, zero, Way::Inlined(function))?;
        let one = zero.get_type().const_int(1, false);
        arguments.push(builder.build_int_nuw_sub(self.geometry.block[0], one, "behind")?.into());
        for fast in fast_paths {
            let (unchecked, otherwise) = (self.block("unchecked"), self.block("otherwise"));
            let holds = self.call(fast.holds, &arguments, "alwaysinline")?;
            builder.build_conditional_branch(holds, unchecked, otherwise)?;
            builder.position_at_end(unchecked);
            self.emit_row(row, Way::Inlined(fast.unchecked))?;
            builder.build_unconditional_branch(done)?;
            builder.position_at_end(otherwise);
        }
        self.emit_called(row, Way::Called(function))?;
        builder.build_unconditional_branch(done)?;
        builder.position_at_end(done);
        Ok(())
    }

    /// A loop over the threads along an axis, and its counter as `i64`.
    fn open_loop(&self, axis: usize, name: &str) -> Built<(Loop<'ctx>, IntValue<'ctx>)> {
        let narrow = self.context.i32_type();
        let size = self.builder.build_int_truncate(self.geometry.block[axis], narrow, "size")?;
        let one = Loop::below(self.builder, size, name)?;
        let id = self.builder.build_int_z_extend(one.counter(), self.context.i64_type(), name)?;
        Ok((one, id))
    }

    /// A row whose items are called: what they leave goes through memory.
    fn emit_called(&self, row: Row<'_, 'ctx>, way: Way<'ctx>) -> Built<()> {
        let copy = |kind, from, to| -> Built<()> {
            let value = self.builder.build_load(kind, from, "common")?;
            self.builder.build_store(to, value)?;
            Ok(())
        };
        for one in &self.common {
            copy(one.kind, one.next, one.called)?;
        }
        self.emit_row(row, way)?;
        for one in &self.common {
            copy(one.kind, one.called, one.next)?;
        }
        Ok(())
    }

    fn emit_row(&self, row: Row<'_, 'ctx>, way: Way<'ctx>) -> Built<()> {
        let builder = self.builder;
        let (in_x, x) = self.open_loop(0, "thread.x")?;
        let item = builder.build_int_nuw_add(row.first, x, "item")?;
        let ended = byte_offset(builder, self.memory(Memory::Ended), item)?;
        let end = self.block("item.end");
        if matches!(way, Way::Waiting(_)) {
            let run = self.block("item.waits");
            let byte = builder.build_load(self.context.i8_type(), ended, "ended")?.into_int_value();
            let none = byte.get_type().const_zero();
            let waits = builder.build_int_compare(IntPredicate::EQ, byte, none, "waits")?;
            builder.build_conditional_branch(waits, run, end)?;
            builder.position_at_end(run);
        }
        let arguments = self.arguments(row, x, way)?;
        let status = match way {
            Way::Inlined(function) => self.call(function, &arguments, "alwaysinline")?,
            Way::Called(function) | Way::Waiting(function) => self.call(function, &arguments, "noinline")?,
        };
        self.note(row.index, status)?;
        if Self::may_part(&self.stretches.plan.stretches[row.index]) {
            let zero = status.get_type().const_int(ENDED.into(), false);
            let is_over = builder.build_int_compare(IntPredicate::EQ, status, zero, "is_over")?;
            let byte = builder.build_int_z_extend(is_over, self.context.i8_type(), "ended")?;
            builder.build_store(ended, byte)?;
        }
        builder.build_unconditional_branch(end)?;
        builder.position_at_end(end);
        in_x.close(builder)
    }

    /// The arguments for the item at `x` of a row.
    fn arguments(
        &self,
        row: Row<'_, 'ctx>,
        x: IntValue<'ctx>,
        way: Way<'ctx>,
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
        let inlined = matches!(way, Way::Inlined(_));
        let left = self.common.iter().map(|one| if inlined { one.next } else { one.called });
        arguments.extend(left.map(|variable| variable.as_basic_value_enum()));
        Ok(arguments)
    }

    fn call(
        &self,
        function: FunctionValue<'ctx>,
        arguments: &[BasicValueEnum<'ctx>],
        inlining: &str,
    ) -> Built<IntValue<'ctx>> {
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).into()).collect();
        let call = self.builder.build_call(function, &arguments, "status")?;
        call.add_attribute(AttributeLoc::Function, attribute(self.context, inlining));
        let status = call.try_as_basic_value().basic().ok_or(BuilderError::UnsetPosition)?;
        Ok(status.into_int_value())
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
