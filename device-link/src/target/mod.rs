//! What differs between targets: a target is a variant here and a file beside this one, with its facts.

mod amdgcn;
mod emit;
mod error;
mod nvptx64;
mod select;
mod spirv64;
mod x86_64;

pub(crate) use emit::{Emitted, emit_image};
pub use error::SelectionError;
pub(crate) use nvptx64::generation;
pub(crate) use select::{Selection, check_cpu, select_all};
pub(crate) use x86_64::{has_vector_math, level};

use crate::Result;
use crate::error::Error;
use crate::options::OptLevel;
use abi::markers::Marker;
use llvm_plugin::inkwell::OptimizationLevel;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::{
    CodeModel, InitializationConfig, RelocMode, Target as Backend, TargetMachine, TargetTriple,
};
use object::elf;
use std::collections::BTreeSet;

/// A target that images can be linked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// libomptarget's host device.
    X86_64,
    /// NVIDIA's GPUs.
    Nvptx64,
    /// AMD's GPUs.
    Amdgcn,
    /// Whatever takes SPIR-V through OpenCL or Level Zero.
    Spirv64,
}

/// What is known of a target.
struct Facts {
    /// The first part of its triple.
    name: &'static str,
    triple: &'static str,
    /// The processors that it may be asked for.
    cpus: &'static [&'static str],
    /// The processor that every machine of the target is; none where there is no such.
    generic_cpu: Option<&'static str>,
    /// The ELF machine of its relocatable objects; none where there are no such.
    elf_machine: Option<elf::Machine>,
    initialize: fn(),
}

/// A processor and what it has beyond its name, as LLVM writes it.
pub(crate) struct Cpu {
    pub(crate) name: String,
    features: String,
}

impl Target {
    const ALL: [Self; 4] = [Self::X86_64, Self::Nvptx64, Self::Amdgcn, Self::Spirv64];

    fn facts(self) -> &'static Facts {
        match self {
            Self::X86_64 => &x86_64::FACTS,
            Self::Nvptx64 => &nvptx64::FACTS,
            Self::Amdgcn => &amdgcn::FACTS,
            Self::Spirv64 => &spirv64::FACTS,
        }
    }

    /// The first part of its triple.
    pub(crate) fn name(self) -> &'static str {
        self.facts().name
    }

    /// The triple of its images.
    pub(crate) fn triple(self) -> &'static str {
        self.facts().triple
    }

    /// The machine of objects that can be linked into its images, if any can.
    pub(crate) fn elf_machine(self) -> Option<elf::Machine> {
        self.facts().elf_machine
    }

    /// Whether the device has threads and blocks, so that the runtime calls a kernel once a thread.
    pub(crate) fn is_gpu(self) -> bool {
        self != Self::X86_64
    }

    /// Whether the device can do what `marker` stands for.
    pub(crate) fn has_marker(self, marker: Marker) -> bool {
        match self {
            Self::X86_64 => !matches!(marker, Marker::Lanes(_)),
            Self::Spirv64 => marker != Marker::DynamicShared,
            Self::Nvptx64 | Self::Amdgcn => true,
        }
    }

    /// Whether its images are linked of relocatable objects that LLVM makes.
    pub(crate) fn is_linked(self) -> bool {
        matches!(self, Self::X86_64 | Self::Amdgcn)
    }

    /// Whether an image may call `symbol` without anybody defining it.
    pub(crate) fn has_function(self, symbol: &str) -> bool {
        match self {
            Self::X86_64 => x86_64::has_function(symbol),
            Self::Nvptx64 => nvptx64::has_function(symbol),
            Self::Amdgcn => false,
            Self::Spirv64 => spirv64::has_function(symbol),
        }
    }

    /// Whether `cpu` is what every machine of the target is.
    pub(crate) fn is_generic(self, cpu: &str) -> bool {
        cpu == "generic" || Some(cpu) == self.facts().generic_cpu
    }

    /// The processor `name`, `native` for this machine's, with `features` beside its own.
    pub(crate) fn cpu(self, name: Option<&str>, mut features: BTreeSet<String>) -> Cpu {
        let name = match name {
            Some(select::NATIVE) => {
                let own = TargetMachine::get_host_cpu_features().to_string();
                features.extend(own.split(',').map(ToOwned::to_owned));
                TargetMachine::get_host_cpu_name().to_string()
            }
            Some(name) => name.to_owned(),
            None => self.facts().generic_cpu.unwrap_or_default().to_owned(),
        };
        match self {
            Self::X86_64 | Self::Spirv64 => {
                Cpu { name, features: features.into_iter().collect::<Vec<_>>().join(",") }
            }
            Self::Nvptx64 => Cpu { features: nvptx64::features(&name), name },
            Self::Amdgcn => amdgcn::cpu(&name),
        }
    }

    /// LLVM's code generator for `cpu`.
    pub(crate) fn machine(self, cpu: &Cpu, level: OptLevel) -> Result<TargetMachine> {
        (self.facts().initialize)();
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
}

fn initialization() -> InitializationConfig {
    InitializationConfig::default()
}
