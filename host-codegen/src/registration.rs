//! Images in the program: embedded, described, and made known to the runtime, once a container and program.

use crate::container::Container;
use crate::cx::Cx;
use crate::entry_block::EntryBlock;
use crate::entry_point::Runtime;
use crate::global::{self, GlobalExt};
use crate::ir_struct::{BinDesc, DeviceImage, HostStruct, OffloadEntry, kind};
use crate::plan;
use abi::kinds::OffloadKind;
use abi::names;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::builder::{Builder, BuilderError};
use inkwell::comdat::{Comdat, ComdatSelectionKind};
use inkwell::types::ArrayType;
use inkwell::values::{BasicValue, BasicValueEnum, FunctionValue, GlobalValue, PointerValue};
use llvm_plugin::{constant, module};
use std::collections::HashMap;

/// ELF images are read in place: as aligned as their own headers want to be.
const IMAGE_ALIGNMENT: u32 = 16;

/// A container in the module: what launches need of it.
pub(crate) struct Registered<'ctx> {
    region_ids: HashMap<String, GlobalValue<'ctx>>,
    /// To be registered around every launch; `None` when a constructor does it.
    around_launches: Option<BinDesc<'ctx>>,
}

/// An array of offload entries: first, and one past the last.
#[derive(Clone, Copy)]
pub(crate) struct EntryRange<'ctx> {
    begin: PointerValue<'ctx>,
    end: PointerValue<'ctx>,
}

/// Embeds `container` and describes all its kernels; registers it by a constructor, if that is the way.
///
/// ```c
/// // all of it linkonce_odr hidden in comdat __outboard_<hash>: one in the program
/// static const char image_0[] = { ... }, kernel_id_axpy;
/// static const struct __tgt_offload_entry entries[] = { { 0, 1, OpenMP, 0, &kernel_id_axpy, "axpy", 0, 0, 0 } };
/// static const struct __tgt_device_image images[] = { { image_0, image_0 + sizeof image_0, entries, entries + 1 } };
/// static const struct __tgt_bin_desc desc = { 1, images, entries, entries + 1 };
/// ```
pub(crate) fn emit_registration<'ctx>(
    cx: &Cx<'_, 'ctx>,
    registration: plan::Registration,
    container: &Container,
) -> Registered<'ctx> {
    let prefix = format!("{}{}", names::REGISTRATION_PREFIX, container.hash());
    let comdat = any_comdat(cx, &prefix);
    let shared = Shared { cx, prefix: &prefix, comdat };

    let kernels = container.kernels();
    let mut region_ids = HashMap::new();
    let mut entries = Vec::with_capacity(kernels.len());
    for kernel in kernels {
        let region_id = shared.constant(&format!(".kernel.{kernel}"), &cx.context.i8_type().const_zero());
        let name = cx.context.const_string(kernel.as_bytes(), true);
        let name = shared.constant(&format!(".name.{kernel}"), &name);
        name.set_section(Some(names::ENTRY_NAMES_SECTION));
        entries.push(kernel_entry(cx, region_id, name).constant(cx).as_basic_value_enum());
        region_ids.insert(kernel, region_id);
    }
    let entry_type = OffloadEntry::llvm_type(cx);
    let entries_type = entry_type.array_type(u32::try_from(entries.len()).expect("kernels fit into memory"));
    let entries = shared.constant(".entries", &constant::array(&entry_type, &entries));
    let entries = entry_range(cx, entries, entries_type);

    let images = emit_images(cx, container, &|name, value| shared.constant(name, value));
    let bin_desc = emit_descriptor(cx, &images, entries, &|name, value| shared.constant(name, value));
    let around_launches = match registration {
        plan::Registration::Constructor => {
            let desc = shared.constant("", &bin_desc.constant(cx));
            emit_constructor(cx, &prefix, desc, Some(comdat)).expect("fixed instructions in new functions");
            None
        }
        plan::Registration::CallSite => Some(bin_desc),
    };
    record_embedded(cx, container);
    Registered { region_ids, around_launches }
}

