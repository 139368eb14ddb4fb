//! Objects in the cache, under a hash of all that they are made of: whoever makes them, they are the same.

use super::ThinResult;
use super::inputs::digest;
use super::plan::Job;
use crate::cache::{Cache, Found, Key, KeyBuilder};
use crate::file_error::FileError;
use llvm_plugin::inkwell::support::get_llvm_version;
use llvm_plugin::thin_lto::{ThinConfig, ThinFile};
use std::path::Path;

/// The cache in `folder`, if one is named.
pub fn open_cache(folder: Option<&Path>) -> ThinResult<Option<Cache>> {
    let Some(folder) = folder else { return Ok(None) };
    Ok(Some(Cache::open(folder).map_err(FileError::writing(folder))?))
}

/// The key of the object that `job` makes.
pub fn job_key(job: &Job<'_>, config: &ThinConfig) -> Key {
    let imports = job.imports.iter().map(|module| (module.name.as_str(), module.digest()));
    key(job.module.digest(), &job.index, imports, config)
}

/// The same of files.
pub fn files_key(module: ThinFile<'_>, index: &[u8], imports: &[ThinFile<'_>], config: &ThinConfig) -> Key {
    let digests: Vec<(&str, Key)> = imports.iter().map(|file| (file.name, digest(file.bytes))).collect();
    let imports = digests.iter().map(|(name, digest)| (*name, digest));
    key(&digest(module.bytes), index, imports, config)
}

fn key<'a>(
    module: &Key,
    index: &[u8],
    imports: impl Iterator<Item = (&'a str, &'a Key)>,
    config: &ThinConfig,
) -> Key {
    let mut key = KeyBuilder::new(concat!("thin object ", env!("CARGO_PKG_VERSION")));
    key.part("llvm", format!("{:?}", get_llvm_version()).as_bytes());
    key.part("config", format!("{config:?}").as_bytes());
    key.part("module", module.as_str().as_bytes()).part("index", index);
    for (name, digest) in imports {
        key.part("import", name.as_bytes()).part("bitcode", digest.as_str().as_bytes());
    }
    key.finish()
}

/// What a cache had of some jobs.
#[derive(Debug, Default)]
pub struct Lookup {
    /// An object for each job, where there was one.
    pub objects: Vec<Option<Vec<u8>>>,
    /// Entries that were no longer what was written.
    pub damaged: Vec<String>,
}

impl Lookup {
    /// Looks all `keys` up.
    pub fn of(cache: Option<&Cache>, keys: &[Key]) -> Self {
        let mut lookup = Self::default();
        for key in keys {
            lookup.objects.push(match cache.map_or(Found::Missing, |cache| cache.find(key)) {
                Found::Content(object) => Some(object),
                Found::Missing => None,
                Found::Damaged { path, reason, .. } => {
                    lookup.damaged.push(format!("`{}` in the cache is made anew: {reason}", path.display()));
                    None
                }
            });
        }
        lookup
    }
}
