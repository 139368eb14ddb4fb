//! What functions need and nobody in the module defines.

use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::references::{self, Referent};
use std::collections::HashSet;
use std::ffi::CStr;

/// The functions and variables that `roots` reach and `module` only declares, in the order of a
/// breadth-first walk. LLVM's own intrinsics are not missing.
pub fn undefined_from(module: &Module<'_>, roots: &[&str]) -> Vec<String> {
    let name = |referent: Referent<'_>| match referent {
        Referent::Function(function) if function.count_basic_blocks() == 0 => {
            text(function.get_name()).filter(|name| !name.starts_with("llvm."))
        }
        Referent::Variable(variable) if variable.is_declaration() => text(variable.get_name()),
        _ => None,
    };
    reached_from(module, roots).into_iter().filter_map(name).collect()
}

/// The functions that `roots` reach and `module` defines, the roots too, in the same order.
pub fn functions_from<'ctx>(module: &Module<'ctx>, roots: &[&str]) -> Vec<FunctionValue<'ctx>> {
    let function = |referent: Referent<'ctx>| match referent {
        Referent::Function(function) => Some(function).filter(|function| function.count_basic_blocks() > 0),
        Referent::Variable(_) => None,
    };
    reached_from(module, roots).into_iter().filter_map(function).collect()
}

fn reached_from<'ctx>(module: &Module<'ctx>, roots: &[&str]) -> Vec<Referent<'ctx>> {
    let roots = roots.iter().filter_map(|name| module.get_function(name));
    let mut nodes: Vec<Referent<'ctx>> = roots.map(Referent::Function).collect();
    let mut known: HashSet<_> = nodes.iter().copied().collect();
    let mut next = 0;
    while let Some(node) = nodes.get(next).copied() {
        next += 1;
        let found = match node {
            Referent::Function(function) => {
                references::of_function(function).into_iter().map(|(referent, _)| referent).collect()
            }
            Referent::Variable(variable) if variable.is_declaration() => continue,
            Referent::Variable(variable) => references::of_variable(variable),
        };
        nodes.extend(found.into_iter().filter(|referent| known.insert(*referent)));
    }
    nodes
}

fn text(name: &CStr) -> Option<String> {
    name.to_str().ok().map(ToOwned::to_owned)
}
