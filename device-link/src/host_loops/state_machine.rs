//! The blocks of a kernel whose items meet: each block is a small state machine, whose state is the barrier at which its
//! items wait. In each state all of them run, one after the other, to their next barrier.

use super::Built;
use super::block_accesses;
use super::geometry::Geometry;
use super::item::{ENDED, FIRST_ARGUMENT, PANICKED, argument_types};
use super::loops::Loop;
use super::stretches::Stretches;
use super::ways::{self, Ways};
use crate::runtime::BlockRuntime;
use llvm_plugin::access_group::AccessGroup;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::context::ContextRef;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue};
use llvm_plugin::inkwell::{AddressSpace, IntPredicate};
use llvm_plugin::module::declare_intrinsic;

/// What stands before a kernel's own parameters: first block, end, geometry.
pub(super) const BEFORE_ARGUMENTS: usize = 5;

/// Parameters behind the kernel's own, in their order.
#[derive(Clone, Copy)]
pub(super) enum Memory {
    Shared,
    Dynamic,
    Kept,
    Variables,
    /// A byte for each item: whether it has come to its end.
    Ended,
}

pub(super) const MEMORIES: usize = Memory::Ended as usize + 1;

/// Makes `void kernel.blocks(begin, end, geometry slots..., parameter..., memory...)`:
/// ```c
/// for (block = begin; block != end; ++block)
///     for (state = 0;;) {
///         highest = 0, lowest = UINT32_MAX, least = UINT32_MAX;
///         switch (state) {
///         case 0: for (every item of the block) { status = kernel_0(...); highest = max(highest, status); ... } break;
///         case 1: ...
///         }
///         if (highest == ENDED || highest >= PANICKED) break;
///         if (lowest != highest) { diverged(); break; }
///         state = highest;
///     }
/// ```
/// Items that ended while others wait are left out of the loops from then on.
pub(crate) fn emit<'ctx>(
    module: &Module<'ctx>,
    kernel: &str,
    stretches: &Stretches<'ctx>,
    runtime: &BlockRuntime<'ctx>,
) -> Built<FunctionValue<'ctx>> {
    let context = module.get_context();
    let (wide, pointer) = (context.i64_type(), context.ptr_type(AddressSpace::default()));
    let count = stretches.functions[0].count_params() as usize - 2 * stretches.uniform.len();
    let own = argument_types(stretches.functions[0]);
    let arguments = own.into_iter().take(count - FIRST_ARGUMENT);
    let mut parameters: Vec<BasicTypeEnum<'ctx>> = vec![wide.into(); BEFORE_ARGUMENTS];
    parameters.extend(arguments);
    parameters.extend([BasicTypeEnum::from(pointer); MEMORIES]);
    let parameters: Vec<_> = parameters.into_iter().map(Into::into).collect();
    let kind = context.void_type().fn_type(&parameters, false);
    let function = module.add_function(&blocks_name(kernel), kind, None);
    function.set_linkage(Linkage::Internal);
    let memories = function.count_params() - MEMORIES as u32;
    for parameter in memories..function.count_params() {
        function.add_attribute(AttributeLoc::Param(parameter), attribute(context, "noalias"));
    }
    for name in ["noinline", "nounwind"] {
        function.add_attribute(AttributeLoc::Function, attribute(context, name));
    }
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(function, "entry"));
    Machine::open(module, &builder, function, stretches)?.emit(runtime)?;
    Ok(function)
}

/// The function that runs blocks of `kernel`, if its items meet.
pub(crate) fn blocks_name(kernel: &str) -> String {
    format!("{kernel}.blocks")
}

pub(super) fn attribute(context: ContextRef<'_>, name: &str) -> Attribute {
    context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0)
}

pub(super) struct Machine<'ctx, 'b> {
    pub(super) context: ContextRef<'ctx>,
    pub(super) builder: &'b Builder<'ctx>,
    pub(super) function: FunctionValue<'ctx>,
    pub(super) stretches: &'b Stretches<'ctx>,
    /// What there is beside the functions of the stretches.
    pub(super) ways: Vec<Ways<'ctx>>,
    /// The accesses of items that don't depend on each other, if they don't.
    pub(super) group: Option<AccessGroup<'ctx>>,
    pub(super) geometry: Geometry<'ctx>,
    pub(super) items: IntValue<'ctx>,
    state: PointerValue<'ctx>,
    /// Whether an item ended while others wait.
    left: PointerValue<'ctx>,
    /// The highest status of the loop that ran last; the lowest less 1; the lowest.
    pub(super) found: [PointerValue<'ctx>; 3],
    /// Values that the block has in common: what they are, and what items leave.
    pub(super) common: Vec<Common<'ctx>>,
    pub(super) minimum: FunctionValue<'ctx>,
    pub(super) maximum: FunctionValue<'ctx>,
}

/// A value that the items of a block have in common.
pub(super) struct Common<'ctx> {
    pub(super) kind: BasicTypeEnum<'ctx>,
    pub(super) now: PointerValue<'ctx>,
    /// What the loop leaves whose items are inlined.
    pub(super) next: PointerValue<'ctx>,
    /// What the loop leaves that calls them: its address is known to others, and would not become a register.
    pub(super) called: PointerValue<'ctx>,
}