impl<'ctx> Registered<'ctx> {
    /// The key by which the runtime finds `kernel`.
    pub(crate) fn region_id(&self, kernel: &str) -> PointerValue<'ctx> {
        self.region_ids[kernel].as_pointer_value()
    }

    /// `struct __tgt_bin_desc desc = { ... }; __tgt_register_lib(&desc);`, where registration is per call site.
    /// The caller unregisters what is returned.
    pub(crate) fn emit_register_here(
        &self,
        cx: &Cx<'_, 'ctx>,
        entry: &EntryBlock<'ctx>,
        builder: &Builder<'ctx>,
    ) -> Result<Option<PointerValue<'ctx>>, BuilderError> {
        let Some(bin_desc) = self.around_launches else { return Ok(None) };
        let memory = entry.alloca(BinDesc::llvm_type(cx), "launch.bin_desc")?;
        bin_desc.store(cx, builder, memory)?;
        Runtime::new(cx, builder).register_lib(memory)?;
        Ok(Some(memory))
    }
}

/// Globals of one container: named by its hash, in its comdat group.
struct Shared<'a, 'm, 'ctx> {
    cx: &'a Cx<'m, 'ctx>,
    prefix: &'a str,
    comdat: Comdat,
}

impl<'ctx> Shared<'_, '_, 'ctx> {
    /// The constant `name` of the group; the one that is there already, if this module has it.
    fn constant(&self, name: &str, value: &dyn BasicValue<'ctx>) -> GlobalValue<'ctx> {
        let name = format!("{}{name}", self.prefix);
        self.cx
            .module
            .get_global(&name)
            .unwrap_or_else(|| global::constant(self.cx, &name, value).shared(self.comdat))
    }
}

pub(crate) fn any_comdat(cx: &Cx<'_, '_>, name: &str) -> Comdat {
    let comdat = cx.module.get_or_insert_comdat(name);
    comdat.set_selection_kind(ComdatSelectionKind::Any);
    comdat
}

pub(crate) fn kernel_entry<'ctx>(
    cx: &Cx<'_, 'ctx>,
    region_id: GlobalValue<'ctx>,
    name: GlobalValue<'ctx>,
) -> OffloadEntry<'ctx> {
    let i16 = cx.context.i16_type();
    OffloadEntry {
        reserved: kind::u64(cx.const_i64(0)),
        version: kind::u16(i16.const_int(u64::from(abi::OFFLOAD_ENTRY_VERSION), false)),
        kind: kind::u16(i16.const_int(u64::from(OffloadKind::OPENMP.0), false)),
        flags: kind::u32(cx.const_i32(0)),
        address: kind::Ptr(region_id.as_pointer_value()),
        symbol_name: kind::Ptr(name.as_pointer_value()),
        size: kind::u64(cx.const_i64(0)),
        data: kind::u64(cx.const_i64(0)),
        aux_addr: kind::Ptr(cx.null()),
    }
}

pub(crate) fn entry_range<'ctx>(
    cx: &Cx<'_, 'ctx>,
    entries: GlobalValue<'ctx>,
    entries_type: ArrayType<'ctx>,
) -> EntryRange<'ctx> {
    let end = constant::element_address(entries, entries_type, cx.i64, entries_type.len());
    EntryRange { begin: entries.as_pointer_value(), end }
}

/// The bytes of the images: first byte, and one past the last. `emit` makes the constants.
pub(crate) fn emit_images<'ctx>(
    cx: &Cx<'_, 'ctx>,
    container: &Container,
    emit: &dyn Fn(&str, &dyn BasicValue<'ctx>) -> GlobalValue<'ctx>,
) -> Vec<[PointerValue<'ctx>; 2]> {
    let image = |(index, image): (usize, &offload_binary::Image)| {
        let bytes = cx.context.const_string(&image.bytes, false);
        let global = emit(&format!(".image.{index}"), &bytes);
        global.set_alignment(IMAGE_ALIGNMENT);
        let end = constant::element_address(global, bytes.get_type(), cx.i64, bytes.get_type().len());
        [global.as_pointer_value(), end]
    };
    container.images().enumerate().map(image).collect()
}

/// Embeds the bytes of `container` once a program, for a registration of a module's own.
pub(crate) fn emit_shared_images<'ctx>(
    cx: &Cx<'_, 'ctx>,
    container: &Container,
) -> Vec<[PointerValue<'ctx>; 2]> {
    let prefix = format!("{}{}.images", names::REGISTRATION_PREFIX, container.hash());
    let comdat = any_comdat(cx, &prefix);
    let shared = Shared { cx, prefix: &prefix, comdat };
    emit_images(cx, container, &|name, value| shared.constant(name, value))
}

