//! Which functions are kernels, and what their slots are.

use crate::Result;
use crate::error::Error;
use crate::input::Inputs;
use crate::options::Options;
use crate::problem::Problem;
use crate::trouble::Trouble;
use abi::launch::GEOMETRY_SLOTS;
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::{BasicMetadataTypeEnum, BasicTypeEnum};
use llvm_plugin::inkwell::values::FunctionValue;
use offload_binary::{KernelSignature, Slot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The address space of the device's memory on GPUs.
const DEVICE_SPACE: u16 = 1;

/// Where a kernel's entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    /// An ordinary function, which gets an entry with geometry slots.
    Ordinary,
    /// A function of a module that has the entry's signature.
    Entry,
    /// The same, in an object.
    ObjectEntry,
}

/// A kernel of the image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kernel {
    pub(crate) name: String,
    pub(crate) form: Form,
    /// `None` for an entry in an object: its parameters can't be seen.
    pub(crate) slots: Option<Vec<Slot>>,
}

impl Kernel {
    /// How many parameters its entry has: the launch environment, the geometry where it takes that, and the
    /// slots. For entries that can be seen.
    pub(crate) fn entry_parameters(&self) -> usize {
        let geometry = if self.form == Form::Ordinary { GEOMETRY_SLOTS } else { 0 };
        1 + geometry + self.slots.as_ref().map_or(0, Vec::len)
    }
}

/// The kernels of the image, ordered by name, so that the same inputs give the same bytes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Kernels(Vec<Kernel>);

impl Kernels {
    /// All of `several`, each once.
    pub(crate) fn union<'a>(several: impl Iterator<Item = &'a Self>) -> Self {
        let all = several.flat_map(Self::iter).map(|kernel| (kernel.name.as_str(), kernel));
        let ordered: BTreeMap<_, _> = all.collect();
        Self(ordered.into_values().cloned().collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Kernel> {
        self.0.iter()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|kernel| kernel.name == name)
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|kernel| kernel.name.as_str()).collect()
    }

    pub(crate) fn signatures(&self) -> Vec<KernelSignature> {
        let signature = |kernel: &Kernel| KernelSignature {
            name: kernel.name.clone(),
            geometry: kernel.form == Form::Ordinary,
            slots: kernel.slots.clone(),
        };
        self.0.iter().map(signature).collect()
    }
}

/// Where kernels are looked for.
pub(crate) struct Modules<'m, 'ctx> {
    /// What becomes code of the target.
    pub(crate) host: &'m Module<'ctx>,
    /// What is that already.
    pub(crate) own: Option<&'m Module<'ctx>>,
}

impl<'ctx> Modules<'_, 'ctx> {
    /// What the function `name` is as a kernel. The target's own functions are kernels only as their author
    /// made them.
    fn form_of_kernel(&self, name: &str) -> Result<Form> {
        let of_host = self.host.get_function(name).is_some_and(|function| function.count_basic_blocks() > 0);
        match self.function(name) {
            Some(function) if !of_host && is_gpu_entry(function) => Ok(Form::Entry),
            Some(_) if !of_host => Err(Error::NotAKernel { name: name.to_owned() }),
            _ => Ok(Form::Ordinary),
        }
    }

    fn function(&self, name: &str) -> Option<FunctionValue<'ctx>> {
        let defined = |module: &Module<'ctx>| {
            module.get_function(name).filter(|function| function.count_basic_blocks() > 0)
        };
        defined(self.host).or_else(|| self.own.and_then(defined))
    }
}

/// The kernels that `options` name, or all that look like one; and what is wrong with those that can't be
/// kernels.
pub(crate) fn choose(
    modules: &Modules<'_, '_>,
    inputs: &Inputs,
    options: &Options,
) -> Result<(Kernels, Vec<Problem>)> {
    let forms = find_forms(modules, inputs, options)?;
    let mut kernels = Vec::new();
    let mut problems = Vec::new();
    for (name, form) in forms {
        let slots = match (form, modules.function(&name)) {
            (Form::ObjectEntry, _) | (_, None) => Ok(None),
            (Form::Entry, Some(function)) => entry_slots(function).map(Some),
            (Form::Ordinary, Some(function)) => ordinary_slots(function).map(Some),
        };
        match slots {
            Ok(slots) => kernels.push(Kernel { name, form, slots }),
            Err(trouble) => problems.push(Problem { kernel: name, trouble, chain: Vec::new() }),
        }
    }
    Ok((Kernels(kernels), problems))
}

