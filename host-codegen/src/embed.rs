//! Images for entries that somebody else emitted: rustc's own offload, clang's OpenMP.

use crate::container::Container;
use crate::cx::Cx;
use crate::ir_struct::HostStruct;
use crate::registration::{self, entry_range};
use crate::{Error, global};
use abi::{entry_points, kinds::OffloadKind, mirror, names};
use inkwell::module::Module;
use inkwell::values::{BasicValueEnum, GlobalValue, InstructionValue, StructValue};
use llvm_plugin::{constant, instruction};

/// An offload entry in a module.
#[derive(Debug, Clone)]
pub struct EmbeddedEntry<'ctx> {
    /// The `__tgt_offload_entry`.
    pub global: GlobalValue<'ctx>,
    /// The name to be looked up in the image.
    pub symbol: String,
    /// 0 for a kernel, the bytes of a global otherwise.
    pub size: u64,
}

/// The OpenMP entries of `module`, in its order.
pub fn find_entries<'ctx>(module: &Module<'ctx>) -> Vec<EmbeddedEntry<'ctx>> {
    module.get_globals().filter_map(read_entry).collect()
}

fn read_entry(global: GlobalValue<'_>) -> Option<EmbeddedEntry<'_>> {
    if global.get_section()?.to_str().ok()? != names::ENTRIES_SECTION {
        return None;
    }
    let BasicValueEnum::StructValue(entry) = global.get_initializer()? else { return None };
    let kind = integer(field(entry, "kind")?)?;
    let BasicValueEnum::PointerValue(name) = field(entry, "symbol_name")? else { return None };
    let name = instruction::as_global(name)?;
    let BasicValueEnum::ArrayValue(symbol) = name.get_initializer()? else { return None };
    let symbol = String::from_utf8_lossy(symbol.as_const_string()?).trim_end_matches('\0').to_owned();
    let size = integer(field(entry, "size")?)?;
    (kind == u64::from(OffloadKind::OPENMP.0)).then_some(EmbeddedEntry { global, symbol, size })
}

fn field<'ctx>(entry: StructValue<'ctx>, name: &str) -> Option<BasicValueEnum<'ctx>> {
    let index = mirror::OffloadEntry::FIELDS.iter().position(|(field, _)| *field == name)?;
    entry.get_field_at_index(u32::try_from(index).ok()?)
}

fn integer(value: BasicValueEnum<'_>) -> Option<u64> {
    match value {
        BasicValueEnum::IntValue(value) => value.get_zero_extended_constant(),
        _ => None,
    }
}

/// Embeds `container` and registers it with `entries`, which are this module's own.
///
/// rustc's built-in offload also starts every device at start-up (`__tgt_init_all_rtls`), which turns "no
/// device takes the image" from an answer into the end of the program: those calls go.
///
/// # Errors
/// A kernel of the entries is not in an image; the module has no data layout.
pub fn emit_embed<'ctx>(
    module: &Module<'ctx>,
    entries: &[EmbeddedEntry<'ctx>],
    container: &Container,
) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    let cx = Cx::new(module)?;
    for entry in entries.iter().filter(|entry| entry.size == 0) {
        container.check_kernel(&entry.symbol)?;
    }
    let values: Vec<BasicValueEnum<'_>> =
        entries.iter().filter_map(|entry| entry.global.get_initializer()).collect();
    let array = constant::array(&values[0].get_type(), &values);
    let entries_type = array.get_type();
    let entries = global::private_constant(&cx, "offload.entries", &array);
    let entries = entry_range(&cx, entries, entries_type);
    let images = registration::emit_shared_images(&cx, container);
    let bin_desc = registration::emit_descriptor(&cx, &images, entries, &|name, value| {
        global::private_constant(&cx, &format!("offload{name}"), value)
    });
    let bin_desc = global::private_constant(&cx, "offload.bin_desc", &bin_desc.constant(&cx));
    registration::emit_constructor(&cx, "offload", bin_desc, None)?;
    registration::record_embedded(&cx, container);
    remove_calls(module, entry_points::INIT_ALL_RTLS);
    cx.verify()
}

fn remove_calls(module: &Module<'_>, function: &str) {
    let Some(function) = module.get_function(function) else { return };
    let calls: Vec<InstructionValue<'_>> = instruction::uses_of(function)
        .into_iter()
        .filter_map(|used| match used {
            instruction::FunctionUse::Callee(call) => Some(call),
            _ => None,
        })
        .collect();
    for call in calls {
        call.erase_from_basic_block();
    }
}
