//! amdgcn: AMD's GPUs. The image is a shared object of lld's, of code object version 6.

use super::{Cpu, Facts, SelectionError, initialization};
use crate::Result;
use crate::error::Error;
use llvm_plugin::inkwell::targets::Target as Backend;
use object::elf;
use object::read::elf::FileHeader as _;

pub(super) const FACTS: Facts = Facts {
    name: "amdgcn",
    triple: "amdgcn-amd-amdhsa",
    cpus: &CPUS,
    generic_cpu: None,
    elf_machine: None,
    initialize: || Backend::initialize_amd_gpu(&initialization()),
};

/// From the first that ROCm still ran on. Source: `llc-22 -march=amdgcn -mcpu=help`.
const CPUS: [&str; 37] = [
    "gfx900",
    "gfx902",
    "gfx904",
    "gfx906",
    "gfx908",
    "gfx909",
    "gfx90a",
    "gfx90c",
    "gfx942",
    "gfx950",
    "gfx9-generic",
    "gfx9-4-generic",
    "gfx1010",
    "gfx1011",
    "gfx1012",
    "gfx1013",
    "gfx10-1-generic",
    "gfx1030",
    "gfx1031",
    "gfx1032",
    "gfx1033",
    "gfx1034",
    "gfx1035",
    "gfx1036",
    "gfx10-3-generic",
    "gfx1100",
    "gfx1101",
    "gfx1102",
    "gfx1103",
    "gfx1150",
    "gfx1151",
    "gfx1152",
    "gfx1153",
    "gfx11-generic",
    "gfx1200",
    "gfx1201",
    "gfx12-generic",
];

/// The features that a target id may name, and the processors that have a choice.
///
/// Source: "Target ID" and the table of processors, llvm/docs/AMDGPUUsage.rst (LLVM 22.1).
const FEATURES: [(&str, &[&str]); 2] = [
    ("sramecc", &["gfx906", "gfx908", "gfx90a", "gfx942", "gfx950", "gfx9-4-generic"]),
    (
        "xnack",
        &[
            "gfx900",
            "gfx902",
            "gfx904",
            "gfx906",
            "gfx908",
            "gfx909",
            "gfx90a",
            "gfx90c",
            "gfx942",
            "gfx950",
            "gfx9-generic",
            "gfx9-4-generic",
            "gfx1010",
            "gfx1011",
            "gfx1012",
            "gfx1013",
            "gfx10-1-generic",
        ],
    ),
];

/// Source: `ELFABIVERSION_AMDGPU_HSA_V6`, llvm/BinaryFormat/ELF.h (LLVM 22.1).
const CODE_OBJECT_6: u8 = 4;

/// Checks the features behind the processor of a target id (`gfx90a:sramecc+:xnack-`), and returns the
/// processor.
pub(super) fn check_features(id: &str) -> Result<&str> {
    let mut parts = id.split(':');
    let name = parts.next().unwrap_or_default();
    for part in parts {
        let known = part.strip_suffix(['+', '-']).and_then(|feature| {
            let (_, processors) = FEATURES.iter().find(|(known, _)| *known == feature)?;
            processors.contains(&name).then_some(())
        });
        if known.is_none() {
            return Err(SelectionError::TargetId { id: id.to_owned(), part: part.to_owned() }.into());
        }
    }
    Ok(name)
}

/// `gfx90a:sramecc+:xnack-` as LLVM's code generator wants it.
pub(super) fn cpu(id: &str) -> Cpu {
    let mut parts = id.split(':');
    let name = parts.next().unwrap_or_default().to_owned();
    let features = parts.filter_map(|part| {
        let feature = part.strip_suffix(['+', '-'])?;
        Some(format!("{}{feature}", &part[feature.len()..]))
    });
    Cpu { features: features.collect::<Vec<_>>().join(","), name }
}

/// A shared object that calls its own functions directly and comes out the same each time.
pub(super) fn linker_arguments() -> Vec<String> {
    let fixed = [
        "-m",
        "elf64_amdgpu",
        "-shared",
        "-Bsymbolic",
        "--no-undefined",
        "--build-id=none",
        "--hash-style=gnu",
    ];
    fixed.map(ToOwned::to_owned).to_vec()
}

/// The symbol of a kernel's descriptor, by which the runtime finds the kernel.
pub(super) fn descriptor(kernel: &str) -> String {
    format!("{kernel}.kd")
}

/// Checks that the image's header names a processor and code object version 6. Without a processor the
/// runtime refuses the image, or worse, runs it on any.
pub(super) fn check_header(image: &[u8], cpu: &str) -> Result<()> {
    let header = elf::FileHeader64::<object::LittleEndian>::parse(image);
    let header = header.map_err(|source| Error::Image { target: FACTS.name, text: source.to_string() })?;
    let flags = header.e_flags.get(object::LittleEndian);
    let version = header.e_ident.abi_version;
    if flags.0 == 0 {
        return Err(Error::Image {
            target: FACTS.name,
            text: format!("its ELF flags are 0, so it is for no processor, and was to be for {cpu}"),
        });
    }
    if version != CODE_OBJECT_6 {
        return Err(Error::Image {
            target: FACTS.name,
            text: format!("its ELF ABI version is {version}, not {CODE_OBJECT_6} (code object version 6)"),
        });
    }
    Ok(())
}