fn find_forms(
    modules: &Modules<'_, '_>,
    inputs: &Inputs,
    options: &Options,
) -> Result<BTreeMap<String, Form>> {
    let mut in_module = defined_functions(modules.host);
    in_module.extend(modules.own.into_iter().flat_map(defined_functions));
    let in_objects: Vec<_> =
        inputs.objects.iter().flat_map(|object| object.functions.iter().cloned()).collect();
    let native = |name: &String| {
        let objects = inputs.objects.iter().chain(&inputs.native);
        objects.into_iter().find(|object| object.functions.contains(name)).map(|object| object.path.clone())
    };
    let mut forms = BTreeMap::new();
    for name in &options.kernels {
        if !in_module.contains(name) {
            return Err(missing(name, &in_module, native(name)));
        }
        forms.insert(name.clone(), modules.form_of_kernel(name)?);
    }
    for name in &options.entries {
        let form = if in_module.contains(name) {
            Form::Entry
        } else if in_objects.contains(name) {
            Form::ObjectEntry
        } else {
            let all: Vec<_> = in_module.iter().chain(&in_objects).cloned().collect();
            return Err(missing(name, &all, None));
        };
        if forms.insert(name.clone(), form).is_some() {
            return Err(Error::KernelAndEntry { name: name.clone() });
        }
    }
    if options.kernels.is_empty() && options.entries.is_empty() {
        let kernels = in_module.into_iter().filter(|name| {
            modules.function(name).is_some_and(|function| {
                // Of code that was compiled for the device its author has said what kernels are.
                let said = modules.own.is_none_or(|own| own.get_function(name) != Some(function))
                    || is_gpu_entry(function);
                said && !is_reserved(name)
                    && function.get_linkage() == Linkage::External
                    && function.get_type().get_return_type().is_none()
            })
        });
        forms.extend(kernels.map(|name| {
            let entry = modules.function(&name).is_some_and(is_gpu_entry);
            (name, if entry { Form::Entry } else { Form::Ordinary })
        }));
    }
    if forms.is_empty() { Err(Error::NoKernels) } else { Ok(forms) }
}

/// The functions that `module` defines for others, in its order.
fn defined_functions(module: &Module<'_>) -> Vec<String> {
    module
        .get_functions()
        .filter(|function| function.count_basic_blocks() > 0)
        .filter(|function| {
            matches!(
                function.get_linkage(),
                Linkage::External
                    | Linkage::WeakAny
                    | Linkage::WeakODR
                    | Linkage::LinkOnceAny
                    | Linkage::LinkOnceODR
            )
        })
        .map(|function| function.get_name().to_string_lossy().into_owned())
        .collect()
}

/// Names that C reserves for the implementation, which mangled C++ and Rust names are too: nobody meant
/// them as a kernel's name unless told.
pub(crate) fn is_reserved(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next() == Some('_')
        && characters.next().is_some_and(|second| second == '_' || second.is_ascii_uppercase())
}

fn missing(name: &str, known: &[String], in_object: Option<PathBuf>) -> Error {
    let mut known: Vec<_> = known.iter().filter(|known| !known.starts_with("llvm.")).cloned().collect();
    known.sort_by_key(|known| (strsim::damerau_levenshtein(name, known), known.clone()));
    Error::NoSuchKernel { name: name.to_owned(), known, in_object }
}

fn check_shape(function: FunctionValue<'_>) -> std::result::Result<(), Trouble> {
    if let Some(returned) = function.get_type().get_return_type() {
        return Err(Trouble::Returns { type_name: type_name(&returned.print_to_string().to_string()) });
    }
    if function.get_type().is_var_arg() { Err(Trouble::VarArgs) } else { Ok(()) }
}

