//! Checks of a set of images: targets that are known, one image for a target, machines that match.

use crate::error::ContainerError;
use crate::image::Image;
use object::elf;
use object::read::elf::FileHeader as _;
use std::collections::BTreeSet;

/// The architectures that a triple may begin with, and the ELF machine of their images; none where
/// images aren't ELF files.
///
/// Source: the plugins of libomptarget 22.1, offload/plugins-nextgen/.
pub const KNOWN_ARCHITECTURES: [(&str, Option<elf::Machine>); 11] = [
    ("aarch64", Some(elf::EM_AARCH64)),
    ("amdgcn", Some(elf::EM_AMDGPU)),
    ("loongarch64", Some(elf::EM_LOONGARCH)),
    ("nvptx64", Some(elf::EM_CUDA)),
    ("powerpc64", Some(elf::EM_PPC64)),
    ("powerpc64le", Some(elf::EM_PPC64)),
    ("riscv64", Some(elf::EM_RISCV)),
    ("s390x", Some(elf::EM_S390)),
    ("spirv", None),
    ("spirv64", None),
    ("x86_64", Some(elf::EM_X86_64)),
];

/// The known architectures, for messages.
pub(crate) fn architecture_names() -> String {
    KNOWN_ARCHITECTURES.map(|(name, _)| name).join(", ")
}

/// The first part of a triple.
pub fn architecture(triple: &str) -> &str {
    triple.split('-').next().unwrap_or_default()
}

/// What an ELF header says that the file is for. `None` where the bytes are no ELF header.
pub(crate) fn elf_machine(bytes: &[u8]) -> Option<elf::Machine> {
    let header = elf::FileHeader64::<object::Endianness>::parse(bytes).ok()?;
    Some(header.e_machine(header.endian().ok()?))
}

/// Checks that the runtime can tell the images apart and has a plugin for each.
pub fn check_container(images: &[Image]) -> Result<(), ContainerError> {
    if images.is_empty() {
        return Err(ContainerError::Empty);
    }
    for (position, image) in images.iter().enumerate() {
        let triple = image.triple();
        if !KNOWN_ARCHITECTURES.iter().any(|(name, _)| *name == architecture(triple)) {
            return Err(ContainerError::UnknownTriple { position, triple: triple.to_owned() });
        }
        let target = |image: &Image| (image.triple().to_owned(), image.arch().to_owned());
        if let Some(first) = images[..position].iter().position(|other| target(other) == target(image)) {
            let (triple, arch) = target(image);
            return Err(ContainerError::SameTarget { first, second: position, triple, arch });
        }
        let clashes = |other: &Image| other.triple() == triple && ids_clash(other.arch(), image.arch());
        if let Some(first) = images[..position].iter().position(clashes) {
            return Err(ContainerError::TargetIds {
                first,
                first_arch: images[first].arch().to_owned(),
                second: position,
                second_arch: image.arch().to_owned(),
            });
        }
    }
    Ok(())
}

/// Whether two of AMD's target ids (`gfx90a:sramecc+:xnack-`) are for one processor, and one names a feature that
/// the other leaves open: there are devices for which both would do.
///
/// Source: `getConflictTargetIDCombination`, clang/lib/Basic/TargetID.cpp (LLVM 22.1).
pub fn ids_clash(first: &str, second: &str) -> bool {
    let parts = |id: &str| -> (String, BTreeSet<String>) {
        let mut parts = id.split(':');
        let processor = parts.next().unwrap_or_default().to_owned();
        (processor, parts.map(|feature| feature.trim_end_matches(['+', '-']).to_owned()).collect())
    };
    let ((processor, features), (other, other_features)) = (parts(first), parts(second));
    processor == other && features != other_features
}

/// Checks that the image at `position` is an ELF file for its triple, where its target wants ELF.
pub fn check_machine(position: usize, image: &Image) -> Result<(), ContainerError> {
    let triple = image.triple();
    let known = KNOWN_ARCHITECTURES.iter().find(|(name, _)| *name == architecture(triple));
    let Some((_, Some(expected))) = known else {
        return Ok(());
    };
    match elf_machine(&image.bytes) {
        Some(found) if found == *expected => Ok(()),
        Some(found) => Err(ContainerError::WrongMachine {
            position,
            triple: triple.to_owned(),
            found: machine_name(found),
        }),
        None => Err(ContainerError::NotElf { position, triple: triple.to_owned(), size: image.bytes.len() }),
    }
}

/// The architecture of `machine`, as a triple names it.
fn machine_name(machine: elf::Machine) -> String {
    match KNOWN_ARCHITECTURES.iter().find(|(_, known)| *known == Some(machine)) {
        Some((name, _)) => (*name).to_owned(),
        None => format!("machine {}", machine.0),
    }
}
