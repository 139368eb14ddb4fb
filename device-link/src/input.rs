//! Input files, sorted into modules and objects, and which of them defines what.

use crate::Result;
use crate::error::Error;
use crate::kernels::Kernels;
use crate::target::Target;
use bitcode_link::{Format, Input};
use llvm_plugin::global::inline_assembly;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::GlobalValue;
use object::read::elf::{ElfFile64, FileHeader as _};
use object::{Object as _, ObjectSymbol as _, SymbolKind, elf};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The inputs of a link.
pub(crate) struct Inputs {
    /// Bitcode and IR text.
    pub(crate) modules: Vec<Input>,
    /// Relocatable objects.
    pub(crate) objects: Vec<ObjectFile>,
}

/// A relocatable object and what it defines for others.
pub(crate) struct ObjectFile {
    pub(crate) path: PathBuf,
    /// Global functions.
    pub(crate) functions: Vec<String>,
    /// Global functions and data.
    pub(crate) symbols: Vec<String>,
    /// Those that nothing else may define.
    strong: Vec<String>,
    /// What others must define.
    pub(crate) undefined: Vec<String>,
}

impl Inputs {
    /// What of the modules the rest of the image can see: kernels, and what objects want.
    pub(crate) fn exports<'a>(&'a self, kernels: &'a Kernels) -> Vec<&'a str> {
        let wanted = self.objects.iter().flat_map(|object| object.undefined.iter().map(String::as_str));
        kernels.names().into_iter().chain(wanted).collect()
    }
}

/// Reads `paths` and checks that each can be linked for `target`.
pub(crate) fn read(paths: &[PathBuf], target: Target) -> Result<Inputs> {
    let mut inputs = Inputs { modules: Vec::new(), objects: Vec::new() };
    for path in paths {
        let input = Input::read(path)?;
        match input.format {
            Format::Bitcode | Format::IrText => inputs.modules.push(input),
            Format::Elf => inputs.objects.push(read_object(&input, target)?),
            Format::Archive => return Err(Error::Archive { path: input.path }),
        }
    }
    if inputs.modules.is_empty() && inputs.objects.is_empty() {
        return Err(Error::NoInputs);
    }
    Ok(inputs)
}

fn read_object(input: &Input, target: Target) -> Result<ObjectFile> {
    let path = input.path.clone();
    let unreadable = |source| Error::Object { path: path.clone(), source };
    let header =
        elf::FileHeader64::<object::Endianness>::parse(input.bytes.as_slice()).map_err(unreadable)?;
    let endian = header.endian().map_err(unreadable)?;
    let machine = header.e_machine(endian);
    if Some(machine) != target.elf_machine() {
        return Err(Error::ObjectMachine { path, machine: machine_name(machine), target: target.name() });
    }
    if header.e_type(endian) != elf::ET_REL {
        return Err(Error::NotRelocatable { path });
    }
    let file: ElfFile64<'_> = ElfFile64::parse(input.bytes.as_slice()).map_err(unreadable)?;
    let mut object = ObjectFile {
        path,
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

/// The machine as a triple names it, or its number.
fn machine_name(machine: elf::Machine) -> String {
    let known = offload_binary::KNOWN_ARCHITECTURES.iter().find(|(_, known)| *known == Some(machine));
    known.map_or_else(|| format!("machine {}", machine.0), |(name, _)| (*name).to_owned())
}

/// Parses the modules. A link of objects alone gets an empty one.
pub(crate) fn modules<'ctx>(context: &'ctx Context, inputs: &Inputs) -> Result<Vec<(PathBuf, Module<'ctx>)>> {
    let mut modules = Vec::new();
    for input in &inputs.modules {
        let module = input.module(context)?;
        let assembly = inline_assembly(&module);
        if let Some(line) = assembly.lines().find(|line| !line.trim().is_empty()) {
            return Err(Error::ModuleAssembly { path: input.path.clone(), line: line.trim().to_owned() });
        }
        modules.push((input.path.clone(), module));
    }
    if modules.is_empty() {
        modules.push((PathBuf::new(), context.create_module("")));
    }
    Ok(modules)
}

/// Which input defines a symbol.
pub(crate) struct Origins {
    /// Functions and variables of modules, the internal ones too.
    in_modules: HashMap<String, PathBuf>,
    /// Functions and data of objects.
    in_objects: HashMap<String, PathBuf>,
}

impl Origins {
    /// Looks at the modules before they are linked, and refuses symbols that an object and another input
    /// define.
    pub(crate) fn of(modules: &[(PathBuf, Module<'_>)], inputs: &Inputs) -> Result<Self> {
        let mut in_modules = HashMap::new();
        let mut strong = HashMap::new();
        for (path, module) in modules {
            for global in definitions(module) {
                let name = global.get_name().to_string_lossy().into_owned();
                if global.get_linkage() == Linkage::External {
                    strong.insert(name.clone(), path.clone());
                }
                in_modules.entry(name).or_insert_with(|| path.clone());
            }
        }
        let mut in_objects = HashMap::new();
        for object in &inputs.objects {
            for symbol in &object.strong {
                if let Some(first) = strong.insert(symbol.clone(), object.path.clone()) {
                    let (symbol, second) = (symbol.clone(), object.path.clone());
                    return Err(bitcode_link::Error::DuplicateSymbol { symbol, first, second }.into());
                }
            }
            in_objects.extend(object.symbols.iter().map(|symbol| (symbol.clone(), object.path.clone())));
        }
        Ok(Self { in_modules, in_objects })
    }

    /// The module that defines `symbol`.
    pub(crate) fn module(&self, symbol: &str) -> Option<&Path> {
        self.in_modules.get(symbol).map(PathBuf::as_path)
    }

    /// Whether an object defines `symbol`.
    pub(crate) fn in_object(&self, symbol: &str) -> bool {
        self.in_objects.contains_key(symbol)
    }
}

fn definitions<'ctx>(module: &Module<'ctx>) -> impl Iterator<Item = GlobalValue<'ctx>> {
    let functions = module.get_functions().map(|function| function.as_global_value());
    functions.chain(module.get_globals()).filter(|global| !global.is_declaration())
}
