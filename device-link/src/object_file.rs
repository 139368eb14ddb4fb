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
    pub(crate) path: PathBuf,
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
            let targets = targets.iter().map(|target| target.name()).collect();
            return Err(Error::ObjectMachine { path, machine: machine_name(machine), targets });
        }
        if header.e_type(endian) != elf::ET_REL {
            return Err(Error::NotRelocatable { path });
        }
        let file: ElfFile64<'_> = ElfFile64::parse(&**bytes).map_err(unreadable)?;
        let mut object = Self {
            path,
            machine,
            functions: Vec::new(),
            symbols: Vec::new(),
            strong: Vec::new(),
            undefined: Vec::new(),
        };
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
        Ok(object)
    }

    /// Whether `target` can link it.
    pub(crate) fn is_for(&self, target: Target) -> bool {
        target.elf_machine() == Some(self.machine)
    }
}

/// The machine as a triple names it, or its number.
fn machine_name(machine: elf::Machine) -> String {
    let known = offload_binary::KNOWN_ARCHITECTURES.iter().find(|(_, known)| *known == Some(machine));
    known.map_or_else(|| format!("machine {}", machine.0), |(name, _)| (*name).to_owned())
}
