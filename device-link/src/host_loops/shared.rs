//! Static shared memory: each key that a kernel asks for has its place in the memory of a block.

use super::Built;
use super::item::{Item, Place, calls_in};
use crate::markers;
use crate::shared_memory::constant_operands;
use abi::markers::Marker;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::BasicValue as _;
use llvm_plugin::instruction::{byte_offset, replace_uses};
use std::collections::BTreeMap;

/// The static shared memory of a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SharedMemory {
    pub(crate) bytes: u64,
    pub(crate) alignment: u64,
}

/// Answers the calls of the marker in `item`. None, where the operands of one aren't known.
pub(crate) fn place<'ctx>(module: &Module<'ctx>, item: &Item<'ctx>) -> Built<Option<SharedMemory>> {
    let mut memory = SharedMemory { bytes: 0, alignment: 1 };
    let marker = module.get_functions().find(|function| markers::of(*function) == Some(Marker::StaticShared));
    let Some(marker) = marker else { return Ok(Some(memory)) };
    let calls = calls_in(item.function, marker);
    // A key in several calls is one place, as large and as aligned as any of them asks for.
    let mut wanted: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for call in &calls {
        let Some([key, size, alignment]) = constant_operands(*call) else { return Ok(None) };
        let known = wanted.entry(key).or_insert((size, alignment));
        *known = (known.0.max(size), known.1.max(alignment));
    }
    let mut offsets = BTreeMap::new();
    for (key, (size, alignment)) in wanted {
        let at = memory.bytes.next_multiple_of(alignment.max(1));
        offsets.insert(key, at);
        memory = SharedMemory { bytes: at + size, alignment: memory.alignment.max(alignment) };
    }
    let builder = module.get_context().create_builder();
    let Some(base) = item.function.get_nth_param(Place::Shared as u32) else { return Ok(Some(memory)) };
    for call in calls {
        let Some([key, ..]) = constant_operands(call) else { return Ok(None) };
        builder.position_before(&call);
        let at = module.get_context().i64_type().const_int(offsets[&key], false);
        replace_uses(call, byte_offset(&builder, base.into_pointer_value(), at)?.as_basic_value_enum());
        call.erase_from_basic_block();
    }
    Ok(Some(memory))
}
