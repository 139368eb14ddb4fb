//! The five arrays of a launch: base pointers, pointers, sizes, map types, names.

use crate::cx::Cx;
use crate::entry_block::EntryBlock;
use crate::resolve::Launch;
use crate::{global, source_ident};
use abi::launch::{GEOMETRY_NAMES, GEOMETRY_SLOTS, LaunchOptions};
use abi::map_flags::MapFlags;
use inkwell::builder::{Builder, BuilderError};
use inkwell::types::ArrayType;
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};
use llvm_plugin::constant;

/// Bytes of a LITERAL argument's slot.
const SLOT_BYTES: u64 = 8;

/// One element of the arrays.
struct Slot<'ctx> {
    /// What the runtime gets as base and as first byte: an address, or the value itself.
    base: BasicValueEnum<'ctx>,
    size: IntValue<'ctx>,
    map: MapFlags,
    name: PointerValue<'ctx>,
    label: String,
}

/// The arrays of one launch, filled; null where there are no arguments at all.
pub(crate) struct MapArrays<'ctx> {
    pub count: u32,
    pub base_pointers: PointerValue<'ctx>,
    pub pointers: PointerValue<'ctx>,
    pub sizes: PointerValue<'ctx>,
    pub map_types: PointerValue<'ctx>,
    pub names: PointerValue<'ctx>,
}

/// ```c
/// void *base_pointers[N] = { grid_xy, grid_z_block_x, block_yz, base_0, ... }, *pointers[N] = { the same };
/// static const int64_t sizes[N] = { 8, ..., size_0, ... };   // an array on the stack where one is computed
/// static const int64_t map_types[N] = { LITERAL | TARGET_PARAM, ..., flags_0 | TARGET_PARAM, ... };
/// static const char *const names[N] = { ";grid_xy;...", ... };   // with debug info
/// ```
pub(crate) fn emit_map_arrays<'ctx>(
    cx: &Cx<'_, 'ctx>,
    entry: &EntryBlock<'ctx>,
    builder: &Builder<'ctx>,
    launch: &Launch<'_, 'ctx>,
) -> Result<MapArrays<'ctx>, BuilderError> {
    let mut slots = Vec::with_capacity(GEOMETRY_SLOTS + launch.arguments.len());
    if !launch.options.contains(LaunchOptions::OWN_ENTRY) {
        slots.extend(geometry_slots(cx, builder, launch)?);
    }
    slots.extend(argument_slots(cx, launch));
    let count = u32::try_from(slots.len()).expect("at most 19 slots");
    if slots.is_empty() {
        let null = cx.null();
        return Ok(MapArrays {
            count,
            base_pointers: null,
            pointers: null,
            sizes: null,
            map_types: null,
            names: null,
        });
    }

    let pointer_array = cx.ptr.array_type(count);
    let base_pointers = entry.alloca(pointer_array, "launch.base_pointers")?;
    let pointers = entry.alloca(pointer_array, "launch.pointers")?;
    for (index, slot) in (0..).zip(&slots) {
        for (array, name) in [(base_pointers, "base"), (pointers, "pointer")] {
            let name = format!("{name}.{}", slot.label);
            store_element(cx, builder, pointer_array, array, (index, slot.base, &name))?;
        }
    }
    let map_types: Vec<_> =
        slots.iter().map(|slot| cx.const_i64((slot.map | MapFlags::TARGET_PARAM).bits())).collect();
    let map_types = global::private_constant(cx, "launch.map_types", &cx.i64.const_array(&map_types));
    Ok(MapArrays {
        count,
        base_pointers,
        pointers,
        sizes: emit_sizes(cx, entry, builder, &slots)?,
        map_types: map_types.as_pointer_value(),
        names: emit_names(cx, launch, &slots),
    })
}

