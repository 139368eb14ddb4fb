//! The processor that GPU code is for, which must not get lost on the way to an object.

use super::{JobList, ThinError, ThinResult};
use crate::file_error::FileError;
use llvm_plugin::thin_lto::{ThinFile, function_cpus};
use object::Endianness;
use object::elf::{EM_AMDGPU, FileHeader64};
use object::read::elf::FileHeader as _;

/// Has every job of a list name the processor that its module's functions name: ld.lld passes no -mcpu on.
///
/// Source: "Distributed ThinLTO (DTLTO)", lld/docs/DTLTO.rst (LLVM 22.1): few options are forwarded.
pub fn name_processors(list: &mut JobList) -> ThinResult<()> {
    let triple = list.common.args.iter().find_map(|argument| argument.strip_prefix("--target="));
    let option = match triple.map(|triple| triple.split('-').next().unwrap_or_default()) {
        Some("amdgcn") => "-mcpu=",
        Some("x86_64" | "nvptx64") => "-march=",
        _ => return Ok(()),
    };
    let named = |argument: &String| argument.starts_with("-mcpu=") || argument.starts_with("-march=");
    if list.common.args.iter().any(named) {
        return Ok(());
    }
    for job in list.jobs.iter_mut().filter(|job| !job.args.iter().any(named)) {
        let path = std::path::PathBuf::from(job.module());
        let bytes = std::fs::read(&path).map_err(FileError::reading(&path))?;
        let module = job.module().to_owned();
        let cpus = function_cpus(ThinFile { name: &module, bytes: &bytes })
            .map_err(|text| ThinError::Backend { module, text })?;
        // Functions for several say themselves which; the rest is the target's most general one.
        if let [cpu] = cpus.as_slice() {
            job.args.push(format!("{option}{}", without_features(cpu)));
        }
    }
    Ok(())
}

/// The processor of `gfx90a:xnack+`, whose features stand at the functions.
pub(super) fn without_features(target_id: &str) -> &str {
    target_id.split(':').next().unwrap_or_default()
}

/// Refuses an object for AMD's GPUs that is for none of them: what is linked of it loads nowhere.
pub fn check_processor(module: &str, object: &[u8]) -> ThinResult<()> {
    let Ok(header) = FileHeader64::<Endianness>::parse(object) else { return Ok(()) };
    let endian = Endianness::Little;
    if header.e_machine(endian) == EM_AMDGPU && header.e_flags(endian).0 == 0 {
        return Err(ThinError::NoProcessor { module: module.to_owned() });
    }
    Ok(())
}
