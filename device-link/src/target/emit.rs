//! From optimized modules to the bytes of an image: machine code or text by LLVM, then what the target
//! needs beyond it.

use super::{Selection, Target, amdgcn, nvptx64, spirv64, x86_64};
use crate::Result;
use crate::error::Error;
use crate::images::Assembly;
use crate::linker::{self, Link};
use crate::object_file::ObjectFile;
use crate::optimize::check_collected;
use crate::options::{Emit, OptLevel, Options};
use crate::output::Temps;
use crate::ptxas::Ptxas;
use abi::kinds::ImageKind;
use abi::reports::REPORTS;
use llvm_plugin::collect::collect;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::{FileType, TargetMachine};

/// The bytes of an image.
pub(crate) struct Emitted {
    pub(crate) kind: ImageKind,
    pub(crate) bytes: Vec<u8>,
    /// The commands of other programs that were run.
    pub(crate) commands: Vec<String>,
    /// What the assembler told.
    pub(crate) notes: String,
}

impl Target {
    /// The module's code as LLVM writes it: a relocatable object, PTX or SPIR-V.
    pub(crate) fn generate(self, module: &Module<'_>, machine: &TargetMachine) -> Result<Vec<u8>> {
        let what = "make machine code";
        // Both would name the input's path in the image.
        module.set_name("kernels");
        module.set_source_file_name("kernels");
        match self {
            Self::Nvptx64 => nvptx64::write_atomics(module, machine),
            Self::Spirv64 => spirv64::end_at_traps(module),
            Self::X86_64 | Self::Amdgcn => {}
        }
        let kind = if self == Self::Nvptx64 { FileType::Assembly } else { FileType::Object };
        let (code, collected) =
            collect(&module.get_context(), || machine.write_to_memory_buffer(module, kind));
        let code = code.map_err(|text| Error::Llvm { what, text: text.to_string() })?;
        check_collected(collected, what)?;
        Ok(code.as_slice().to_vec())
    }

    /// The name of a file with such code.
    pub(crate) fn code_name(self) -> &'static str {
        match self {
            Self::X86_64 | Self::Amdgcn => "kernels.o",
            Self::Nvptx64 => "kernels.ptx",
            Self::Spirv64 => "kernels.spv",
        }
    }
}

/// Makes the image of what was compiled: one code, or one for each level and the entries.
pub(crate) fn emit_image(
    selection: &Selection,
    assembly: &Assembly,
    objects: &[ObjectFile],
    options: &Options,
    temps: &Temps,
) -> Result<Emitted> {
    let cpu = selection.cpus.first().map_or("", String::as_str);
    let codes = &assembly.codes;
    let names = assembly.kernels.names().into_iter().map(ToOwned::to_owned);
    let (mut exports, arguments): (Vec<_>, _) = match selection.target {
        Target::X86_64 => (names.collect(), x86_64::linker_arguments()),
        Target::Amdgcn => {
            (names.flat_map(|name| [amdgcn::descriptor(&name), name]).collect(), amdgcn::linker_arguments())
        }
        Target::Nvptx64 => return emit_cubin(&codes[0], cpu, options, temps),
        Target::Spirv64 => return emit_spirv(&codes[0]),
    };
    exports.extend(assembly.reports.then(|| REPORTS.to_owned()));
    let link = Link { own: codes, objects, exports, arguments, linker: options.linker.as_deref() };
    let linked = linker::link_image(&link)?;
    temps.write("kernels.so", &linked.bytes)?;
    if selection.target == Target::Amdgcn {
        amdgcn::check_header(&linked.bytes, cpu)?;
    }
    Ok(Emitted {
        kind: ImageKind::OBJECT,
        bytes: linked.bytes,
        commands: vec![linked.command],
        notes: String::new(),
    })
}

fn emit_cubin(ptx: &[u8], cpu: &str, options: &Options, temps: &Temps) -> Result<Emitted> {
    nvptx64::check_externs(&String::from_utf8_lossy(ptx))?;
    if options.emit == Emit::Ptx {
        let (commands, notes) = (Vec::new(), String::new());
        return Ok(Emitted { kind: ImageKind::PTX, bytes: ptx.to_vec(), commands, notes });
    }
    let level = if options.opt_level == OptLevel::O0 { 0 } else { 3 };
    let assembled = Ptxas::find(options.ptxas.as_deref(), cpu)?.assemble(ptx, cpu, level)?;
    temps.write("kernels.cubin", &assembled.cubin)?;
    Ok(Emitted {
        kind: ImageKind::CUBIN,
        bytes: assembled.cubin,
        commands: vec![assembled.command],
        notes: assembled.notes,
    })
}

fn emit_spirv(module: &[u8]) -> Result<Emitted> {
    let commands = spirv64::validate(module)?.into_iter().collect();
    Ok(Emitted { kind: ImageKind::SPIRV, bytes: module.to_vec(), commands, notes: String::new() })
}
