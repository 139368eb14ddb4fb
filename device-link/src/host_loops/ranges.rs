//! Ranges of launches of kernels whose items don't meet: rows of items, in loops.

use super::Built;
use super::fast_path::{self, FastPath, FastPaths};
use super::geometry::{Geometry, Where};
use super::item::{Item, own_parameters};
use super::launch::{FIRST_OF_KERNEL, attribute, declare_range, number};
use super::loops::Loop;
use super::strips::Strip;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::attributes::AttributeLoc;
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::context::ContextRef;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{BasicMetadataValueEnum, FunctionValue, IntValue, PhiValue};

/// How many items of a long row are tried at a time, where checks don't hold for the whole of it.
const PIECE: u64 = 1024;

/// What emits the loops of a range.
struct Range<'ctx, 'i> {
    context: ContextRef<'ctx>,
    builder: Builder<'ctx>,
    function: FunctionValue<'ctx>,
    geometry: Geometry<'ctx>,
    item: &'i Item<'ctx>,
    fast_paths: FastPaths<'ctx>,
    strip: Option<Strip<'ctx>>,
}

impl<'ctx, 'i> Range<'ctx, 'i> {
    fn of(module: &Module<'ctx>, item: &'i Item<'ctx>, strip: Option<Strip<'ctx>>) -> Built<Self> {
        let fast_paths = fast_path::emit(module, item.function)?;
        let (function, builder, geometry) = declare_range(module, item)?;
        Ok(Self { context: module.get_context(), builder, function, geometry, item, fast_paths, strip })
    }

    fn block(&self, name: &str) -> BasicBlock<'ctx> {
        self.context.append_basic_block(self.function, name)
    }

    fn here(&self) -> Built<BasicBlock<'ctx>> {
        self.builder.get_insert_block().ok_or(BuilderError::UnsetPosition)
    }

    fn phi(&self, name: &str) -> Built<PhiValue<'ctx>> {
        self.builder.build_phi(self.context.i64_type(), name)
    }

    /// Calls `function` for the item at `place`, which has no use for the memory of its block.
    fn call(
        &self,
        function: FunctionValue<'ctx>,
        place: &Where<'ctx>,
        behind: Option<IntValue<'ctx>>,
        inlining: &str,
    ) -> Built<IntValue<'ctx>> {
        let positions = self.geometry.positions(&self.builder, place)?;
        let mut arguments: Vec<BasicMetadataValueEnum<'ctx>> =
            positions.into_iter().map(Into::into).collect();
        for place in own_parameters(self.context).into_iter().skip(arguments.len()) {
            let kind = BasicTypeEnum::try_from(place).map_err(|()| BuilderError::UnsetPosition)?;
            arguments.push(kind.const_zero().into());
        }
        let own = self.function.get_param_iter().skip(FIRST_OF_KERNEL as usize);
        arguments.extend(own.map(BasicMetadataValueEnum::from));
        if let Some(behind) = behind {
            let none = behind.get_type().const_zero();
            arguments.extend([behind, none, none].map(BasicMetadataValueEnum::from));
        }
        let call = self.builder.build_call(function, &arguments, "item")?;
        call.add_attribute(AttributeLoc::Function, attribute(self.context, inlining));
        let status = call.try_as_basic_value().basic().ok_or(BuilderError::UnsetPosition)?;
        Ok(status.into_int_value())
    }

    /// Whether the checks of a row's items hold from the one at `first` on, for `length` of them.
    fn holds(
        &self,
        fast: FastPath<'ctx>,
        first: &Where<'ctx>,
        length: IntValue<'ctx>,
    ) -> Built<IntValue<'ctx>> {
        let one = length.get_type().const_int(1, false);
        // Nothing holds for no items: so many as this gives are in no row.
        let behind = self.builder.build_int_sub(length, one, "behind")?;
        self.call(fast.holds, first, Some(behind), "alwaysinline")
    }
}

