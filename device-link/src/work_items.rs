//! Work items on x86_64, where the runtime calls a kernel once: loops over blocks and threads around the
//! kernel's body, and the answers to where in them the body is.

use crate::Result;
use crate::entry::{Entry, builder_bug};
use crate::optimize::run_passes;
use crate::problem::Problem;
use crate::reach::{Reached, find_unresolved};
use crate::{inlining, markers};
use abi::markers::Marker;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::TargetMachine;
use llvm_plugin::inkwell::values::{FunctionValue, IntValue, PhiValue};
use llvm_plugin::instruction::{FunctionUse, call_site, replace_uses, uses_of};

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
    ids: Ids<'ctx>,
}

/// The counters of the loops, x first.
enum Ids<'ctx> {
    /// Of loops over all items, whatever block they are in.
    Global([IntValue<'ctx>; 3]),
    /// Of loops over blocks and over the threads of a block.
    InBlocks { block: [IntValue<'ctx>; 3], thread: [IntValue<'ctx>; 3] },
}

/// What a kernel asks of where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing, or its place on the x axis.
    GlobalX,
    /// Its place.
    Global,
    /// Its block, or its place in that.
    Block,
}

/// Where a kernel's body asks for its block or its place in it:
/// ```c
/// for (block z) for (block y) for (block x)
///     for (thread z) for (thread y) for (thread x)
///         body();
/// return;
/// ```
/// Else blocks make no difference, and there are fewer loops to optimize and to run:
/// ```c
/// for (global z) for (global y) for (global x)
///     body();
/// return;
/// ```
/// And where it asks for x at most, only x is counted by itself:
/// ```c
/// for (all of y and z) for (global x)
///     body();
/// return;
/// ```
pub(crate) fn emit_loops<'ctx>(
    builder: &Builder<'ctx>,
    function: FunctionValue<'ctx>,
    geometry: Geometry<'ctx>,
    asked: Asked,
    emit_body: impl FnOnce() -> Built<()>,
) -> Built<WorkItem<'ctx>> {
    let mut open = Vec::new();
    let mut open_one = |name: &str, size: IntValue<'ctx>| -> Built<IntValue<'ctx>> {
        let one = Loop::open(builder, function, size, name)?;
        let id = one.counter.as_basic_value().into_int_value();
        open.push(one);
        Ok(id)
    };
    let mut open_three = |kind: &str, sizes: [IntValue<'ctx>; 3]| -> Built<[IntValue<'ctx>; 3]> {
        let mut open = |axis: usize| open_one(&format!("{kind}.{}", AXES[axis]), sizes[axis]);
        let (z, y) = (open(2)?, open(1)?);
        Ok([open(0)?, y, z])
    };
    let ids = if asked == Asked::Block {
        let block = open_three("block", geometry.grid)?;
        Ids::InBlocks { block, thread: open_three("thread", geometry.block)? }
    } else {
        let mut sizes = geometry.grid;
        for (size, block) in sizes.iter_mut().zip(geometry.block) {
            *size = builder.build_int_nuw_mul(*size, block, "items")?;
        }
        if asked == Asked::Global {
            Ids::Global(open_three("global", sizes)?)
        } else {
            // Nobody sees the end of a launch of 2^64 items.
            let others = builder.build_int_mul(sizes[1], sizes[2], "others")?;
            let other = open_one("other", others)?;
            let x = open_one("global.x", sizes[0])?;
            let y = builder.build_int_unsigned_rem(other, sizes[1], "global.y")?;
            Ids::Global([x, y, builder.build_int_unsigned_div(other, sizes[1], "global.z")?])
        }
    };
    emit_body()?;
    for one in open.into_iter().rev() {
        one.close(builder)?;
    }
    builder.build_return(None)?;
    Ok(WorkItem { geometry, ids })
}

