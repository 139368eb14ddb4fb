//! A range of blocks whose items meet: the memory of a block is there for as long as the range runs.

use super::Built;
use super::geometry::Geometry;
use super::item::Item;
use super::launch::{FIRST_OF_KERNEL, declare_range};
use crate::runtime::BlockRuntime;
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::{BasicMetadataValueEnum, FunctionValue, IntValue, PointerValue};
use llvm_plugin::instruction::byte_offset;

/// The alignment that every kind of memory of a block has at least: a cache line.
const LEAST_ALIGNMENT: u64 = 64;

/// What a block of a kernel needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) shared: u64,
    pub(crate) has_dynamic: bool,
    /// Bytes for each item: values that are kept across barriers.
    pub(crate) kept: u64,
    /// Bytes for each item: variables that are there across barriers.
    pub(crate) variables: u64,
    pub(crate) alignment: u64,
}

/// ```c
/// void kernel_range(begin, end, geometry..., parameter...) {
///     char *memory = __outboard_block_memory(name, block sizes..., bytes...);
///     if (!memory) return;
///     kernel_blocks(begin, end, geometry..., parameter..., memory, dynamic, memory + ..., memory + ..., memory + ...);
///     __outboard_free_block_memory(memory);
/// }
/// ```
pub(crate) fn emit_range<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
    blocks: FunctionValue<'ctx>,
    needs: Needs,
    runtime: &BlockRuntime<'ctx>,
) -> Built<FunctionValue<'ctx>> {
    let (function, builder, geometry) = declare_range(module, item)?;
    let context = module.get_context();
    let block = |name: &str| context.append_basic_block(function, name);
    let number = |number: u64| context.i64_type().const_int(number, false);
    let alignment = needs.alignment.max(LEAST_ALIGNMENT);
    // A byte of each item tells whether it has ended; and each kind of memory is rounded up.
    let (per_item, fixed) = (needs.kept + needs.variables + 1, needs.shared + 4 * alignment);
    let mut arguments: Vec<BasicMetadataValueEnum<'ctx>> = vec![runtime.kernel_name.into()];
    arguments.extend(geometry.block.map(BasicMetadataValueEnum::from));
    arguments.extend([per_item, fixed, alignment].map(|bytes| BasicMetadataValueEnum::from(number(bytes))));
    let over = block("over");
    let memory = allocate(&builder, (runtime.memory, &arguments), over, block("memory"))?;
    let (dynamic, after) = if needs.has_dynamic {
        let (free, have) = (block("free"), block("dynamic"));
        let dynamic =
            allocate(&builder, (runtime.dynamic_memory, &[runtime.kernel_name.into()]), free, have)?;
        (dynamic, Some(free))
    } else {
        (memory.get_type().const_null(), None)
    };

    let places = Places { builder: &builder, geometry: &geometry, alignment };
    let kept = byte_offset(&builder, memory, number(needs.shared.next_multiple_of(alignment)))?;
    let variables = places.behind_items(kept, needs.kept)?;
    let ended = places.behind_items(variables, needs.variables)?;
    let mut arguments: Vec<BasicMetadataValueEnum<'ctx>> =
        function.get_param_iter().map(BasicMetadataValueEnum::from).collect();
    arguments.extend([memory, dynamic, kept, variables, ended].map(BasicMetadataValueEnum::from));
    builder.build_call(blocks, &arguments, "")?;
    if let Some(free) = after {
        builder.build_call(runtime.free_dynamic_memory, &[dynamic.into()], "")?;
        builder.build_unconditional_branch(free)?;
        builder.position_at_end(free);
    }
    builder.build_call(runtime.free_memory, &[memory.into()], "")?;
    builder.build_unconditional_branch(over)?;
    builder.position_at_end(over);
    builder.build_return(None)?;
    debug_assert!(function.count_params() >= FIRST_OF_KERNEL, "geometry comes first");
    Ok(function)
}

/// Calls what allocates, and goes on in `have`, or in `without` where there is none.
fn allocate<'ctx>(
    builder: &Builder<'ctx>,
    (function, arguments): (FunctionValue<'ctx>, &[BasicMetadataValueEnum<'ctx>]),
    without: BasicBlock<'ctx>,
    have: BasicBlock<'ctx>,
) -> Built<PointerValue<'ctx>> {
    let memory = builder.build_call(function, arguments, "memory")?.try_as_basic_value().basic();
    let memory = memory.ok_or(BuilderError::UnsetPosition)?.into_pointer_value();
    let none = builder.build_is_null(memory, "none")?;
    builder.build_conditional_branch(none, without, have)?;
    builder.position_at_end(have);
    Ok(memory)
}

struct Places<'a, 'ctx> {
    builder: &'a Builder<'ctx>,
    geometry: &'a Geometry<'ctx>,
    alignment: u64,
}

impl<'ctx> Places<'_, 'ctx> {
    /// The next aligned address behind `bytes` for each item from `start` on.
    fn behind_items(&self, start: PointerValue<'ctx>, bytes: u64) -> Built<PointerValue<'ctx>> {
        let builder = self.builder;
        let [x, y, z] = self.geometry.block;
        let number = |number: u64| x.get_type().const_int(number, false);
        let product = |a: IntValue<'ctx>, b: IntValue<'ctx>| builder.build_int_nuw_mul(a, b, "bytes");
        let all = product(product(product(x, y)?, z)?, number(bytes))?;
        let up = builder.build_int_nuw_add(all, number(self.alignment - 1), "up")?;
        let rounded = builder.build_and(up, number(!(self.alignment - 1)), "rounded")?;
        byte_offset(builder, start, rounded)
    }
}