/// A range of items, row by row, for a kernel that doesn't ask for its block:
/// ```c
/// while (begin != end) {
///     row = begin / width, first = begin % width, length = min(width - first, end - begin);
///     if (all items of the row go the same way, or all but those of its last block)
///         for (x = first; x != first + length; ++x)
///             kernel_item_inner(x, row % height, row / height...);
///     else if (the checks hold for the row, or for all but a block of it, or for a piece of it)
///         for (x = first; x != first + length; ++x)
///             kernel_item_unchecked(x, row % height, row / height...);
///     else
///         for (x = first; x != first + length; ++x)
///             kernel_item(x, row % height, row / height...);
///     begin += length;
/// }
/// ```
pub(crate) fn emit_rows<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
    strip: Option<Strip<'ctx>>,
) -> Built<FunctionValue<'ctx>> {
    let range = Range::of(module, item, strip)?;
    let builder = &range.builder;
    let (begin, end) = (number(range.function, 0), number(range.function, 1));
    let (width, height) = (range.geometry.extent(builder, 0)?, range.geometry.extent(builder, 1)?);
    let (more, run, over) = (range.block("more"), range.block("row"), range.block("over"));
    let entry = range.here()?;
    builder.build_unconditional_branch(more)?;
    builder.position_at_end(more);
    let at = range.phi("at")?;
    at.add_incoming(&[(&begin, entry)]);
    let at_value = at.as_basic_value().into_int_value();
    let done = builder.build_int_compare(IntPredicate::EQ, at_value, end, "done")?;
    builder.build_conditional_branch(done, over, run)?;
    builder.position_at_end(run);
    let row = builder.build_int_unsigned_div(at_value, width, "row")?;
    let first = builder.build_int_unsigned_rem(at_value, width, "first")?;
    let rest = builder.build_int_nuw_sub(end, at_value, "rest")?;
    let whole = builder.build_int_nuw_sub(width, first, "whole")?;
    let length = smaller(builder, rest, whole)?;
    let y = builder.build_int_unsigned_rem(row, height, "global.y")?;
    let z = builder.build_int_unsigned_div(row, height, "global.z")?;
    let length = range.emit_row([first, y, z], length)?;
    let next = builder.build_int_nuw_add(at_value, length, "next")?;
    at.add_incoming(&[(&next, range.here()?)]);
    builder.build_unconditional_branch(more)?;
    builder.position_at_end(over);
    builder.build_return(None)?;
    Ok(range.function)
}

fn smaller<'ctx>(builder: &Builder<'ctx>, a: IntValue<'ctx>, b: IntValue<'ctx>) -> Built<IntValue<'ctx>> {
    let less = builder.build_int_compare(IntPredicate::ULT, a, b, "less")?;
    Ok(builder.build_select(less, a, b, "length")?.into_int_value())
}

/// What ends a row: each way that it may have run, with how many items.
struct RowEnd<'ctx> {
    block: BasicBlock<'ctx>,
    ran: Vec<(IntValue<'ctx>, BasicBlock<'ctx>)>,
}

