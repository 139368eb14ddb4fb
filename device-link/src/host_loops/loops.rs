//! A counted loop as the optimizer likes it.

use super::Built;
use llvm_plugin::access_group::LoopFacts;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::values::{FunctionValue, InstructionValue, IntValue, PhiValue};

/// A loop whose counter runs from `start` to `end`; the builder stands in its body. The end is tested at the bottom, as
/// the vectorizer wants it:
/// ```c
/// if (start != end) { counter = start; do { body } while (++counter != end); }
/// ```
pub(crate) struct Loop<'ctx> {
    body: BasicBlock<'ctx>,
    exit: BasicBlock<'ctx>,
    counter: PhiValue<'ctx>,
    end: IntValue<'ctx>,
}

impl<'ctx> Loop<'ctx> {
    pub(crate) fn open(
        builder: &Builder<'ctx>,
        (start, end): (IntValue<'ctx>, IntValue<'ctx>),
        name: &str,
    ) -> Built<Self> {
        let none = builder.build_int_compare(IntPredicate::EQ, start, end, "none")?;
        Self::enter(builder, (start, end), name, Some(none))
    }

    /// Of all numbers below `end`, which isn't 0.
    pub(crate) fn of_some(builder: &Builder<'ctx>, end: IntValue<'ctx>, name: &str) -> Built<Self> {
        Self::enter(builder, (end.get_type().const_zero(), end), name, None)
    }

    /// From `start` to `end`, which isn't that.
    pub(crate) fn open_some(
        builder: &Builder<'ctx>,
        (start, end): (IntValue<'ctx>, IntValue<'ctx>),
        name: &str,
    ) -> Built<Self> {
        Self::enter(builder, (start, end), name, None)
    }

    fn enter(
        builder: &Builder<'ctx>,
        (start, end): (IntValue<'ctx>, IntValue<'ctx>),
        name: &str,
        none: Option<IntValue<'ctx>>,
    ) -> Built<Self> {
        let integer = end.get_type();
        let before = builder.get_insert_block().ok_or(BuilderError::UnsetPosition)?;
        let function = function_of(before)?;
        let block =
            |part: &str| integer.get_context().append_basic_block(function, &format!("{name}.{part}"));
        let (body, exit) = (block("body"), block("exit"));
        match none {
            Some(none) => builder.build_conditional_branch(none, exit, body)?,
            None => builder.build_unconditional_branch(body)?,
        };
        builder.position_at_end(body);
        let counter = builder.build_phi(integer, name)?;
        counter.add_incoming(&[(&start, before)]);
        Ok(Self { body, exit, counter, end })
    }

    /// Of all numbers below `end`.
    pub(crate) fn below(builder: &Builder<'ctx>, end: IntValue<'ctx>, name: &str) -> Built<Self> {
        Self::open(builder, (end.get_type().const_zero(), end), name)
    }

    pub(crate) fn counter(&self) -> IntValue<'ctx> {
        self.counter.as_basic_value().into_int_value()
    }

    pub(crate) fn close(self, builder: &Builder<'ctx>) -> Built<()> {
        self.close_known(builder, LoopFacts::default())?;
        Ok(())
    }

    /// Ends the loop, of which `facts` are known. Returns the branch that goes around.
    pub(crate) fn close_known(
        self,
        builder: &Builder<'ctx>,
        facts: LoopFacts<'ctx>,
    ) -> Built<InstructionValue<'ctx>> {
        // It ends at `end`, which has as many bits.
        let one = self.end.get_type().const_int(1, false);
        let next = builder.build_int_nuw_add(self.counter(), one, "next")?;
        let last = builder.get_insert_block().ok_or(BuilderError::UnsetPosition)?;
        self.counter.add_incoming(&[(&next, last)]);
        let done = builder.build_int_compare(IntPredicate::EQ, next, self.end, "done")?;
        let branch = builder.build_conditional_branch(done, self.exit, self.body)?;
        facts.describe(branch);
        builder.position_at_end(self.exit);
        Ok(branch)
    }
}

pub(crate) fn function_of<'ctx>(block: BasicBlock<'ctx>) -> Built<FunctionValue<'ctx>> {
    block.get_parent().ok_or(BuilderError::UnsetPosition)
}