/// Of the statuses of a loop.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Highest,
    /// Of items that wait: less 1, so that of those that ended is above all.
    LowestBarrier,
    Lowest,
}

impl<'ctx, 'b> Machine<'ctx, 'b> {
    fn open(
        module: &Module<'ctx>,
        builder: &'b Builder<'ctx>,
        function: FunctionValue<'ctx>,
        stretches: &'b Stretches<'ctx>,
    ) -> Built<Self> {
        let context = module.get_context();
        let slots: Vec<_> = (2..BEFORE_ARGUMENTS as u32)
            .filter_map(|index| function.get_nth_param(index))
            .map(|slot| slot.into_int_value())
            .collect();
        let geometry = Geometry::unpack(builder, &slots)?;
        let plane = builder.build_int_nuw_mul(geometry.block[0], geometry.block[1], "plane")?;
        let items = builder.build_int_nuw_mul(plane, geometry.block[2], "items")?;
        let number = context.i32_type();
        let common = stretches.uniform.iter().map(|kind| {
            let variable = |name| builder.build_alloca(*kind, name);
            let (now, next) = (variable("common")?, variable("common.next")?);
            Ok(Common { kind: *kind, now, next, called: variable("common.called")? })
        });
        let common = common.collect::<Built<Vec<_>>>()?;
        let ways = stretches.functions.iter().map(|function| ways::emit(module, *function));
        let ways = ways.collect::<Built<Vec<_>>>()?;
        // Copies of functions have groups of their own.
        if let Some(group) = stretches.group {
            ways.iter().flat_map(Ways::functions).for_each(|way| block_accesses::add_to_group(way, group));
        }
        let intrinsic =
            |name| declare_intrinsic(module, name, &[number.into()]).ok_or(BuilderError::UnsetPosition);
        Ok(Self {
            context,
            builder,
            function,
            stretches,
            ways,
            group: stretches.group,
            geometry,
            items,
            state: builder.build_alloca(number, "state")?,
            left: builder.build_alloca(context.bool_type(), "left")?,
            found: [
                builder.build_alloca(number, "highest")?,
                builder.build_alloca(number, "lowest.barrier")?,
                builder.build_alloca(number, "lowest")?,
            ],
            common,
            minimum: intrinsic("llvm.umin")?,
            maximum: intrinsic("llvm.umax")?,
        })
    }