/// The three literal slots in front: two dimensions each, `low | high << 32`.
fn geometry_slots<'ctx>(
    cx: &Cx<'_, 'ctx>,
    builder: &Builder<'ctx>,
    launch: &Launch<'_, 'ctx>,
) -> Result<Vec<Slot<'ctx>>, BuilderError> {
    let ([grid_x, grid_y, grid_z], [block_x, block_y, block_z]) = (launch.grid, launch.block);
    let pairs = [(grid_x, grid_y), (grid_z, block_x), (block_y, block_z)];
    let mut slots = Vec::with_capacity(GEOMETRY_SLOTS);
    for ((low, high), label) in pairs.into_iter().zip(GEOMETRY_NAMES) {
        let low = builder.build_int_z_extend(low, cx.i64, "low")?;
        let high = builder.build_int_z_extend(high, cx.i64, "high")?;
        let high = builder.build_left_shift(high, cx.const_i64(32), "high")?;
        let packed = builder.build_or(low, high, label)?;
        slots.push(Slot {
            base: packed.into(),
            size: cx.const_i64(SLOT_BYTES),
            map: MapFlags::BY_VALUE,
            name: launch.location.map_or(cx.null(), |at| source_ident::emit_name(cx, label, at)),
            label: label.to_owned(),
        });
    }
    Ok(slots)
}

fn argument_slots<'ctx>(cx: &Cx<'_, 'ctx>, launch: &Launch<'_, 'ctx>) -> Vec<Slot<'ctx>> {
    let slot = |(index, argument): (usize, &crate::resolve::MappedArgument<'_, 'ctx>)| {
        let label = argument.plan.name.clone().unwrap_or_else(|| format!("argument{index}"));
        let literal = argument.plan.map.contains(MapFlags::LITERAL);
        Slot {
            base: argument.base.into(),
            size: if literal { cx.const_i64(SLOT_BYTES) } else { argument.size },
            map: argument.plan.map,
            name: launch.location.map_or(cx.null(), |at| source_ident::emit_name(cx, &label, at)),
            label,
        }
    };
    launch.arguments.iter().enumerate().map(slot).collect()
}

fn emit_sizes<'ctx>(
    cx: &Cx<'_, 'ctx>,
    entry: &EntryBlock<'ctx>,
    builder: &Builder<'ctx>,
    slots: &[Slot<'ctx>],
) -> Result<PointerValue<'ctx>, BuilderError> {
    let sizes: Vec<_> = slots.iter().map(|slot| slot.size).collect();
    if sizes.iter().all(|size| size.is_constant_int()) {
        let constant = global::private_constant(cx, "launch.sizes", &cx.i64.const_array(&sizes));
        return Ok(constant.as_pointer_value());
    }
    let array_type = cx.i64.array_type(u32::try_from(sizes.len()).expect("at most 19 slots"));
    let array = entry.alloca(array_type, "launch.sizes")?;
    for (index, slot) in (0..).zip(slots) {
        let name = format!("size.{}", slot.label);
        store_element(cx, builder, array_type, array, (index, slot.size.into(), &name))?;
    }
    Ok(array)
}

fn emit_names<'ctx>(
    cx: &Cx<'_, 'ctx>,
    launch: &Launch<'_, 'ctx>,
    slots: &[Slot<'ctx>],
) -> PointerValue<'ctx> {
    if launch.location.is_none() {
        return cx.null();
    }
    let names: Vec<_> = slots.iter().map(|slot| slot.name.as_basic_value_enum()).collect();
    global::private_constant(cx, "launch.names", &constant::array(&cx.ptr, &names)).as_pointer_value()
}

fn store_element<'ctx>(
    cx: &Cx<'_, 'ctx>,
    builder: &Builder<'ctx>,
    array_type: ArrayType<'ctx>,
    array: PointerValue<'ctx>,
    (index, value, name): (u32, BasicValueEnum<'ctx>, &str),
) -> Result<(), BuilderError> {
    let element = constant::build_element_address(builder, array_type, array, (cx.i32, index), name)?;
    builder.build_store(element, value).map(drop)
}
