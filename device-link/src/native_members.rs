//! Members of archives that are machine code alone: those that define what nothing else does become objects of the
//! link, as if they had been given themselves.

use crate::input::Inputs;
use crate::kernels::{self, Kernels, Modules};
use crate::object_file::ObjectFile;
use crate::options::Options;
use crate::target::Target;
use crate::{Result, compose};
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

/// Moves what is needed of the native members of `inputs` to its objects. Without such members for the target this
/// looks at nothing; with them, the modules are linked once to know what is missing.
pub(crate) fn take(inputs: &mut Inputs, options: &Options) -> Result<()> {
    if !inputs.native.iter().any(|object| object.is_for(inputs.target)) {
        return Ok(());
    }
    let entries = options.entries.iter().cloned().collect();
    move_definers(inputs, &entries);
    let context = Context::create();
    let mut composite = compose::compose(&context, inputs, options)?;
    let modules = Modules { host: composite.module(), own: None };
    let (kernels, _) = kernels::choose(&modules, inputs, options)?;
    loop {
        compose::complete(&mut composite, inputs, &kernels)?;
        if !move_definers(inputs, &missing(composite.module(), inputs, &kernels)) {
            return Ok(());
        }
    }
}

/// What the kernels and the objects need and neither has.
fn missing(module: &Module<'_>, inputs: &Inputs, kernels: &Kernels) -> HashSet<String> {
    let defined = |name: &str| {
        module.get_function(name).is_some_and(|function| function.count_basic_blocks() > 0)
            || module.get_global(name).is_some_and(|variable| !variable.is_declaration())
            || inputs.objects.iter().any(|object| object.symbols.iter().any(|symbol| symbol == name))
    };
    let of_modules = compose::missing_from(module, &inputs.exports(kernels));
    let of_objects = inputs.objects.iter().flat_map(|object| object.undefined.iter().cloned());
    of_modules.into_iter().chain(of_objects).filter(|name| !defined(name)).collect()
}

/// Moves the first native member that defines each of `symbols`. Whether there was any.
fn move_definers(inputs: &mut Inputs, symbols: &HashSet<String>) -> bool {
    let mut left: HashSet<&String> = symbols.iter().collect();
    let mut moved = false;
    let target = inputs.target;
    for object in std::mem::take(&mut inputs.native) {
        let defines = |object: &ObjectFile| object.symbols.iter().any(|symbol| left.contains(symbol));
        if object.is_for(target) && defines(&object) {
            left.retain(|symbol| !object.symbols.contains(symbol));
            inputs.objects.push(object);
            moved = true;
        } else {
            inputs.native.push(object);
        }
    }
    moved
}

/// An object that defines what no module does, and can't be part of the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeDefinition {
    /// The file, or `archive(member)`.
    pub path: PathBuf,
    /// What it has, and why that can't be used.
    pub why: String,
}

impl NativeDefinition {
    /// That of a symbol of `object`, which isn't for `target`.
    pub(crate) fn of(object: &ObjectFile, target: Target) -> Self {
        Self { path: object.path.clone(), why: object.why_not(target) }
    }
}

impl fmt::Display for NativeDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " as bitcode: `{}` has {}", self.path.display(), self.why)
    }
}
