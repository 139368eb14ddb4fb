//! The kernels of an image: recorded with their slots by device-link, else read from its symbol table.

use crate::container::elf_machine;
use crate::entry_points::entry_points;
use crate::error::KernelsError;
use crate::image::Image;
use abi::names::KERNELS_KEY;
use object::elf;
use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSymbol as _, SymbolKind};
use serde::{Deserialize, Serialize};

/// What a kernel's entry takes in one 8-byte slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Slot {
    /// The address of mapped memory.
    Pointer,
    /// A literal of up to 64 bits, zero-extended.
    Value,
}

/// A kernel as its image's maker recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelSignature {
    /// The exported symbol.
    pub name: String,
    /// Whether the three geometry slots stand before the arguments.
    pub geometry: bool,
    /// The arguments, without the geometry; absent where the maker could not see them, as in an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Vec<Slot>>,
}

/// What is known about the kernels of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KernelList {
    /// Names and slots.
    Recorded(Vec<KernelSignature>),
    /// Names only: the exported functions of an image that device-link didn't make.
    NamesOnly(Vec<String>),
}

impl KernelList {
    /// The kernels' names, in the list's order.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Recorded(kernels) => kernels.iter().map(|kernel| kernel.name.as_str()).collect(),
            Self::NamesOnly(names) => names.iter().map(String::as_str).collect(),
        }
    }

    /// Whether the image has a kernel of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.names().contains(&name)
    }

    /// The recorded signature of a kernel; `None` where there is no such kernel, or only its name.
    pub fn signature(&self, name: &str) -> Option<&KernelSignature> {
        match self {
            Self::Recorded(kernels) => kernels.iter().find(|kernel| kernel.name == name),
            Self::NamesOnly(_) => None,
        }
    }
}

impl Image {
    /// The kernels of the image.
    pub fn kernels(&self) -> Result<KernelList, KernelsError> {
        let triple = || self.triple().to_owned();
        match self.string(KERNELS_KEY) {
            Some(json) => serde_json::from_str(json)
                .map(KernelList::Recorded)
                .map_err(|source| KernelsError::Malformed { triple: triple(), source }),
            None => self.exported_functions().map(KernelList::NamesOnly),
        }
    }

    /// Records the kernels of the image.
    pub fn record_kernels(&mut self, kernels: &[KernelSignature]) {
        let json = serde_json::to_string(kernels).expect("strings, booleans and names are JSON");
        self.set_string(KERNELS_KEY, json);
    }

    /// The functions that the image's symbol table, or its text, shows as kernels, sorted.
    pub fn exported_functions(&self) -> Result<Vec<String>, KernelsError> {
        let no_symbols = || KernelsError::NoSymbols { triple: self.triple().to_owned(), kind: self.kind };
        if let Some(mut names) = entry_points(self.kind, &self.bytes) {
            names.sort();
            names.dedup();
            return Ok(names);
        }
        let machine = elf_machine(&self.bytes).ok_or_else(no_symbols)?;
        let file: ElfFile64<'_> = ElfFile64::parse(self.bytes.as_slice())
            .map_err(|source| KernelsError::Elf { triple: self.triple().to_owned(), source })?;
        let mut names: Vec<String> = match machine {
            elf::EM_AMDGPU => kernel_descriptors(&file),
            // cubins have no .dynsym.
            elf::EM_CUDA => file.symbols().filter_map(|symbol| exported_function(&symbol)).collect(),
            _ => file.dynamic_symbols().filter_map(|symbol| exported_function(&symbol)).collect(),
        };
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// amdgcn: a kernel `k` is what has a descriptor `k.kd`.
///
/// Source: "Code Object V3 and Above", llvm/docs/AMDGPUUsage.rst (LLVM 22.1).
fn kernel_descriptors(file: &ElfFile64<'_>) -> Vec<String> {
    let symbols = file.dynamic_symbols().chain(file.symbols());
    symbols
        .filter(|symbol| !symbol.is_undefined())
        .filter_map(|symbol| Some(symbol.name().ok()?.strip_suffix(".kd")?.to_owned()))
        .collect()
}

/// The name of a defined function that `dlsym` would find.
fn exported_function<'data>(symbol: &impl object::ObjectSymbol<'data>) -> Option<String> {
    // What the C library's start files bring along.
    const START_FILES: [&str; 2] = ["_init", "_fini"];
    let visible = matches!(symbol.flags().elf_visibility(), Some(elf::STV_DEFAULT | elf::STV_PROTECTED));
    let name = symbol.name().ok()?;
    let exported = symbol.kind() == SymbolKind::Text
        && symbol.is_definition()
        && symbol.is_global()
        && visible
        && !START_FILES.contains(&name);
    exported.then(|| name.to_owned())
}
