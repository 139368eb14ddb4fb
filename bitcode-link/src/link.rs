//! Several modules to one, with the files named where they don't go together.

use crate::Result;
use crate::error::Error;
use llvm_plugin::collect::link_modules;
use llvm_plugin::inkwell::module::{Linkage, Module};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Links `modules`, in their order, into the first of them.
///
/// Modules without a data layout go with any. Weak and link-once definitions may occur several times.
pub fn link<'ctx>(modules: Vec<(PathBuf, Module<'ctx>)>) -> Result<Module<'ctx>> {
    check_layouts(&modules)?;
    check_definitions(&modules)?;
    let mut modules = modules.into_iter();
    let (_, linked) = modules.next().ok_or(Error::NoModules)?;
    for (path, module) in modules {
        link_modules(&linked, module).map_err(|text| Error::Link { path, text })?;
    }
    Ok(linked)
}

fn check_layouts(modules: &[(PathBuf, Module<'_>)]) -> Result<()> {
    let mut first: Option<(&Path, String)> = None;
    for (path, module) in modules {
        let layout = module.get_data_layout().as_str().to_string_lossy().into_owned();
        match &first {
            _ if layout.is_empty() => {}
            None => first = Some((path, layout)),
            Some((_, known)) if *known == layout => {}
            Some((known_path, known)) => {
                return Err(Error::LayoutMismatch {
                    first: (*known_path).to_owned(),
                    first_layout: known.clone(),
                    second: path.clone(),
                    second_layout: layout,
                });
            }
        }
    }
    Ok(())
}

fn check_definitions(modules: &[(PathBuf, Module<'_>)]) -> Result<()> {
    let mut owners: HashMap<String, &Path> = HashMap::new();
    for (path, module) in modules {
        for symbol in strong_definitions(module) {
            if let Some(first) = owners.insert(symbol.clone(), path) {
                return Err(Error::DuplicateSymbol { symbol, first: first.to_owned(), second: path.clone() });
            }
        }
    }
    Ok(())
}

/// The symbols that only one module may define.
fn strong_definitions(module: &Module<'_>) -> Vec<String> {
    let functions = module
        .get_functions()
        .filter(|function| function.count_basic_blocks() > 0)
        .map(|function| function.as_global_value());
    let variables = module.get_globals().filter(|global| !global.is_declaration());
    functions
        .chain(variables)
        .filter(|global| global.get_linkage() == Linkage::External)
        .map(|global| global.get_name().to_string_lossy().into_owned())
        .collect()
}
