//! One module of all that a target's kernels need: the modules given, and from archives and the standard
//! library what these call. And where everything came from.

use crate::aliases::replace_aliases;
use crate::input::Inputs;
use crate::kernels::Kernels;
use crate::native_members::NativeDefinition;
use crate::options::Options;
use crate::retarget::{conventions, is_mathematics, simplify};
use crate::{Result, markers};
use bitcode_link::{Composite, Error as LinkError, Origin, undefined_from};
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Links the modules given, and the members of archives that define the kernels asked for.
pub(crate) fn compose<'ctx>(
    context: &'ctx Context,
    inputs: &Inputs,
    options: &Options,
) -> Result<Composite<'ctx>> {
    let mut composite = Composite::new(context);
    for source in &inputs.modules {
        composite.add_source(source)?;
    }
    let asked: Vec<_> = options.kernels.iter().chain(&options.entries).cloned().collect();
    let has = |name: &String| composite.origin(name).is_some();
    let missing: Vec<_> = asked.iter().filter(|name| !has(name)).cloned().collect();
    composite.take(&inputs.library, &missing)?;
    check_objects(&composite, inputs)?;
    replace_aliases(composite.module())?;
    Ok(composite)
}

/// Refuses symbols that an object and another input define.
fn check_objects(composite: &Composite<'_>, inputs: &Inputs) -> Result<()> {
    let mut strong: HashMap<&str, Origin> = HashMap::new();
    for object in &inputs.objects {
        for symbol in &object.strong {
            let second = Origin::file(&object.path);
            let known = composite.strong_origin(symbol).cloned();
            if let Some(first) = known.or_else(|| strong.get(symbol.as_str()).cloned()) {
                return Err(LinkError::DuplicateSymbol { symbol: symbol.clone(), first, second }.into());
            }
            strong.insert(symbol, second);
        }
    }
    Ok(())
}

/// Links what `kernels` and the objects need from archives, and then what is missing of the standard library.
pub(crate) fn complete(composite: &mut Composite<'_>, inputs: &Inputs, kernels: &Kernels) -> Result<()> {
    markers::check_declarations(composite.module())?;
    let roots = inputs.exports(kernels);
    let mut simplified = HashSet::new();
    let mut missing = |module: &Module<'_>| -> Result<Vec<String>> {
        replace_aliases(module)?;
        // Panics that are none any more need nothing of the host's printing and unwinding.
        conventions::check(module, &roots)?;
        simplify(module, &roots, &mut simplified)?;
        Ok(missing_from(module, &roots))
    };
    composite.complete(&inputs.library, &mut missing)?;
    // Rust's library has mathematics too, in software: the target's own comes later.
    let not_mathematics = |module: &Module<'_>, mut names: Vec<String>| {
        names.retain(|name| !module.get_function(name).is_some_and(is_mathematics));
        names
    };
    let left = missing_from(composite.module(), &roots);
    let left = not_mathematics(composite.module(), left);
    let missing =
        |module: &Module<'_>| -> Result<Vec<String>> { Ok(not_mathematics(module, missing(module)?)) };
    inputs.standard_library.complete(composite, kernels, left, missing)?;
    markers::check_declarations(composite.module())
}

/// What `roots` need and nobody has defined yet. Markers stand for something else than a host's definition.
pub(crate) fn missing_from(module: &Module<'_>, roots: &[&str]) -> Vec<String> {
    let is_marker = |name: &String| module.get_function(name).is_some_and(|one| markers::of(one).is_some());
    undefined_from(module, roots).into_iter().filter(|name| !is_marker(name)).collect()
}

/// Which input defines a symbol.
pub(crate) struct Origins {
    /// Functions and variables of modules, the internal ones too.
    in_modules: HashMap<String, PathBuf>,
    /// Functions and data of objects.
    in_objects: HashMap<String, PathBuf>,
    /// Those of objects that aren't part of the link.
    elsewhere: HashMap<String, NativeDefinition>,
}

impl Origins {
    /// Takes the module out of `composite`, with what is known of it.
    pub(crate) fn of<'ctx>(composite: Composite<'ctx>, inputs: &Inputs) -> Result<(Module<'ctx>, Self)> {
        check_objects(&composite, inputs)?;
        let mut in_objects = HashMap::new();
        for object in &inputs.objects {
            in_objects.extend(object.symbols.iter().map(|symbol| (symbol.clone(), object.path.clone())));
        }
        let mut elsewhere = HashMap::new();
        for object in inputs.native.iter().filter(|object| !object.is_for(inputs.target)) {
            for symbol in &object.symbols {
                let definition = || NativeDefinition::of(object, inputs.target);
                elsewhere.entry(symbol.clone()).or_insert_with(definition);
            }
        }
        let (module, origins) = composite.into_parts();
        let in_modules = origins.into_iter().map(|(symbol, origin)| (symbol, origin.to_path())).collect();
        Ok((module, Self { in_modules, in_objects, elsewhere }))
    }

    /// Modules alone, and which of them defines what.
    pub(crate) fn of_modules(in_modules: HashMap<String, Origin>) -> Self {
        let in_modules = in_modules.into_iter().map(|(symbol, origin)| (symbol, origin.to_path())).collect();
        Self { in_modules, in_objects: HashMap::new(), elsewhere: HashMap::new() }
    }

    /// The module that defines `symbol`.
    pub(crate) fn module(&self, symbol: &str) -> Option<&Path> {
        self.in_modules.get(symbol).map(PathBuf::as_path)
    }

    /// The object that defines `symbol` and isn't part of the link.
    pub(crate) fn elsewhere(&self, symbol: &str) -> Option<NativeDefinition> {
        self.elsewhere.get(symbol).cloned()
    }

    /// Whether an object defines `symbol`.
    pub(crate) fn in_object(&self, symbol: &str) -> bool {
        self.in_objects.contains_key(symbol)
    }
}
