//! `bitcode-link backend`: one job of a ThinLTO link, as build systems and clusters run it.

use super::code::CodeArguments;
use super::tell;
use anyhow::Result;
use bitcode_link::FileError;
use bitcode_link::cache::Found;
use bitcode_link::output::Outputs;
use bitcode_link::thin::{ThinError, ThinResult, compile_files, files_key, open_cache};
use clap::{Args, ValueEnum};
use llvm_plugin::thin_lto::{Relocation, ThinConfig, ThinFile, index_modules};
use std::path::{Path, PathBuf};

/// How addresses get into code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RelocationArgument {
    Static,
    Pic,
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The module
    pub(crate) module: PathBuf,
    /// The part of the index for it, which names the files that it imports from
    #[arg(long, value_name = "FILE")]
    pub(crate) index: PathBuf,
    /// The object
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) code: CodeArguments,
    /// How addresses get into code [default: as the module says]
    #[arg(long, value_enum)]
    pub(crate) relocation: Option<RelocationArgument>,
    /// Write assembly
    #[arg(long)]
    pub(crate) assembly: bool,
    /// A folder in which objects are kept, and found when nothing that they are made of has changed
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<()> {
    let read = |path: &Path| -> Result<Vec<u8>, ThinError> {
        Ok(std::fs::read(path).map_err(FileError::reading(path))?)
    };
    let name = arguments.module.display().to_string();
    let (module, index) = (read(&arguments.module)?, read(&arguments.index)?);
    let names =
        index_modules(&index).map_err(|text| ThinError::Index { path: arguments.index.clone(), text })?;
    let mut imports = Vec::new();
    for import in names.into_iter().filter(|import| *import != name) {
        let bytes = std::fs::read(&import).map_err(|source| ThinError::Import {
            module: name.clone(),
            import: import.clone(),
            source,
        })?;
        imports.push((import, bytes));
    }
    let module = ThinFile { name: &name, bytes: &module };
    let imports: Vec<_> = imports.iter().map(|(name, bytes)| ThinFile { name, bytes }).collect();
    let config = config(arguments);
    let cache = open_cache(arguments.cache_dir.as_deref())?;
    let key = cache.is_some().then(|| files_key(module, &index, &imports, &config));
    if let Some((cache, key)) = cache.as_ref().zip(key.as_ref()) {
        match cache.find(key) {
            Found::Content(object) => return Ok(write(&arguments.output, &object)?),
            Found::Missing => {}
            Found::Damaged { path, reason, .. } => {
                tell("warning", &format!("`{}` in the cache is made anew: {reason}", path.display()), json);
            }
        }
    }
    let object = compile_files(module, &index, &imports, &config)?;
    if let Some((cache, key)) = cache.zip(key)
        && let Err(error) = cache.keep(&key, &object)
    {
        let folder = cache.folder().display();
        tell("warning", &format!("the cache `{folder}` can't keep the object of `{name}`: {error}"), json);
    }
    Ok(write(&arguments.output, &object)?)
}

fn write(path: &Path, object: &[u8]) -> ThinResult<()> {
    let mut outputs = Outputs::with_folders();
    outputs.add(path, object)?;
    Ok(outputs.persist()?)
}

fn config(arguments: &Arguments) -> ThinConfig {
    let code = &arguments.code;
    ThinConfig {
        cpu: code.cpu.clone().unwrap_or_default(),
        features: code.features.clone(),
        relocation: match arguments.relocation {
            None => Relocation::Module,
            Some(RelocationArgument::Static) => Relocation::Static,
            Some(RelocationArgument::Pic) => Relocation::Pic,
        },
        code_model: code.code_model(),
        level: code.opt_level,
        assembly: arguments.assembly,
    }
}
