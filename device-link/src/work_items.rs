//! Work items on x86_64, where the runtime calls a kernel once: loops over blocks and threads around the
//! kernel's body, and the answers to where in them the body is.

use crate::Result;
use crate::entry::{Entry, builder_bug};
use crate::markers;
use crate::optimize::run_passes;
use crate::problem::Problem;
use crate::reach::{Reached, find_unresolved};
use abi::markers::Marker;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::TargetMachine;
use llvm_plugin::inkwell::values::{FunctionValue, IntValue, PhiValue};
use llvm_plugin::instruction::{FunctionUse, call_site, uses_of};

/// A result of the builder's.
type Built<T> = std::result::Result<T, BuilderError>;

/// The sizes in the geometry slots, low half first; see [`abi::launch::pack_geometry`].
const SIZES: [(&str, &str); 3] = [("grid.x", "grid.y"), ("grid.z", "block.x"), ("block.y", "block.z")];

const AXES: [&str; 3] = ["x", "y", "z"];

/// Grid and block, x first, as `i64`: no product of two sizes overflows.
pub(crate) struct Geometry<'ctx> {
    grid: [IntValue<'ctx>; 3],
    block: [IntValue<'ctx>; 3],
}

impl<'ctx> Geometry<'ctx> {
    /// Takes the slots apart: two sizes each, low half first, grid x to block z.
    pub(crate) fn unpack(builder: &Builder<'ctx>, slots: &[IntValue<'ctx>]) -> Built<Self> {
        let mut sizes = Vec::new();
        for (slot, (low, high)) in slots.iter().zip(SIZES) {
            let wide = slot.get_type();
            let mask = wide.const_int(u64::from(u32::MAX), false);
            sizes.push(builder.build_and(*slot, mask, low)?);
            sizes.push(builder.build_right_shift(*slot, wide.const_int(32, false), false, high)?);
        }
        Ok(Self { grid: [sizes[0], sizes[1], sizes[2]], block: [sizes[3], sizes[4], sizes[5]] })
    }
}

/// Where the body of the loops is, as values that dominate it.
pub(crate) struct WorkItem<'ctx> {
    geometry: Geometry<'ctx>,
    block_id: [IntValue<'ctx>; 3],
    thread_id: [IntValue<'ctx>; 3],
}

/// ```c
/// for (block z) for (block y) for (block x)
///     for (thread z) for (thread y) for (thread x)
///         body();
/// return;
/// ```
pub(crate) fn emit_loops<'ctx>(
    builder: &Builder<'ctx>,
    function: FunctionValue<'ctx>,
    geometry: Geometry<'ctx>,
    emit_body: impl FnOnce() -> Built<()>,
) -> Built<WorkItem<'ctx>> {
    let mut open = Vec::new();
    for (kind, sizes) in [("block", geometry.grid), ("thread", geometry.block)] {
        for axis in [2, 1, 0] {
            open.push(Loop::open(builder, function, sizes[axis], &format!("{kind}.{}", AXES[axis]))?);
        }
    }
    emit_body()?;
    let id = |index: usize| open[index].counter.as_basic_value().into_int_value();
    let item = WorkItem { geometry, block_id: [id(2), id(1), id(0)], thread_id: [id(5), id(4), id(3)] };
    for one in open.into_iter().rev() {
        one.close(builder)?;
    }
    builder.build_return(None)?;
    Ok(item)
}

/// A loop whose counter runs from 0 to `size`; the builder stands in its body.
struct Loop<'ctx> {
    header: BasicBlock<'ctx>,
    exit: BasicBlock<'ctx>,
    counter: PhiValue<'ctx>,
}

impl<'ctx> Loop<'ctx> {
    fn open(
        builder: &Builder<'ctx>,
        function: FunctionValue<'ctx>,
        size: IntValue<'ctx>,
        name: &str,
    ) -> Built<Self> {
        let integer = size.get_type();
        let context = integer.get_context();
        let block = |part: &str| context.append_basic_block(function, &format!("{name}.{part}"));
        let (header, body, exit) = (block("loop"), block("body"), block("exit"));
        let before = builder.get_insert_block().ok_or(BuilderError::UnsetPosition)?;
        builder.build_unconditional_branch(header)?;
        builder.position_at_end(header);
        let counter = builder.build_phi(integer, name)?;
        counter.add_incoming(&[(&integer.const_zero(), before)]);
        let at = counter.as_basic_value().into_int_value();
        let inside = builder.build_int_compare(IntPredicate::ULT, at, size, "inside")?;
        builder.build_conditional_branch(inside, body, exit)?;
        builder.position_at_end(body);
        Ok(Self { header, exit, counter })
    }