    pub(super) fn block(&self, name: &str) -> BasicBlock<'ctx> {
        self.context.append_basic_block(self.function, name)
    }

    pub(super) fn parameter(&self, index: usize) -> BasicValueEnum<'ctx> {
        self.function.get_params()[index]
    }

    pub(super) fn memory(&self, memory: Memory) -> PointerValue<'ctx> {
        let count = self.function.count_params() as usize;
        self.parameter(count - MEMORIES + memory as usize).into_pointer_value()
    }

    fn emit(&self, runtime: &BlockRuntime<'ctx>) -> Built<()> {
        let builder = self.builder;
        let (begin, end) = (self.parameter(0).into_int_value(), self.parameter(1).into_int_value());
        let blocks = Loop::open(builder, (begin, end), "block")?;
        let block = self.geometry.block_at(builder, blocks.counter())?;
        let number = self.context.i32_type();
        builder.build_store(self.state, number.const_zero())?;
        builder.build_store(self.left, self.context.bool_type().const_zero())?;
        if self.any_may_part() {
            let ended = self.memory(Memory::Ended);
            let none = self.context.i8_type().const_zero();
            builder.build_memset(ended, 1, none, self.items).map_err(|_| BuilderError::UnsetPosition)?;
        }
        let (choose, next) = (self.block("choose"), self.block("next.block"));
        builder.build_unconditional_branch(choose)?;
        let states: Vec<_> = (0..self.stretches.functions.len()).map(|_| self.block("state")).collect();
        builder.position_at_end(choose);
        let state = builder.build_load(number, self.state, "state")?.into_int_value();
        let cases: Vec<_> =
            (0..).zip(&states).skip(1).map(|(case, block)| (number.const_int(case, false), *block)).collect();
        builder.build_switch(state, states[0], &cases)?;
        let not_together = self.block("not.together");
        for (index, entered) in states.iter().enumerate() {
            builder.position_at_end(*entered);
            self.emit_state(index, block, (choose, next, not_together))?;
        }
        builder.position_at_end(not_together);
        let arguments: Vec<_> = block
            .iter()
            .map(|id| builder.build_int_truncate(*id, number, "block"))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let name = runtime.kernel_name.into();
        let arguments: Vec<_> = std::iter::once(name).chain(arguments.into_iter().map(Into::into)).collect();
        builder.build_call(runtime.items_apart, &arguments, "")?;
        builder.build_unconditional_branch(next)?;
        builder.position_at_end(next);
        blocks.close(builder)?;
        builder.build_return(None)?;
        Ok(())
    }

    /// The items run, and where they are then decides what comes next.
    fn emit_state(
        &self,
        index: usize,
        block: [IntValue<'ctx>; 3],
        (choose, next, not_together): (BasicBlock<'ctx>, BasicBlock<'ctx>, BasicBlock<'ctx>),
    ) -> Built<()> {
        let builder = self.builder;
        let stretch = &self.stretches.plan.stretches[index];
        let number = self.context.i32_type();
        for (found, start) in
            self.found.iter().zip([number.const_zero(), number.const_all_ones(), number.const_all_ones()])
        {
            builder.build_store(*found, start)?;
        }
        let common = self.read_common()?;
        let done = self.block("done");
        if index > 0 && self.any_may_part() {
            let (some, all) = (self.block("some"), self.block("all"));
            let left = builder.build_load(self.context.bool_type(), self.left, "left")?.into_int_value();
            builder.build_conditional_branch(left, some, all)?;
            builder.position_at_end(some);
            self.emit_items(index, block, &common, true)?;
            builder.build_unconditional_branch(done)?;
            builder.position_at_end(all);
        }
        self.emit_items(index, block, &common, false)?;
        builder.build_unconditional_branch(done)?;
        builder.position_at_end(done);
        self.write_common()?;

        let highest = self.load(Found::Highest)?;
        let to = |block: BasicBlock<'ctx>, condition: IntValue<'ctx>| -> Built<()> {
            let otherwise = self.block("checked");
            builder.build_conditional_branch(condition, block, otherwise)?;
            builder.position_at_end(otherwise);
            Ok(())
        };
        // Of all numbers that are no barrier's, one less is at least as high as a panic's.
        let one = number.const_int(1, false);
        let less = builder.build_int_sub(highest, one, "less")?;
        let limit = number.const_int(u64::from(PANICKED) - 1, false);
        to(next, builder.build_int_compare(IntPredicate::UGE, less, limit, "over")?)?;
        if stretch.next.len() > 1 {
            let lowest = self.load(Found::LowestBarrier)?;
            to(not_together, builder.build_int_compare(IntPredicate::NE, lowest, less, "apart")?)?;
        }
        if Self::may_part(stretch) {
            let ended = number.const_int(ENDED.into(), false);
            let lowest = self.load(Found::Lowest)?;
            let some = builder.build_int_compare(IntPredicate::EQ, lowest, ended, "some")?;
            let left = builder.build_load(self.context.bool_type(), self.left, "left")?.into_int_value();
            builder.build_store(self.left, builder.build_or(left, some, "left")?)?;
        }
        builder.build_store(self.state, highest)?;
        builder.build_unconditional_branch(choose)?;
        Ok(())
    }

    /// Whether some items may end in a stretch while others come to a barrier.
    pub(super) fn may_part(stretch: &super::plan::Stretch) -> bool {
        stretch.may_end && !stretch.next.is_empty()
    }

    fn any_may_part(&self) -> bool {
        self.stretches.plan.stretches.iter().any(Self::may_part)
    }

    fn read_common(&self) -> Built<Vec<BasicValueEnum<'ctx>>> {
        let values = self.common.iter().map(|one| {
            let value = self.builder.build_load(one.kind, one.now, "common")?;
            // What no item writes stays as it is.
            self.builder.build_store(one.next, value)?;
            Ok(value)
        });
        values.collect()
    }

    fn write_common(&self) -> Built<()> {
        for one in &self.common {
            let value = self.builder.build_load(one.kind, one.next, "common")?;
            self.builder.build_store(one.now, value)?;
        }
        Ok(())
    }

    pub(super) fn load(&self, found: Found) -> Built<IntValue<'ctx>> {
        let number = self.context.i32_type();
        Ok(self.builder.build_load(number, self.found[found as usize], "found")?.into_int_value())
    }
}
