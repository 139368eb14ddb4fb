//! The registration of a program that is linked from records: one module that defines what its objects refer to
//! weakly.

use crate::container::Container;
use crate::cx::Cx;
use crate::ir_struct::{HostStruct as _, OffloadEntry};
use crate::registration::{emit_descriptor, entry_range, kernel_entry};
use crate::{Error, global};
use abi::{entry_points, names};
use inkwell::GlobalVisibility;
use inkwell::module::{Linkage, Module};
use inkwell::values::{BasicValue, GlobalValue, PointerValue};
use llvm_plugin::constant;
use offload_binary::Image;

/// What launches call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launcher {
    /// A function that opens the runtime, and then has them call the runtime itself.
    First,
    /// The runtime, which is linked.
    Runtime,
}

/// Describes `container` in the empty `module`, which must know its target, and defines the regions of its
/// kernels. Whoever registers it finds it under [`names::PROGRAM_REGISTRATION`].
///
/// ```c
/// // all of it hidden: every program and shared library has its own
/// static const char container[] __attribute__((section(".outboard.images"))) = { ... };
/// launcher *region_axpy = first_launch;                          // and so on for every kernel
/// static const struct __tgt_offload_entry entries[] = { { 0, 1, OpenMP, 0, &region_axpy, "axpy", 0, 0, 0 } };
/// static const struct __tgt_device_image images[] = { { container + 512, container + 4096, entries, entries + 1 } };
/// const struct __tgt_bin_desc __outboard_program = { 1, images, entries, entries + 1 };
/// const char __outboard_program_images[] = "x86_64-unknown-linux-gnu\tx86-64-v3\t17408\n";
/// ```
///
/// # Errors
/// The module has no data layout, the images can't be in a container, or (our bug) the result is not valid IR.
pub fn emit_program<'ctx>(
    module: &Module<'ctx>,
    container: &Container,
    launcher: Launcher,
) -> Result<(), Error> {
    let cx = Cx::new(module)?;
    let entry_type = OffloadEntry::llvm_type(&cx);
    let entries: Vec<_> = container
        .kernels()
        .iter()
        .map(|kernel| {
            let name = cx.context.const_string(kernel.as_bytes(), true);
            let name = global::private_constant(&cx, "name", &name);
            kernel_entry(&cx, emit_region(&cx, kernel, launcher), name).constant(&cx).as_basic_value_enum()
        })
        .collect();
    let entries_type = entry_type.array_type(u32::try_from(entries.len()).expect("kernels fit into memory"));
    let entries = global::private_constant(&cx, "entries", &constant::array(&entry_type, &entries));
    let entries = entry_range(&cx, entries, entries_type);
    let emit = |name: &str, value: &dyn BasicValue<'ctx>| global::private_constant(&cx, &name[1..], value);
    let images = emit_container(&cx, container)?;
    let descriptor = emit_descriptor(&cx, &images, entries, &emit).constant(&cx);
    let descriptor = global::constant(&cx, names::PROGRAM_REGISTRATION, &descriptor);
    descriptor.set_visibility(GlobalVisibility::Hidden);
    let text = cx.context.const_string(describe_images(container).as_bytes(), true);
    global::constant(&cx, names::PROGRAM_IMAGES, &text).set_visibility(GlobalVisibility::Hidden);
    cx.verify()
}

/// The images as a file would hold them, so that they can be listed, without what is only kept to be looked at: first
/// byte of each, and one past the last.
fn emit_container<'ctx>(
    cx: &Cx<'_, 'ctx>,
    container: &Container,
) -> Result<Vec<[PointerValue<'ctx>; 2]>, Error> {
    let images: Vec<_> = container.images().map(without_texts).collect();
    let (bytes, places) = offload_binary::encode_with_places(&images)?;
    let bytes = cx.context.const_string(&bytes, false);
    let global = global::private_constant(cx, "container", &bytes);
    global.set_section(Some(names::IMAGES_SECTION));
    global.set_alignment(u32::try_from(offload_binary::ALIGNMENT).expect("a few bytes"));
    let at = |offset: usize| {
        let offset = u32::try_from(offset).expect("images fit into what is linked");
        constant::element_address(global, bytes.get_type(), cx.i64, offset)
    };
    Ok(places.iter().map(|place| [at(place.start), at(place.end)]).collect())
}

fn without_texts(image: &Image) -> Image {
    let mut image = image.clone();
    image
        .strings
        .retain(|(key, _)| ![names::IR_KEY, names::LINKED_IR_KEY, names::PTX_KEY].contains(&key.as_str()));
    image
}

/// A line for each image, for the program itself: [`names::PROGRAM_IMAGES`].
fn describe_images(container: &Container) -> String {
    let line = |image: &Image| format!("{}\t{}\t{}\n", image.triple(), image.arch(), image.bytes.len());
    container.images().map(line).collect()
}

fn emit_region<'ctx>(cx: &Cx<'_, 'ctx>, kernel: &str, launcher: Launcher) -> GlobalValue<'ctx> {
    let symbol = match launcher {
        Launcher::First => names::FIRST_LAUNCH,
        Launcher::Runtime => entry_points::TARGET_KERNEL,
    };
    // Only its address is taken, so its type does not matter.
    let function_type = cx.context.void_type().fn_type(&[], false);
    let function = cx.module.get_function(symbol).unwrap_or_else(|| {
        let function = cx.module.add_function(symbol, function_type, Some(Linkage::External));
        if launcher == Launcher::First {
            function.as_global_value().set_visibility(GlobalVisibility::Hidden);
        }
        function
    });
    let region = cx.module.add_global(cx.ptr, None, &format!("{}{kernel}", names::REGION_PREFIX));
    region.set_initializer(&function.as_global_value().as_pointer_value());
    region.set_visibility(GlobalVisibility::Hidden);
    region
}
