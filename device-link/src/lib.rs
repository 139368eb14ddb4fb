//! Bitcode, IR and objects in, device images out; and containers of images packed, listed, extracted and
//! verified.
//!
//! [`link_device`] is the linker: its phases stand below in their order, a file each.

mod error;
mod options;
mod problem;

mod aliases;
mod clean;
mod entry;
mod image;
mod input;
mod kernels;
mod linker;
mod markers;
mod optimize;
mod reach;
mod target;
mod work_items;

pub mod container;
mod output;

pub use error::Error;
pub use options::{OptLevel, Options};
pub use output::write_file;
pub use problem::{Hop, Problem, Trouble};

use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use offload_binary::{Image, KernelSignature};
use std::path::PathBuf;

/// What the library's functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// What a link made.
#[derive(Debug)]
pub struct Report {
    /// The image, with its kernels recorded.
    pub image: Image,
    /// The kernels, in the order of their names.
    pub kernels: Vec<KernelSignature>,
    /// The command that made a shared object of the device code.
    pub linker_command: String,
}

/// Links `inputs` into one image for the target of `options`.
pub fn link_device(inputs: &[PathBuf], options: &Options) -> Result<Report> {
    let target = target::Target::select(&options.target, &options.arch)?;
    let temps = output::Temps::new(options.save_temps.as_deref())?;
    let inputs = input::read(inputs, target)?;
    let context = Context::create();
    let modules = input::modules(&context, &inputs)?;
    let origins = input::Origins::of(&modules, &inputs)?;
    let module = bitcode_link::link(modules)?;
    aliases::replace_aliases(&module)?;
    let (kernels, mut problems) = kernels::choose(&module, &inputs.objects, options)?;

    markers::check_declarations(&module)?;
    let reached = reach::walk_kernels(&module, &kernels, &origins);
    problems.extend(reach::find_refused(&kernels, &reached));
    let cpu = clean::clean(&module, target, &options.arch)?;
    let machine = target.machine(&cpu, options.opt_level)?;
    target.set_layout(&module, &machine)?;
    temps.write_module("linked", &module)?;

    let entries = entry::emit_entries(&module, &kernels)?;
    bitcode_link::drop_startup_code(&module);
    bitcode_link::internalize_except(&module, &inputs.exports(&kernels));
    verify(&module, "making entries")?;
    problems.extend(work_items::resolve_markers(&module, &machine, &entries, &reached)?);
    verify(&module, "resolving work items")?;
    temps.write_module("entries", &module)?;
    optimize::optimize(&module, &machine, options.opt_level)?;
    temps.write_module("optimized", &module)?;
    problems.extend(reach::find_undefined(&module, &kernels, &reached, &origins, target));
    problems.extend(optimize::find_empty(&module, &kernels));
    problem::refuse(problems)?;

    let object = target.emit_object(&module, &machine)?;
    temps.write("kernels.o", &object)?;
    let linked = linker::link_image(&object, &inputs.objects, &kernels, target, options)?;
    temps.write("kernels.so", &linked.bytes)?;
    // An image for every machine names no processor; `native` is recorded as what it is.
    let arch = if options.arch.is_empty() { "" } else { &cpu.name };
    let image = image::make(linked.bytes, target, arch, &kernels)?;
    Ok(Report { image, kernels: kernels.signatures(), linker_command: linked.command })
}

/// A module of ours that LLVM rejects is a fault of ours.
fn verify(module: &Module<'_>, after: &'static str) -> Result<()> {
    module.verify().map_err(|text| Error::Bug { after, text: text.to_string() })
}
