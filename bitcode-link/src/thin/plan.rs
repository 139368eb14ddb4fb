//! The thin link: which modules are compiled, each with its part of the index and the modules that it imports from.

use super::inputs::{Inputs, ThinModule};
use super::options::ThinOptions;
use super::processor::without_features;
use super::resolve::{Resolved, resolve};
use super::{ThinError, ThinResult};
use crate::error::Mismatch;
use crate::jobs;
use llvm_plugin::inkwell::targets::{InitializationConfig, Target};
use llvm_plugin::thin_lto::{
    Collected, ThinConfig, ThinFile, ThinInput, function_cpus, thin_link, unknown_to_target,
};
use std::collections::HashMap;
use std::sync::Once;

/// A module to compile.
#[derive(Debug)]
pub struct Job<'a> {
    /// The module.
    pub module: &'a ThinModule,
    /// The part of the index for it.
    pub index: Vec<u8>,
    /// The modules that it imports from.
    pub imports: Vec<&'a ThinModule>,
}

/// What a thin link decided.
#[derive(Debug)]
pub struct ThinPlan<'a> {
    /// A job for each module, in the order of the link.
    pub jobs: Vec<Job<'a>>,
    /// How code is made.
    pub config: ThinConfig,
    /// The triple of the modules.
    pub triple: String,
    /// The object of what can't be ThinLTO, where there is something.
    pub regular: Option<Vec<u8>>,
    /// What LLVM had to say.
    pub diagnostics: Vec<Collected>,
}

/// Runs the thin link of `inputs`.
pub fn plan_thin<'a>(inputs: &'a Inputs, options: &ThinOptions) -> ThinResult<ThinPlan<'a>> {
    initialize_targets();
    let resolved = resolve(&inputs.inputs, options)?;
    let Some(first) = resolved.first() else {
        return Err(ThinError::NoBitcode { count: inputs.inputs.len() });
    };
    let triple = first.module.triple.clone();
    check_triples(&resolved)?;
    let config = options.config(find_cpu(&resolved, options)?, triple.starts_with("nvptx"));
    if let Some(word) = unknown_to_target(&triple, &config.cpu, &config.features) {
        return Err(ThinError::UnknownToTarget { word, triple });
    }
    let link_inputs: Vec<ThinInput<'_>> = resolved
        .iter()
        .map(|one| ThinInput { file: file_of(one.module), resolutions: &one.resolutions })
        .collect();
    let linked = thin_link(&link_inputs, &config).map_err(|text| ThinError::ThinLink { text })?;
    let by_name: HashMap<&str, &ThinModule> =
        resolved.iter().map(|one| (one.module.name.as_str(), one.module)).collect();
    let known = |name: &str| {
        by_name
            .get(name)
            .copied()
            .ok_or_else(|| ThinError::ThinLink { text: format!("it names `{name}`, which is no input") })
    };
    let mut jobs = Vec::new();
    for slice in linked.slices {
        let mut imports: Vec<&ThinModule> =
            slice.imports.iter().map(|name| known(name)).collect::<ThinResult<_>>()?;
        imports.sort_by(|a, b| a.name.cmp(&b.name));
        jobs.push(Job { module: known(&slice.module)?, index: slice.index, imports });
    }
    Ok(ThinPlan { jobs, config, triple, regular: linked.regular, diagnostics: linked.diagnostics })
}

/// The module as LLVM takes it.
pub(super) fn file_of(module: &ThinModule) -> ThinFile<'_> {
    ThinFile { name: &module.name, bytes: &module.bytes }
}

/// Makes LLVM's code generators known.
pub(super) fn initialize_targets() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let with_assembly = InitializationConfig { asm_parser: true, ..InitializationConfig::default() };
        Target::initialize_x86(&with_assembly);
        Target::initialize_amd_gpu(&with_assembly);
        Target::initialize_nvptx(&with_assembly);
    });
}

fn check_triples(resolved: &[Resolved<'_>]) -> ThinResult<()> {
    let first = &resolved[0].module;
    // ld.lld too takes vendors and environments together, which say nothing of the machine.
    let machine = |triple: &str| triple.split('-').next().unwrap_or_default().to_owned();
    match resolved.iter().find(|one| machine(&one.module.triple) != machine(&first.triple)) {
        None => Ok(()),
        Some(other) => Err(ThinError::Triples(Box::new(Mismatch {
            first: first.origin.clone(),
            first_value: first.triple.clone(),
            second: other.module.origin.clone(),
            second_value: other.module.triple.clone(),
        }))),
    }
}

/// The processor: the one that was asked for; on GPUs, whose images are for one processor, else that of all functions.
fn find_cpu(resolved: &[Resolved<'_>], options: &ThinOptions) -> ThinResult<String> {
    if let Some(cpu) = &options.cpu {
        return Ok(cpu.clone());
    }
    let triple = &resolved[0].module.triple;
    if !is_gpu(triple) {
        return Ok(String::new());
    }
    // A third of the thin link, where one thread does it.
    let named = jobs::run(jobs::default_jobs(), resolved, |one| (one.module, cpus_of(one.module)));
    let mut found: Option<(&ThinModule, String)> = None;
    for (module, cpus) in named {
        for cpu in cpus? {
            match &found {
                None => found = Some((module, cpu)),
                Some((first, known)) if *known != cpu => {
                    return Err(ThinError::Cpus(Box::new(Mismatch {
                        first: first.origin.clone(),
                        first_value: known.clone(),
                        second: module.origin.clone(),
                        second_value: cpu,
                    })));
                }
                Some(_) => {}
            }
        }
    }
    let found = found.ok_or_else(|| ThinError::NoCpu { triple: triple.clone() });
    found.map(|(_, cpu)| without_features(&cpu).to_owned())
}

/// Whether code for `triple` is for one processor.
pub(super) fn is_gpu(triple: &str) -> bool {
    triple.starts_with("amdgcn") || triple.starts_with("nvptx")
}

fn cpus_of(module: &ThinModule) -> ThinResult<Vec<String>> {
    function_cpus(file_of(module)).map_err(|text| ThinError::Module { origin: module.origin.clone(), text })
}
