//! What differs between targets. A target is a variant here and a file beside this one.

mod x86_64;

use crate::Result;
use crate::error::Error;
use crate::optimize::check_collected;
use crate::options::OptLevel;
use llvm_plugin::collect::collect;
use llvm_plugin::inkwell::OptimizationLevel;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, TargetMachine, TargetTriple,
};
use object::elf;
use std::collections::BTreeSet;

/// A target that images can be linked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// libomptarget's host device.
    X86_64,
}

/// A processor and what it has beyond its name, as LLVM writes it.
pub(crate) struct Cpu {
    pub(crate) name: String,
    features: String,
}

impl Target {
    const ALL: [Self; 1] = [Self::X86_64];

    /// The target that `name`, an architecture or a triple, means, if it has the processor `arch`.
    pub(crate) fn select(name: &str, arch: &str) -> Result<Self> {
        let wanted = match offload_binary::architecture(name) {
            "" => x86_64::NAME,
            architecture => architecture,
        };
        let target = Self::ALL.into_iter().find(|target| target.name() == wanted).ok_or_else(|| {
            Error::UnknownTarget { name: name.to_owned(), known: Self::ALL.map(Self::name).to_vec() }
        })?;
        target.check_arch(arch)?;
        Ok(target)
    }

    fn check_arch(self, arch: &str) -> Result<()> {
        const SHOWN: usize = 3;
        let known: &[&str] = match self {
            Self::X86_64 => &x86_64::CPUS,
        };
        if arch.is_empty() || arch == NATIVE || known.contains(&arch) {
            return Ok(());
        }
        let mut nearest = known.to_vec();
        nearest.sort_by_key(|known| strsim::damerau_levenshtein(arch, known));
        let nearest = nearest.into_iter().take(SHOWN).map(ToOwned::to_owned).collect();
        Err(Error::UnknownArch { target: self.name(), arch: arch.to_owned(), nearest })
    }

    /// The first part of its triple.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X86_64 => x86_64::NAME,
        }
    }

    /// The triple of its images.
    pub(crate) fn triple(self) -> &'static str {
        match self {
            Self::X86_64 => x86_64::TRIPLE,
        }
    }

    pub(crate) fn elf_machine(self) -> elf::Machine {
        match self {
            Self::X86_64 => elf::EM_X86_64,
        }
    }

    /// Whether an image may call `symbol` without anybody defining it.
    pub(crate) fn has_function(self, symbol: &str) -> bool {
        match self {
            Self::X86_64 => x86_64::has_function(symbol),
        }
    }

    /// The linker's arguments beside inputs, exports and output.
    pub(crate) fn linker_arguments(self) -> Vec<String> {
        match self {
            Self::X86_64 => x86_64::linker_arguments(),
        }
    }

    /// Whether `cpu` is what every machine of the target is.
    pub(crate) fn is_generic(self, cpu: &str) -> bool {
        match self {
            Self::X86_64 => cpu == "generic" || cpu == x86_64::GENERIC_CPU,
        }
    }

    /// The processor `name`, `native` for this machine's, with `features` beside its own.
    pub(crate) fn cpu(self, name: Option<&str>, mut features: BTreeSet<String>) -> Cpu {
        let name = match name {
            Some(NATIVE) => {
                let own = TargetMachine::get_host_cpu_features().to_string();
                features.extend(own.split(',').map(ToOwned::to_owned));
                TargetMachine::get_host_cpu_name().to_string()
            }
            Some(name) => name.to_owned(),
            None => match self {
                Self::X86_64 => x86_64::GENERIC_CPU.to_owned(),
            },
        };
        Cpu { name, features: features.into_iter().collect::<Vec<_>>().join(",") }
    }

    /// LLVM's code generator for `cpu`.
    pub(crate) fn machine(self, cpu: &Cpu, level: OptLevel) -> Result<TargetMachine> {
        use llvm_plugin::inkwell::targets::Target as Backend;
        match self {
            Self::X86_64 => Backend::initialize_x86(&InitializationConfig::default()),
        }
        let level = match level {
            OptLevel::O0 => OptimizationLevel::None,
            OptLevel::O1 => OptimizationLevel::Less,
            OptLevel::O2 => OptimizationLevel::Default,
            OptLevel::O3 => OptimizationLevel::Aggressive,
        };
        let failed = |text| Error::Llvm { what: "make a code generator", text };
        let triple = TargetTriple::create(self.triple());
        let backend = Backend::from_triple(&triple).map_err(|text| failed(text.to_string()))?;
        backend
            .create_target_machine(
                &triple,
                &cpu.name,
                &cpu.features,
                level,
                RelocMode::PIC,
                CodeModel::Default,
            )
            .ok_or_else(|| failed(format!("none for {} {}", self.triple(), cpu.name)))
    }

    /// Checks that `module` was compiled for this target, and gives it the target's triple and layout.
    pub(crate) fn set_layout(self, module: &Module<'_>, machine: &TargetMachine) -> Result<()> {
        let triple = module.get_triple().as_str().to_string_lossy().into_owned();
        let layout = module.get_data_layout().as_str().to_string_lossy().into_owned();
        let own = machine.get_target_data().get_data_layout();
        let other_layout = !layout.is_empty() && layout != own.as_str().to_string_lossy();
        let other_triple = !triple.is_empty() && offload_binary::architecture(&triple) != self.name();
        if other_triple || other_layout {
            let found = if other_triple { triple } else { layout };
            return Err(Error::ModuleTarget { found, target: self.name() });
        }
        module.set_triple(&machine.get_triple());
        module.set_data_layout(&own);
        Ok(())
    }

    /// The module's code as a relocatable object.
    pub(crate) fn emit_object(self, module: &Module<'_>, machine: &TargetMachine) -> Result<Vec<u8>> {
        let what = "make machine code";
        // Both would name the input's path in the image.
        module.set_name("kernels");
        module.set_source_file_name("kernels");
        let (object, collected) =
            collect(&module.get_context(), || machine.write_to_memory_buffer(module, FileType::Object));
        let object = object.map_err(|text| Error::Llvm { what, text: text.to_string() })?;
        check_collected(collected, what)?;
        Ok(object.as_slice().to_vec())
    }
}

/// The processor of this machine, in options.
const NATIVE: &str = "native";