impl<'ctx> Range<'ctx, '_> {
    /// Runs so many items of a row from `first` on, or fewer; gives how many.
    fn emit_row(&self, first: [IntValue<'ctx>; 3], mut length: IntValue<'ctx>) -> Built<IntValue<'ctx>> {
        let FastPaths { stay, inner } = self.fast_paths;
        let mut end = RowEnd { block: self.block("row.end"), ran: Vec::new() };
        if let Some(strip) = self.strip {
            let place = |x| self.geometry.item_in_grid(&self.builder, [x, first[1], first[2]]);
            let ran = self.emit_strips(strip, (first[0], length), place)?;
            let (some, none) = (self.block("strips"), self.block("no.strip"));
            let is_none =
                self.builder.build_int_compare(IntPredicate::EQ, ran, ran.get_type().const_zero(), "none")?;
            self.builder.build_conditional_branch(is_none, none, some)?;
            self.builder.position_at_end(some);
            self.end_row(ran, &mut end)?;
            self.builder.position_at_end(none);
            // The next strip may run, where this one doesn't.
            length = smaller(&self.builder, length, length.get_type().const_int(strip.width.into(), false))?;
        }
        // A grid is a whole number of blocks, so that its last one is where most checks fail.
        let block = self.geometry.block[0];
        if let Some(inner) = inner {
            let without_last = self.less(length, block, "without.last")?;
            self.try_lengths((inner, first), &[length, without_last], &mut end)?;
            length = self.start_of(inner, first, length)?;
        }
        if let Some(stay) = stay {
            let without_last = self.less(length, block, "without.last")?;
            let short = smaller(&self.builder, length, length.get_type().const_int(PIECE, false))?;
            self.try_lengths((stay, first), &[length, without_last, short], &mut end)?;
            length = short;
        }
        let inlining = if stay.is_some() { "noinline" } else { "alwaysinline" };
        self.emit_items(first, length, (self.item.function, inlining))?;
        self.end_row(length, &mut end)?;
        self.builder.position_at_end(end.block);
        let ran = self.phi("ran")?;
        for (length, from) in &end.ran {
            ran.add_incoming(&[(length, *from)]);
        }
        Ok(ran.as_basic_value().into_int_value())
    }

    /// `length` without `part`, or nothing.
    fn less(&self, length: IntValue<'ctx>, part: IntValue<'ctx>, name: &str) -> Built<IntValue<'ctx>> {
        let part = smaller(&self.builder, length, part)?;
        self.builder.build_int_nuw_sub(length, part, name)
    }

    /// The first of `lengths` for which `fast` holds from `first` on runs so. The builder stands where none does.
    fn try_lengths(
        &self,
        (fast, first): (FastPath<'ctx>, [IntValue<'ctx>; 3]),
        lengths: &[IntValue<'ctx>],
        end: &mut RowEnd<'ctx>,
    ) -> Built<()> {
        let builder = &self.builder;
        let place = self.geometry.item_in_grid(builder, first)?;
        let unchecked = self.block("unchecked");
        let mut tried = Vec::new();
        for length in lengths {
            let otherwise = self.block("otherwise");
            let holds = self.holds(fast, &place, *length)?;
            tried.push((*length, self.here()?));
            builder.build_conditional_branch(holds, unchecked, otherwise)?;
            builder.position_at_end(otherwise);
        }
        let otherwise = self.here()?;
        builder.position_at_end(unchecked);
        let chosen = self.phi("length")?;
        for (length, from) in &tried {
            chosen.add_incoming(&[(length, *from)]);
        }
        let chosen = chosen.as_basic_value().into_int_value();
        self.emit_items(first, chosen, (fast.unchecked, "alwaysinline"))?;
        self.end_row(chosen, end)?;
        builder.position_at_end(otherwise);
        Ok(())
    }

    fn end_row(&self, length: IntValue<'ctx>, end: &mut RowEnd<'ctx>) -> Built<()> {
        end.ran.push((length, self.here()?));
        self.builder.build_unconditional_branch(end.block)?;
        Ok(())
    }

    /// Strips of the `length` items from `first` on, for as long as they run; gives how many items did.
    fn emit_strips(
        &self,
        strip: Strip<'ctx>,
        (first, length): (IntValue<'ctx>, IntValue<'ctx>),
        place: impl Fn(IntValue<'ctx>) -> Built<Where<'ctx>>,
    ) -> Built<IntValue<'ctx>> {
        let builder = &self.builder;
        let width = length.get_type().const_int(strip.width.into(), false);
        let [more, run, ran, end] =
            ["strip.more", "strip.run", "strip.ran", "strips.end"].map(|name| self.block(name));
        let before = self.here()?;
        builder.build_unconditional_branch(more)?;
        builder.position_at_end(more);
        let done = self.phi("done")?;
        done.add_incoming(&[(&length.get_type().const_zero(), before)]);
        let done_value = done.as_basic_value().into_int_value();
        let rest = builder.build_int_nuw_sub(length, done_value, "rest")?;
        let enough = builder.build_int_compare(IntPredicate::UGE, rest, width, "enough")?;
        builder.build_conditional_branch(enough, run, end)?;
        builder.position_at_end(run);
        let at = place(builder.build_int_nuw_add(first, done_value, "at")?)?;
        let own = self.function.get_param_iter().skip(FIRST_OF_KERNEL as usize);
        let positions = self.geometry.positions(builder, &at)?.into_iter();
        let arguments: Vec<_> = positions.chain(own).map(BasicMetadataValueEnum::from).collect();
        let did = builder.build_call(strip.function, &arguments, "did")?.try_as_basic_value().basic();
        let did = did.ok_or(BuilderError::UnsetPosition)?.into_int_value();
        builder.build_conditional_branch(did, ran, end)?;
        builder.position_at_end(ran);
        let next = builder.build_int_nuw_add(done_value, width, "next")?;
        done.add_incoming(&[(&next, ran)]);
        builder.build_unconditional_branch(more)?;
        builder.position_at_end(end);
        Ok(done_value)
    }

    /// How many items of a row to run by themselves, so that `inner` holds for those behind: a block, if it does for
    /// all behind but the last block, or else all.
    fn start_of(
        &self,
        inner: FastPath<'ctx>,
        first: [IntValue<'ctx>; 3],
        length: IntValue<'ctx>,
    ) -> Built<IntValue<'ctx>> {
        let (builder, block) = (&self.builder, self.geometry.block[0]);
        let start = smaller(builder, length, block)?;
        let behind = self.less(length, start, "behind")?;
        let midst = self.less(behind, block, "midst")?;
        let second = builder.build_int_nuw_add(first[0], start, "second")?;
        let place = self.geometry.item_in_grid(builder, [second, first[1], first[2]])?;
        let holds = self.holds(inner, &place, midst)?;
        Ok(builder.build_select(holds, start, length, "start")?.into_int_value())
    }

    /// A loop over `length` items of a row, the first of which is at `first`.
    fn emit_items(
        &self,
        first: [IntValue<'ctx>; 3],
        length: IntValue<'ctx>,
        (function, inlining): (FunctionValue<'ctx>, &str),
    ) -> Built<()> {
        let builder = &self.builder;
        let last = builder.build_int_nuw_add(first[0], length, "last")?;
        let in_x = Loop::open(builder, (first[0], last), "global.x")?;
        let place = self.geometry.item_in_grid(builder, [in_x.counter(), first[1], first[2]])?;
        self.call(function, &place, None, inlining)?;
        in_x.close(builder)
    }
}

/// A range of blocks, for a kernel that asks for its block:
/// ```c
/// for (block = begin; block != end; ++block)
///     for (thread z) for (thread y)
///         if (all items of the row go the same way)
///             for (thread x) kernel_item_inner(...);
///         else if (the checks hold for the row)
///             for (thread x) kernel_item_unchecked(...);
///         else
///             for (thread x) kernel_item(...);
/// ```
pub(crate) fn emit_blocks<'ctx>(
    module: &Module<'ctx>,
    item: &Item<'ctx>,
    strip: Option<Strip<'ctx>>,
) -> Built<FunctionValue<'ctx>> {
    let range = Range::of(module, item, strip)?;
    let builder = &range.builder;
    let blocks = Loop::open(builder, (number(range.function, 0), number(range.function, 1)), "block")?;
    let block = range.geometry.block_at(builder, blocks.counter())?;
    let (in_z, z) = range.open(2, "thread.z")?;
    let (in_y, y) = range.open(1, "thread.y")?;
    range.emit_row_of_block(block, (y, z))?;
    in_y.close(builder)?;
    in_z.close(builder)?;
    blocks.close(builder)?;
    builder.build_return(None)?;
    Ok(range.function)
}