/// `desc` over `images`, each with all `entries`. `emit` makes the array of images.
pub(crate) fn emit_descriptor<'ctx>(
    cx: &Cx<'_, 'ctx>,
    images: &[[PointerValue<'ctx>; 2]],
    entries: EntryRange<'ctx>,
    emit: &dyn Fn(&str, &dyn BasicValue<'ctx>) -> GlobalValue<'ctx>,
) -> BinDesc<'ctx> {
    let records: Vec<BasicValueEnum<'ctx>> = images
        .iter()
        .map(|[start, end]| DeviceImage {
            image_start: kind::Ptr(*start),
            image_end: kind::Ptr(*end),
            entries_begin: kind::Ptr(entries.begin),
            entries_end: kind::Ptr(entries.end),
        })
        .map(|record| record.constant(cx).into())
        .collect();
    let count = u32::try_from(records.len()).expect("a handful of images");
    let records = emit(".images", &constant::array(&DeviceImage::llvm_type(cx), &records));
    BinDesc {
        device_image_count: kind::u32(cx.const_i32(count)),
        device_images: kind::Ptr(records.as_pointer_value()),
        host_entries_begin: kind::Ptr(entries.begin),
        host_entries_end: kind::Ptr(entries.end),
    }
}

/// ```c
/// __attribute__((constructor(101))) static void reg(void) { __tgt_register_lib(&desc); atexit(unreg); }
/// static void unreg(void) { __tgt_unregister_lib(&desc); }
/// ```
pub(crate) fn emit_constructor<'ctx>(
    cx: &Cx<'_, 'ctx>,
    prefix: &str,
    bin_desc: GlobalValue<'ctx>,
    comdat: Option<Comdat>,
) -> Result<(), BuilderError> {
    let (register_name, unregister_name) = (format!("{prefix}.register"), format!("{prefix}.unregister"));
    if cx.module.get_function(&register_name).is_some() {
        return Ok(());
    }
    let builder = cx.context.create_builder();
    let desc = bin_desc.as_pointer_value();

    let unregister = start_up_function(cx, &unregister_name, comdat);
    builder.position_at_end(cx.context.append_basic_block(unregister, "entry"));
    Runtime::new(cx, &builder).unregister_lib(desc)?;
    builder.build_return(None)?;

    let register = start_up_function(cx, &register_name, comdat);
    builder.position_at_end(cx.context.append_basic_block(register, "entry"));
    Runtime::new(cx, &builder).register_lib(desc)?;
    Runtime::new(cx, &builder).at_exit(unregister.as_global_value().as_pointer_value())?;
    builder.build_return(None)?;
    module::append_global_ctor(cx.module, register, abi::REGISTRATION_PRIORITY, comdat.map(|_| bin_desc));
    Ok(())
}

fn start_up_function<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, comdat: Option<Comdat>) -> FunctionValue<'ctx> {
    let function_type = cx.context.void_type().fn_type(&[], false);
    let function = cx.module.add_function(name, function_type, None);
    match comdat {
        Some(comdat) => {
            function.shared(comdat);
        }
        None => function.set_linkage(inkwell::module::Linkage::Internal),
    }
    let nounwind = Attribute::get_named_enum_kind_id("nounwind");
    function.add_attribute(AttributeLoc::Function, cx.context.create_enum_attribute(nounwind, 0));
    function
}

/// `!outboard.embedded = !{!{hash, triple, arch, bytes}, ...}`: what `print<offload>` reports.
pub(crate) fn record_embedded(cx: &Cx<'_, '_>, container: &Container) {
    for image in container.images() {
        let string = |text: &str| cx.context.metadata_string(text).into();
        let size = cx.const_i64(image.bytes.len() as u64).into();
        let node = cx.context.metadata_node(&[
            string(container.hash()),
            string(image.triple()),
            string(image.arch()),
            size,
        ]);
        cx.module
            .add_global_metadata(names::EMBEDDED_METADATA, &node)
            .expect("a node, and a name without NUL");
    }
}
