//! Images for entries that somebody else emitted: rustc's own offload, clang's OpenMP.

use crate::container::Container;
use crate::cx::Cx;
use crate::ir_struct::HostStruct;
use crate::registration::{self, entry_range};
use crate::{Error, global, launch_check, plan};
use abi::{entry_points, kinds::OffloadKind, mirror, names};
use inkwell::module::Module;
use inkwell::values::{BasicValueEnum, GlobalValue, InstructionValue, StructValue};
use llvm_plugin::{constant, instruction, module as module_edit};

/// An offload entry in a module.
#[derive(Debug, Clone)]
pub struct EmbeddedEntry<'ctx> {
    /// The `__tgt_offload_entry`.
    pub global: GlobalValue<'ctx>,
    /// The name to be looked up in the image.
    pub symbol: String,
    /// What kind of entry it is.
    pub role: EntryRole<'ctx>,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy)]
pub enum EntryRole<'ctx> {
    /// A kernel, by the key that launches pass.
    Kernel(GlobalValue<'ctx>),
    /// A variable that host and device both have (`declare target`), of so many bytes.
    Variable(u64),
    /// A property of the program (`requires`).
    Other,
}

impl EmbeddedEntry<'_> {
    /// Whether it is a kernel's.
    pub fn is_kernel(&self) -> bool {
        matches!(self.role, EntryRole::Kernel(_))
    }

    /// 0 for all but variables.
    pub fn size(&self) -> u64 {
        if let EntryRole::Variable(size) = self.role { size } else { 0 }
    }
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
    let symbol = instruction::as_global(field(entry, "symbol_name")?.into_pointer_value())?;
    let BasicValueEnum::ArrayValue(symbol) = symbol.get_initializer()? else { return None };
    let symbol = String::from_utf8_lossy(symbol.as_const_string()?).trim_end_matches('\0').to_owned();
    let (size, flags) = (integer(field(entry, "size")?)?, integer(field(entry, "flags")?)?);
    let address = field(entry, "address")?.into_pointer_value();
    let role = match instruction::as_global(address) {
        _ if size > 0 => EntryRole::Variable(size),
        Some(region_id) if flags == 0 => EntryRole::Kernel(region_id),
        _ => EntryRole::Other,
    };
    (kind == u64::from(OffloadKind::OPENMP.0)).then_some(EmbeddedEntry { global, symbol, role })
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

/// Embeds `container`, registers it, and takes over `entries`, which are this module's own: nothing is left
/// of them for the linker, or for a second run, to find.
///
/// Kernels join the one registration of the container, whatever the number of modules: launches pass its keys
/// afterwards. A module that shares variables with the device has its variables and kernels registered
/// together, apart from other modules, for only the linker could collect them.
///
/// A launch whose result nobody looks at ends the program when it fails. rustc's built-in offload makes such
/// launches; it also starts every device at start-up (`__tgt_init_all_rtls`), which ends a program without a
/// word about its kernels when no device takes the image: those calls go.
///
/// # Errors
/// A kernel of the entries is not in an image, or is made for another kind of launch; the module has no data
/// layout.
pub fn emit_embed<'ctx>(
    module: &Module<'ctx>,
    entries: &[EmbeddedEntry<'ctx>],
    container: &Container,
) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    let cx = Cx::new(module)?;
    for entry in entries.iter().filter(|entry| entry.is_kernel()) {
        container.check_own_entry(&entry.symbol)?;
    }
    launch_check::emit_launch_checks(&cx, |region_id| kernel_of(entries, region_id))?;
    if entries.iter().all(EmbeddedEntry::is_kernel) {
        join_registration(&cx, entries, container);
    } else {
        emit_own_registration(&cx, entries, container)?;
    }
    for entry in entries {
        remove_entry(&cx, entry);
    }
    remove_calls(module, entry_points::INIT_ALL_RTLS);
    cx.verify()
}

fn kernel_of<'ctx>(entries: &[EmbeddedEntry<'ctx>], region_id: BasicValueEnum<'ctx>) -> Option<String> {
    let launched = instruction::as_global(region_id.into_pointer_value())?;
    let is_launched =
        |entry: &&EmbeddedEntry<'ctx>| matches!(entry.role, EntryRole::Kernel(key) if key == launched);
    entries.iter().find(is_launched).map(|entry| entry.symbol.clone())
}

/// Launches of `entries` pass the keys of the registration that all modules with `container` share.
fn join_registration<'ctx>(cx: &Cx<'_, 'ctx>, entries: &[EmbeddedEntry<'ctx>], container: &Container) {
    let registered = registration::emit_registration(cx, plan::Registration::Constructor, container);
    for entry in entries {
        let EntryRole::Kernel(region_id) = entry.role else { continue };
        let (theirs, ours) = (region_id.as_pointer_value(), registered.region_id(&entry.symbol));
        // The same, where something else kept the entry through an earlier run.
        if theirs != ours {
            theirs.replace_all_uses_with(ours);
        }
    }
}

/// ```c
/// static const struct __tgt_offload_entry entries[] = { entry_0, entry_1, ... };   // copies
/// static const struct __tgt_device_image images[] = { { image_0, image_0 + sizeof image_0, entries, entries + n } };
/// static const struct __tgt_bin_desc desc = { 1, images, entries, entries + n };
/// ```
fn emit_own_registration<'ctx>(
    cx: &Cx<'_, 'ctx>,
    entries: &[EmbeddedEntry<'ctx>],
    container: &Container,
) -> Result<(), Error> {
    let values: Vec<BasicValueEnum<'_>> =
        entries.iter().filter_map(|entry| entry.global.get_initializer()).collect();
    let array = constant::array(&values[0].get_type(), &values);
    let entries_type = array.get_type();
    let entries = global::private_constant(cx, "offload.entries", &array);
    let entries = entry_range(cx, entries, entries_type);
    let images = registration::emit_shared_images(cx, container);
    let bin_desc = registration::emit_descriptor(cx, &images, entries, &|name, value| {
        global::private_constant(cx, &format!("offload{name}"), value)
    });
    let bin_desc = global::private_constant(cx, "offload.bin_desc", &bin_desc.constant(cx));
    registration::emit_constructor(cx, "offload", bin_desc, None)?;
    registration::record_embedded(cx, container);
    Ok(())
}

/// Removes an entry that is registered elsewhere, with its key if that is unused. A linker wrapper would
/// otherwise register it once more.
fn remove_entry<'ctx>(cx: &Cx<'_, 'ctx>, entry: &EmbeddedEntry<'ctx>) {
    let keys = if let EntryRole::Kernel(region_id) = entry.role { Some(region_id) } else { None };
    module_edit::remove_from_used(cx.module, entry.global);
    for unused in std::iter::once(entry.global).chain(keys) {
        let name = unused.get_name().to_string_lossy().into_owned();
        llvm_plugin::global::erase_unused(cx.module, &name);
    }
}

fn remove_calls(module: &Module<'_>, function: &str) {
    let Some(function) = module.get_function(function) else { return };
    for used in instruction::uses_of(function) {
        if let instruction::FunctionUse::Callee(call) = used {
            InstructionValue::erase_from_basic_block(call);
        }
    }
    if instruction::uses_of(function).is_empty() {
        module_edit::delete_function(function);
    }
}