    fn close(self, builder: &Builder<'ctx>) -> Built<()> {
        let at = self.counter.as_basic_value().into_int_value();
        // Sizes have 32 bits, so the sum fits both ways.
        let next = builder.build_int_nuw_add(at, at.get_type().const_int(1, false), "next")?;
        let last = builder.get_insert_block().ok_or(BuilderError::UnsetPosition)?;
        self.counter.add_incoming(&[(&next, last)]);
        builder.build_unconditional_branch(self.header)?;
        builder.position_at_end(self.exit);
        Ok(())
    }
}

impl<'ctx> WorkItem<'ctx> {
    /// What `marker` answers here, computed where `builder` stands.
    fn answer(&self, builder: &Builder<'ctx>, marker: Marker) -> Built<Option<IntValue<'ctx>>> {
        let narrow = |value: IntValue<'ctx>, name: &str| {
            let narrow = value.get_type().get_context().i32_type();
            builder.build_int_truncate(value, narrow, name).map(Some)
        };
        match marker {
            Marker::GlobalId(axis) => {
                let start =
                    builder.build_int_nuw_mul(self.block_id[axis], self.geometry.block[axis], "start")?;
                let id = builder.build_int_nuw_add(start, self.thread_id[axis], "global_id")?;
                Ok(Some(id))
            }
            Marker::ThreadId(axis) => narrow(self.thread_id[axis], "thread_id"),
            Marker::BlockId(axis) => narrow(self.block_id[axis], "block_id"),
            Marker::BlockSize(axis) => narrow(self.geometry.block[axis], "block_size"),
            Marker::GridSize(axis) => narrow(self.geometry.grid[axis], "grid_size"),
            _ => Ok(None),
        }
    }
}

/// Inlines every kernel's body and all that asks for its position into the entry, and answers there.
/// Returns the kernels for which that can't be done.
pub(crate) fn resolve_markers<'ctx>(
    module: &Module<'ctx>,
    machine: &TargetMachine,
    entries: &[Entry<'ctx>],
    reached: &Reached,
) -> Result<Vec<Problem>> {
    for function in module.get_functions() {
        let name = function.get_name().to_string_lossy();
        let is_entry = entries.iter().any(|entry| entry.function == function);
        if markers::position_of(function).is_some() {
            // A body that the author gave it is for the host.
            forbid_inlining(function);
        } else if !is_entry && reached.on_the_way_to_markers.contains(name.as_ref()) {
            require_inlining(module, function);
        }
    }
    for entry in entries {
        require_inlining(module, entry.body);
    }
    run_passes(module, machine, "always-inline,globaldce", "inline kernels")?;
    for entry in entries {
        answer_markers(module, entry).map_err(|error| builder_bug(&error))?;
    }
    let unresolved = |entry: &Entry<'_>| find_unresolved(&entry.kernel, entry.function, reached);
    Ok(entries.iter().flat_map(unresolved).collect())
}

fn forbid_inlining(function: FunctionValue<'_>) {
    let kind = Attribute::get_named_enum_kind_id("alwaysinline");
    function.remove_enum_attribute(AttributeLoc::Function, kind);
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

/// Replaces the marker calls of an entry.
fn answer_markers<'ctx>(module: &Module<'ctx>, entry: &Entry<'ctx>) -> Built<()> {
    let builder = module.get_context().create_builder();
    for function in module.get_functions() {
        let Some(marker) = markers::position_of(function) else { continue };
        for used in uses_of(function) {
            let FunctionUse::Callee(call) = used else { continue };
            if call.get_parent().and_then(|block| block.get_parent()) != Some(entry.function) {
                continue;
            }
            builder.position_before(&call);
            if let Some(answer) = entry.item.answer(&builder, marker)?
                && let Some(value) = call_site(call).and_then(|call| call.try_as_basic_value().basic())
            {
                value.into_int_value().replace_all_uses_with(answer);
            }
            call.erase_from_basic_block();
        }
    }
    Ok(())
}
