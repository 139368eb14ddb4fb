//! Grid and block of a launch, and where in them an item is.

use super::Built;
use super::item::{POSITIONS, position};
use abi::markers::Marker;
use llvm_plugin::inkwell::builder::Builder;
use llvm_plugin::inkwell::values::{BasicValueEnum, IntValue};

/// The sizes in the geometry slots, low half first; see [`abi::launch::pack_geometry`].
const SIZES: [(&str, &str); 3] = [("grid.x", "grid.y"), ("grid.z", "block.x"), ("block.y", "block.z")];

/// Grid and block, x first, as `i64`: no product of two sizes overflows.
#[derive(Clone, Copy)]
pub(crate) struct Geometry<'ctx> {
    pub(crate) grid: [IntValue<'ctx>; 3],
    pub(crate) block: [IntValue<'ctx>; 3],
}

/// Where an item is, as `i64`.
#[derive(Clone, Copy)]
pub(crate) struct Where<'ctx> {
    pub(crate) global: [IntValue<'ctx>; 3],
    pub(crate) thread: [IntValue<'ctx>; 3],
    pub(crate) block: [IntValue<'ctx>; 3],
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

    /// How many items the grid has along an axis.
    pub(crate) fn extent(&self, builder: &Builder<'ctx>, axis: usize) -> Built<IntValue<'ctx>> {
        builder.build_int_nuw_mul(self.grid[axis], self.block[axis], "extent")
    }

    /// Block `number` of the grid, counted x fastest.
    pub(crate) fn block_at(
        &self,
        builder: &Builder<'ctx>,
        number: IntValue<'ctx>,
    ) -> Built<[IntValue<'ctx>; 3]> {
        let rows = builder.build_int_unsigned_div(number, self.grid[0], "rows")?;
        Ok([
            builder.build_int_unsigned_rem(number, self.grid[0], "block.x")?,
            builder.build_int_unsigned_rem(rows, self.grid[1], "block.y")?,
            builder.build_int_unsigned_div(rows, self.grid[1], "block.z")?,
        ])
    }

    /// The item at `thread` of `block`.
    pub(crate) fn item_in_block(
        &self,
        builder: &Builder<'ctx>,
        block: [IntValue<'ctx>; 3],
        thread: [IntValue<'ctx>; 3],
    ) -> Built<Where<'ctx>> {
        let global = |axis: usize| {
            let start = builder.build_int_nuw_mul(block[axis], self.block[axis], "start")?;
            builder.build_int_nuw_add(start, thread[axis], "global")
        };
        Ok(Where { global: [global(0)?, global(1)?, global(2)?], thread, block })
    }

    /// The item at `global`, whose block isn't empty.
    pub(crate) fn item_in_grid(
        &self,
        builder: &Builder<'ctx>,
        global: [IntValue<'ctx>; 3],
    ) -> Built<Where<'ctx>> {
        let thread = |axis: usize| builder.build_int_unsigned_rem(global[axis], self.block[axis], "thread");
        let block = |axis: usize| builder.build_int_unsigned_div(global[axis], self.block[axis], "block");
        Ok(Where {
            global,
            thread: [thread(0)?, thread(1)?, thread(2)?],
            block: [block(0)?, block(1)?, block(2)?],
        })
    }

    /// The arguments for an item function's positions.
    pub(crate) fn positions(
        &self,
        builder: &Builder<'ctx>,
        at: &Where<'ctx>,
    ) -> Built<Vec<BasicValueEnum<'ctx>>> {
        let mut arguments = Vec::new();
        for marker in (0..POSITIONS).filter_map(position) {
            let value = match marker {
                Marker::GlobalId(axis) => {
                    arguments.push(at.global[axis].into());
                    continue;
                }
                Marker::ThreadId(axis) => at.thread[axis],
                Marker::BlockId(axis) => at.block[axis],
                Marker::BlockSize(axis) => self.block[axis],
                Marker::GridSize(axis) => self.grid[axis],
                _ => continue,
            };
            let narrow = value.get_type().get_context().i32_type();
            arguments.push(builder.build_int_truncate(value, narrow, "position")?.into());
        }
        Ok(arguments)
    }
}