/// The slots of an ordinary function's arguments.
fn ordinary_slots(function: FunctionValue<'_>) -> std::result::Result<Vec<Slot>, Trouble> {
    check_shape(function)?;
    let sret = Attribute::get_named_enum_kind_id("sret");
    let parameters = function.get_type().get_param_types();
    let slot = |(index, parameter): (usize, &BasicMetadataTypeEnum<'_>)| {
        let position = AttributeLoc::Param(u32::try_from(index).unwrap_or(u32::MAX));
        if let Some(attribute) = function.get_enum_attribute(position, sret) {
            let type_name = type_name(&attribute.get_type_value().print_to_string().to_string());
            return Err(Trouble::Returns { type_name });
        }
        slot_of(*parameter).ok_or_else(|| Trouble::Parameter {
            index,
            type_name: type_name(&parameter.print_to_string().to_string()),
        })
    };
    parameters.iter().enumerate().map(slot).collect()
}

/// A type as IR names it, without the definition that LLVM prints behind a structure's name.
fn type_name(printed: &str) -> String {
    printed.split(" = ").next().unwrap_or_default().to_owned()
}

/// The slot that carries a parameter of this type.
fn slot_of(parameter: BasicMetadataTypeEnum<'_>) -> Option<Slot> {
    match BasicTypeEnum::try_from(parameter).ok()? {
        BasicTypeEnum::PointerType(pointer) if pointer.get_address_space() == AddressSpace::default() => {
            Some(Slot::Pointer)
        }
        BasicTypeEnum::IntType(integer) if integer.get_bit_width() <= 64 => Some(Slot::Value),
        BasicTypeEnum::FloatType(float) => {
            let context = float.get_context();
            (float == context.f32_type() || float == context.f64_type()).then_some(Slot::Value)
        }
        _ => None,
    }
}

/// The slots of a function that is an entry already: after the launch environment, pointers and `i64`.
fn entry_slots(function: FunctionValue<'_>) -> std::result::Result<Vec<Slot>, Trouble> {
    check_shape(function)?;
    let parameters = function.get_type().get_param_types();
    let slots: Vec<_> = parameters
        .iter()
        .enumerate()
        .map(|(index, parameter)| {
            match entry_slot_of(*parameter) {
                Some(Slot::Value) if !is_i64(*parameter) => None,
                Some(Slot::Value) if index == 0 => None,
                slot => slot,
            }
            .ok_or_else(|| Trouble::EntryParameter {
                index,
                type_name: type_name(&parameter.print_to_string().to_string()),
            })
        })
        .collect::<std::result::Result<_, _>>()?;
    match slots.split_first() {
        Some((_, slots)) => Ok(slots.to_vec()),
        None => Err(Trouble::NoEnvironment),
    }
}

/// An entry says itself that its pointers are to the device's memory.
fn entry_slot_of(parameter: BasicMetadataTypeEnum<'_>) -> Option<Slot> {
    match parameter {
        BasicMetadataTypeEnum::PointerType(pointer) if pointer.get_address_space() == DEVICE_SPACE.into() => {
            Some(Slot::Pointer)
        }
        other => slot_of(other),
    }
}

/// Whether `function` was compiled as what a GPU's runtime calls.
///
/// Source: `PTX_Kernel`, `SPIR_KERNEL` and `AMDGPU_KERNEL`, llvm/IR/CallingConv.h (LLVM 22.1).
pub(crate) fn is_gpu_entry(function: FunctionValue<'_>) -> bool {
    const CONVENTIONS: [u32; 3] = [71, 76, 91];
    CONVENTIONS.contains(&function.get_call_conventions())
}

fn is_i64(parameter: BasicMetadataTypeEnum<'_>) -> bool {
    matches!(parameter, BasicMetadataTypeEnum::IntType(integer) if integer.get_bit_width() == 64)
}
