//! Rule 10's other half: libclc's bitcode, which defines OpenCL's functions.

use super::math_names::opencl_function;
use crate::Result;
use crate::error::Error;
use crate::target::Target;
use llvm_plugin::function::allow_inlining;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::module::link_needed;
use std::path::{Path, PathBuf};

/// Where Debian's package libclc-22 puts its files.
const DEBIAN_FOLDER: &str = "/usr/lib/clc";

/// The library for `target`, in `folder` or where it is usually.
pub(crate) fn path(target: Target, folder: Option<&PathBuf>) -> Option<PathBuf> {
    let file = match target {
        Target::Nvptx64 => "nvptx64--.bc",
        Target::Amdgcn => "amdgcn-amd-amdhsa.bc",
        // The back end makes instructions of the names.
        Target::X86_64 | Target::Spirv64 => return None,
    };
    Some(folder.map_or(Path::new(DEBIAN_FOLDER), PathBuf::as_path).join(file))
}

/// Links what `module` needs of the library for `target`, from `folder` or where it is usually.
pub(super) fn link(module: &Module<'_>, target: Target, folder: Option<&PathBuf>) -> Result<()> {
    let Some(path) = path(target, folder) else { return Ok(()) };
    let undefined = module.get_functions().filter(|function| function.count_basic_blocks() == 0);
    let mut wanted = undefined.map(|function| function.get_name().to_string_lossy().into_owned());
    let Some(function) = wanted.find_map(|symbol| opencl_function(&symbol)) else { return Ok(()) };
    let function = function.to_owned();
    let bitcode =
        std::fs::read(&path).map_err(|source| Error::MathLibrary { path: path.clone(), function, source })?;
    link_needed(module, &bitcode, &path.to_string_lossy())
        .map_err(|text| Error::Llvm { what: "link the mathematics library", text })?;
    super::attributes::strip(module);
    allow_inlining(module);
    Ok(())
}
