//! `offload-embed<images=…>`: images for entries that are there already, from rustc's own offload or clang's
//! OpenMP.

use crate::error::Error;
use crate::named_pass::{Carried, Work, done};
use crate::options::{self, Options};
use crate::report::{self, Report, counted};
use crate::{images, rustc_maps};
use diagnostics::Code;
use host_codegen::{Container, EmbeddedEntry};
use inkwell::module::Module;

const NAME: &str = "offload-embed";

/// The pass.
pub(crate) const WORK: Work = Work { name: NAME, parameters: options::EMBED, run, at_end: done };

fn run(module: &Module<'_>, options: &Options, _: &mut Carried) -> Result<bool, Report> {
    let entries = host_codegen::find_entries(module);
    if entries.is_empty() {
        return Ok(false);
    }
    if options.images.is_empty() {
        return Err(Report::error(Error::NoImages {
            pass: NAME.into(),
            launches: counted(entries.len(), "entry", "entries"),
        }));
    }
    let container = images::read_container(&options.images)?;
    check_kernels(module, &entries, &container)?;
    warn_about_variables(module, &entries);
    host_codegen::emit_embed(module, &entries, &container).map_err(Report::error)?;
    Ok(true)
}

/// All kernels against the images: the generator would only say the first.
fn check_kernels(
    module: &Module<'_>,
    entries: &[EmbeddedEntry<'_>],
    container: &Container,
) -> Result<(), Report> {
    let mut report = Report::default();
    for kernel in entries.iter().filter(|entry| entry.is_kernel()) {
        if let Err(error) = container.check_own_entry(&kernel.symbol) {
            report.push_module(error);
            continue;
        }
        let slots = container.slots(&kernel.symbol).map(<[_]>::len);
        for error in rustc_maps::check_maps(module, &kernel.symbol, slots) {
            report.push_module(error);
        }
    }
    report.or(())
}

/// Only the linker could bring the variables of several modules together.
fn warn_about_variables(module: &Module<'_>, entries: &[EmbeddedEntry<'_>]) {
    let variables: Vec<String> =
        entries.iter().filter(|e| e.size() > 0).map(|e| format!("`{}`", e.symbol)).collect();
    if !variables.is_empty() {
        report::warn(
            module,
            (NAME, Code::OB0109),
            &format!(
                "only the kernels of this module share the device's copy of {}\nhelp: launch all kernels \
                 that use it from one module, or link the program with clang-linker-wrapper instead",
                variables.join(", ")
            ),
        );
    }
}
