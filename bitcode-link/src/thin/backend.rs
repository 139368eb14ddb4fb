//! The back end: one module to one object.

use super::check_processor;
use super::plan::{Job, file_of, initialize_targets};
use super::{ThinError, ThinModule, ThinResult};
use llvm_plugin::thin_lto::{ThinConfig, ThinFile, thin_backend};

/// Compiles the job's module.
pub fn compile(job: &Job<'_>, config: &ThinConfig) -> ThinResult<Vec<u8>> {
    let imports: Vec<_> = job.imports.iter().copied().map(file_of).collect();
    compile_files(file_of(job.module), &job.index, &imports, config)
}

/// The same of files that need not be inputs of a link.
pub fn compile_files(
    module: ThinFile<'_>,
    index: &[u8],
    imports: &[ThinFile<'_>],
    config: &ThinConfig,
) -> ThinResult<Vec<u8>> {
    initialize_targets();
    llvm_plugin::fatal::name_work(module.name);
    let compiled = thin_backend(module, index, imports, config);
    let (object, _) = compiled.map_err(|text| ThinError::Backend { module: module.name.to_owned(), text })?;
    check_processor(module.name, &object)?;
    Ok(object)
}

/// How much work a job is, so that the long ones start first.
pub(super) fn weight(module: &ThinModule) -> usize {
    module.bytes.len()
}
