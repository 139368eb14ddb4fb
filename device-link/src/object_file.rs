//! Relocatable objects without bitcode: what they define and what they want.

use crate::Result;
use crate::error::Error;
use crate::target::Target;
use bitcode_link::{Bytes, Origin};
use object::read::elf::{ElfFile64, FileHeader as _};
use object::{Object as _, ObjectSymbol as _, SymbolKind, elf};
use std::path::PathBuf;

/// A relocatable object and what it defines for others.
#[derive(Debug, Clone)]
pub(crate) struct ObjectFile {
    /// The file, or `archive(member)`.
    pub(crate) path: PathBuf,
    /// Its bytes, where no file has it alone.
    pub(crate) bytes: Option<Bytes>,
    /// The machine that its code is for.
    machine: elf::Machine,
    /// Global functions.
    pub(crate) functions: Vec<String>,
    /// Global functions and data.
    pub(crate) symbols: Vec<String>,
    /// Those that nothing else may define.
    pub(crate) strong: Vec<String>,
    /// What others must define.
    pub(crate) undefined: Vec<String>,
}

impl ObjectFile {
    /// Reads the object `origin`, which is a file of its own, and checks that one of `targets` can link it.
    pub(crate) fn read(origin: &Origin, bytes: &Bytes, targets: &[Target]) -> Result<Self> {
        let path = origin.file.clone();
        let unreadable = |source| bitcode_link::Error::Object { origin: origin.clone(), source };
        let header = elf::FileHeader64::<object::Endianness>::parse(&**bytes).map_err(unreadable)?;
        let endian = header.endian().map_err(unreadable)?;
        let machine = header.e_machine(endian);
        if !targets.iter().any(|target| target.elf_machine() == Some(machine)) {
            let machine = machine_name(machine);
            if let Some(target) = targets.iter().find(|target| target.name() == machine) {
                return Err(Error::ObjectOfGpu { path, target: target.name() });
            }
            let targets = targets.iter().map(|target| target.name()).collect();
            return Err(Error::ObjectMachine { path, machine, targets });
        }
        if header.e_type(endian) != elf::ET_REL {
            return Err(Error::NotRelocatable { path });
        }
        let file: ElfFile64<'_> = ElfFile64::parse(&**bytes).map_err(unreadable)?;
        Ok(Self::of_symbols(path, None, machine, &file))
    }

    /// Reads a member of an archive that has no bitcode; nothing where it is no relocatable object of 64 bits.
    pub(crate) fn read_member(origin: &Origin, bytes: &Bytes) -> Option<Self> {
        let header = elf::FileHeader64::<object::Endianness>::parse(&**bytes).ok()?;
        let endian = header.endian().ok()?;
        if header.e_type(endian) != elf::ET_REL {
            return None;
        }
        let file: ElfFile64<'_> = ElfFile64::parse(&**bytes).ok()?;
        Some(Self::of_symbols(origin.to_path(), Some(bytes.clone()), header.e_machine(endian), &file))
    }

    fn of_symbols(path: PathBuf, bytes: Option<Bytes>, machine: elf::Machine, file: &ElfFile64<'_>) -> Self {
        let (functions, symbols) = (Vec::new(), Vec::new());
        let (strong, undefined) = (Vec::new(), Vec::new());
        let mut object = Self { path, bytes, machine, functions, symbols, strong, undefined };
        for symbol in file.symbols().filter(object::ObjectSymbol::is_global) {
            let Ok(name) = symbol.name() else { continue };
            if symbol.is_undefined() {
                object.undefined.push(name.to_owned());
                continue;
            }
            object.symbols.push(name.to_owned());
            if !symbol.is_weak() {
                object.strong.push(name.to_owned());
            }
            if symbol.kind() == SymbolKind::Text {
                object.functions.push(name.to_owned());
            }
        }
        object
    }

    /// Whether `target` can link it.
    pub(crate) fn is_for(&self, target: Target) -> bool {
        target.elf_machine() == Some(self.machine)
    }

    /// Why `target` can't.
    pub(crate) fn why_not(&self, target: Target) -> String {
        let machine = machine_name(self.machine);
        if machine == target.name() {
            format!("machine code of {machine}, which can't be linked: {REGISTERS}")
        } else {
            format!("machine code of {machine}, which {} can't run", target.name())
        }
    }
}

/// Why machine code of a GPU isn't linked with a kernel. Source: measured with LLVM 22.1.8; a kernel of gfx90a that
/// calls a function of another object reserves 41 vector registers, whatever that function takes.
pub(crate) const REGISTERS: &str =
    "the registers that a kernel reserves are counted where its code is made, without those of other objects";

/// The machine as a triple names it, or its number.
fn machine_name(machine: elf::Machine) -> String {
    let known = offload_binary::KNOWN_ARCHITECTURES.iter().find(|(_, known)| *known == Some(machine));
    known.map_or_else(|| format!("machine {}", machine.0), |(name, _)| (*name).to_owned())
}