/// A loop whose counter runs from 0 to `size`; the builder stands in its body. The end is tested at the bottom, as the
/// vectorizer wants it:
/// ```c
/// if (size != 0) { counter = 0; do { body } while (++counter != size); }
/// ```
struct Loop<'ctx> {
    body: BasicBlock<'ctx>,
    exit: BasicBlock<'ctx>,
    counter: PhiValue<'ctx>,
    size: IntValue<'ctx>,
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
        let (body, exit) = (block("body"), block("exit"));
        let before = builder.get_insert_block().ok_or(BuilderError::UnsetPosition)?;
        let none = builder.build_int_compare(IntPredicate::EQ, size, integer.const_zero(), "none")?;
        builder.build_conditional_branch(none, exit, body)?;
        builder.position_at_end(body);
        let counter = builder.build_phi(integer, name)?;
        counter.add_incoming(&[(&integer.const_zero(), before)]);
        Ok(Self { body, exit, counter, size })
    }

    fn close(self, builder: &Builder<'ctx>) -> Built<()> {
        let at = self.counter.as_basic_value().into_int_value();
        // A size has 32 bits, or is the product of two, so the sum fits.
        let next = builder.build_int_nuw_add(at, at.get_type().const_int(1, false), "next")?;
        let last = builder.get_insert_block().ok_or(BuilderError::UnsetPosition)?;
        self.counter.add_incoming(&[(&next, last)]);
        let done = builder.build_int_compare(IntPredicate::EQ, next, self.size, "done")?;
        builder.build_conditional_branch(done, self.exit, self.body)?;
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
        match (marker, &self.ids) {
            (Marker::GlobalId(axis), Ids::Global(ids)) => Ok(Some(ids[axis])),
            (Marker::GlobalId(axis), Ids::InBlocks { block, thread }) => {
                let start = builder.build_int_nuw_mul(block[axis], self.geometry.block[axis], "start")?;
                builder.build_int_nuw_add(start, thread[axis], "global_id").map(Some)
            }
            (Marker::ThreadId(axis), Ids::InBlocks { thread, .. }) => narrow(thread[axis], "thread_id"),
            (Marker::BlockId(axis), Ids::InBlocks { block, .. }) => narrow(block[axis], "block_id"),
            // What a kernel asks for chooses the loops; the answer doesn't depend on the choice. Where there is an
            // item its block isn't empty.
            (Marker::ThreadId(axis), Ids::Global(ids)) => {
                let id = builder.build_int_unsigned_rem(ids[axis], self.geometry.block[axis], "thread")?;
                narrow(id, "thread_id")
            }
            (Marker::BlockId(axis), Ids::Global(ids)) => {
                let id = builder.build_int_unsigned_div(ids[axis], self.geometry.block[axis], "block")?;
                narrow(id, "block_id")
            }
            (Marker::BlockSize(axis), _) => narrow(self.geometry.block[axis], "block_size"),
            (Marker::GridSize(axis), _) => narrow(self.geometry.grid[axis], "grid_size"),
            (Marker::Item(axis), ids) => self.block_and_thread(builder, ids, axis).map(Some),
            _ => Ok(None),
        }
    }

    /// The block, and in the high half the thread.
    fn block_and_thread(
        &self,
        builder: &Builder<'ctx>,
        ids: &Ids<'ctx>,
        axis: usize,
    ) -> Built<IntValue<'ctx>> {
        let (block, thread) = match ids {
            Ids::InBlocks { block, thread } => (block[axis], thread[axis]),
            Ids::Global(ids) => {
                let size = self.geometry.block[axis];
                let block = builder.build_int_unsigned_div(ids[axis], size, "block")?;
                (block, builder.build_int_unsigned_rem(ids[axis], size, "thread")?)
            }
        };
        let high = builder.build_left_shift(thread, thread.get_type().const_int(32, false), "high")?;
        builder.build_or(block, high, "item")
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
    for function in inlining::find_reporting(module) {
        require_inlining(module, function);
    }
    run_passes(module, machine, "always-inline,globaldce", "inline kernels")?;
    for entry in entries {
        answer_markers(module, entry).map_err(|error| builder_bug(&error))?;
    }
    forget_items(module);
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

/// Functions that aren't inlined don't know the item that they report.
fn forget_items(module: &Module<'_>) {
    for function in module.get_functions().filter(|function| markers::item_of(*function).is_some()) {
        for used in uses_of(function) {
            let FunctionUse::Callee(call) = used else { continue };
            replace_uses(call, module.get_context().i64_type().const_all_ones().into());
            call.erase_from_basic_block();
        }
    }
}

/// Replaces the marker calls of an entry.
fn answer_markers<'ctx>(module: &Module<'ctx>, entry: &Entry<'ctx>) -> Built<()> {
    let builder = module.get_context().create_builder();
    for function in module.get_functions() {
        let marker = markers::position_of(function);
        let Some(marker) = marker.or(markers::item_of(function)) else { continue };
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