impl<'ctx> Range<'ctx, '_> {
    /// A loop over the threads along an axis, and its counter as `i64`.
    fn open(&self, axis: usize, name: &str) -> Built<(Loop<'ctx>, IntValue<'ctx>)> {
        let narrow = self.context.i32_type();
        let size = self.builder.build_int_truncate(self.geometry.block[axis], narrow, "size")?;
        let one = Loop::below(&self.builder, size, name)?;
        let id = self.builder.build_int_z_extend(one.counter(), self.context.i64_type(), name)?;
        Ok((one, id))
    }

    /// A row of a block, the best way that holds for all of it.
    fn emit_row_of_block(
        &self,
        block: [IntValue<'ctx>; 3],
        (y, z): (IntValue<'ctx>, IntValue<'ctx>),
    ) -> Built<()> {
        let (builder, done) = (&self.builder, self.block("row.end"));
        let (zero, size) = (y.get_type().const_zero(), self.geometry.block[0]);
        let place = |x| self.geometry.item_in_block(builder, block, [x, y, z]);
        let start = match self.strip {
            Some(strip) => self.emit_strips(strip, (zero, size), place)?,
            None => zero,
        };
        let (first, left) = (place(start)?, builder.build_int_nuw_sub(size, start, "left")?);
        let FastPaths { stay, inner } = self.fast_paths;
        for fast in inner.iter().chain(&stay) {
            let (unchecked, otherwise) = (self.block("unchecked"), self.block("otherwise"));
            let holds = self.holds(*fast, &first, left)?;
            builder.build_conditional_branch(holds, unchecked, otherwise)?;
            builder.position_at_end(unchecked);
            self.emit_threads(block, (start, y, z), (fast.unchecked, "alwaysinline"))?;
            builder.build_unconditional_branch(done)?;
            builder.position_at_end(otherwise);
        }
        let inlining = if stay.is_some() { "noinline" } else { "alwaysinline" };
        self.emit_threads(block, (start, y, z), (self.item.function, inlining))?;
        builder.build_unconditional_branch(done)?;
        builder.position_at_end(done);
        Ok(())
    }

    /// A loop over the threads of a row from `start` on.
    fn emit_threads(
        &self,
        block: [IntValue<'ctx>; 3],
        (start, y, z): (IntValue<'ctx>, IntValue<'ctx>, IntValue<'ctx>),
        (function, inlining): (FunctionValue<'ctx>, &str),
    ) -> Built<()> {
        let narrow = |value| self.builder.build_int_truncate(value, self.context.i32_type(), "place");
        let in_x = Loop::open(&self.builder, (narrow(start)?, narrow(self.geometry.block[0])?), "thread.x")?;
        let x = self.builder.build_int_z_extend(in_x.counter(), y.get_type(), "thread.x")?;
        let place = self.geometry.item_in_block(&self.builder, block, [x, y, z])?;
        self.call(function, &place, None, inlining)?;
        in_x.close(&self.builder)
    }
}
