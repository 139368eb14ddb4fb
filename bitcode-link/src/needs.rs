//! What functions need and nobody in the module defines.

use llvm_plugin::inkwell::module::Module;
use llvm_plugin::references::{self, Referent};
use std::collections::HashSet;
use std::ffi::CStr;

/// The functions and variables that `roots` reach and `module` only declares, in the order of a
/// breadth-first walk. LLVM's own intrinsics are not missing.
pub fn undefined_from(module: &Module<'_>, roots: &[&str]) -> Vec<String> {
    let roots = roots.iter().filter_map(|name| module.get_function(name));
    let mut nodes: Vec<Referent<'_>> = roots.map(Referent::Function).collect();
    let mut known: HashSet<_> = nodes.iter().copied().collect();
    let mut undefined = Vec::new();
    let mut next = 0;
    while let Some(node) = nodes.get(next).copied() {
        next += 1;
        let found = match node {
            Referent::Function(function) if function.count_basic_blocks() == 0 => {
                undefined.extend(text(function.get_name()).filter(|name| !name.starts_with("llvm.")));
                continue;
            }
            Referent::Variable(variable) if variable.is_declaration() => {
                undefined.extend(text(variable.get_name()));
                continue;
            }
            Referent::Function(function) => {
                references::of_function(function).into_iter().map(|(referent, _)| referent).collect()
            }
            Referent::Variable(variable) => references::of_variable(variable),
        };
        nodes.extend(found.into_iter().filter(|referent| known.insert(*referent)));
    }
    undefined
}

fn text(name: &CStr) -> Option<String> {
    name.to_str().ok().map(ToOwned::to_owned)
}
