//! Images kept from earlier links, under a hash of all that they are made of. Found, they cost neither parsing
//! nor code generation: the hash is of the inputs' bytes.

use crate::error::Error;
use crate::linker::find_linker;
use crate::options::Options;
use crate::retarget::library;
use crate::target::{Selection, Target};
use crate::{ImageReport, Result, cuda};
use bitcode_link::Input;
use bitcode_link::cache::{Cache, Found, Key, KeyBuilder};
use llvm_plugin::inkwell::support::get_llvm_version;
use llvm_plugin::inkwell::targets::TargetMachine;
use offload_binary::KernelList;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How many bytes a cache may have, where it isn't said.
const DEFAULT_SIZE: u64 = 2 << 30;

/// A folder of images, and what the images of this link have in common.
pub(crate) struct ImageCache {
    cache: Cache,
    folder: PathBuf,
    /// How many bytes it may have after a link that added to it.
    limit: u64,
    common: KeyBuilder,
}

/// What is kept beside an image.
#[derive(Serialize, Deserialize)]
struct Kept {
    commands: Vec<String>,
    notes: String,
    warnings: Vec<String>,
}

/// What was found of several images, and what is worth saying about it.
pub(crate) struct FoundImages {
    /// In the order of the selections.
    pub(crate) reports: Vec<Option<ImageReport>>,
    pub(crate) warnings: Vec<String>,
}

/// Looks for the images of `selections`; without a cache, there are none.
pub(crate) fn find_all(
    cache: Option<&ImageCache>,
    selections: &[Selection],
    options: &Options,
) -> FoundImages {
    let mut warnings = Vec::new();
    let find = |selection: &Selection| cache?.find(selection, options, &mut warnings);
    let reports = selections.iter().map(find).collect();
    FoundImages { reports, warnings }
}

impl ImageCache {
    /// The cache that `options` name, if they do. A link whose steps are to be seen takes all of them.
    pub(crate) fn open(options: &Options, files: &[Input]) -> Result<Option<Self>> {
        let Some(folder) = options.cache_dir.as_ref().filter(|_| options.save_temps.is_none()) else {
            return Ok(None);
        };
        let cache = Cache::open(folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        let mut common = KeyBuilder::new(concat!("device-link ", env!("CARGO_PKG_VERSION")));
        // Two builds of one version make different images while they are worked on.
        common.part("program", stamp(&std::env::current_exe().unwrap_or_default()).as_bytes());
        common.part("llvm", format!("{:?}", get_llvm_version()).as_bytes());
        common.part("options", format!("{:?}", that_matter(options)).as_bytes());
        for file in files {
            file.add_to_key(&mut common)?;
        }
        let limit = options.cache_size.unwrap_or(DEFAULT_SIZE);
        Ok(Some(Self { cache, folder: folder.clone(), limit, common }))
    }

    /// The image for `selection`, if it was made before.
    fn find(
        &self,
        selection: &Selection,
        options: &Options,
        warnings: &mut Vec<String>,
    ) -> Option<ImageReport> {
        match self.cache.find(&self.key(selection, options)) {
            Found::Missing => None,
            Found::Damaged { path, reason, removed } => {
                let path = path.display();
                let fate = if removed { "was damaged and is removed" } else { "is damaged and isn't used" };
                warnings.push(format!("`{path}` of the cache {fate}: {reason}"));
                None
            }
            Found::Content(content) => {
                let (report, kept) = unpack(&content)?;
                warnings.extend(kept);
                Some(report)
            }
        }
    }

    /// Keeps an image. That it can't be kept is no reason to fail; it is told.
    pub(crate) fn keep(
        &self,
        (selection, options): (&Selection, &Options),
        report: &ImageReport,
        warnings: &[String],
    ) -> Result<Option<String>> {
        let content = pack(report, warnings)?;
        let kept = self.cache.keep(&self.key(selection, options), &content);
        Ok(kept.err().map(|error| format!("the image for {selection} can't be kept in the cache: {error}")))
    }

    /// Makes room, once images were kept. What this link used stays.
    pub(crate) fn shrink(&self) -> Option<String> {
        let failed = self.cache.shrink(self.limit).err()?;
        Some(format!("no room can be made in the cache `{}`: {failed}", self.folder.display()))
    }

    fn key(&self, selection: &Selection, options: &Options) -> Key {
        let mut key = self.common.clone();
        key.part("target", selection.to_string().as_bytes());
        if selection.cpus.iter().any(|cpu| cpu == "native") {
            key.part("machine", TargetMachine::get_host_cpu_name().to_bytes());
            key.part("features", TargetMachine::get_host_cpu_features().to_bytes());
        }
        for tool in tools(selection.target, options) {
            key.part("tool", stamp(&tool).as_bytes());
        }
        key.finish()
    }
}

/// The programs and libraries that images for `target` are made with.
fn tools(target: Target, options: &Options) -> Vec<PathBuf> {
    let linker = || options.linker.clone().or_else(|| find_linker().ok()).into_iter().collect();
    let programs = match target {
        Target::X86_64 | Target::Amdgcn => linker(),
        Target::Nvptx64 => {
            options.ptxas.clone().map_or_else(|| cuda::candidates("ptxas"), |ptxas| vec![ptxas])
        }
        Target::Spirv64 => Vec::new(),
    };
    programs.into_iter().chain(library::path(target, options.libclc.as_ref())).collect()
}

/// A file as it is now: where it is, its size, when it was written.
fn stamp(path: &Path) -> String {
    let facts = std::fs::metadata(path).ok().and_then(|metadata| {
        let written = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some((metadata.len(), written.as_nanos()))
    });
    format!("{} {facts:?}", path.display())
}

/// `options` without those that no image depends on.
fn that_matter(options: &Options) -> Options {
    Options { targets: Vec::new(), jobs: None, cache_dir: None, cache_size: None, ..options.clone() }
}

fn pack(report: &ImageReport, warnings: &[String]) -> Result<Vec<u8>> {
    let kept =
        Kept { commands: report.commands.clone(), notes: report.notes.clone(), warnings: warnings.to_vec() };
    let kept = serde_json::to_vec(&kept).expect("strings are JSON");
    let mut content = (kept.len() as u64).to_le_bytes().to_vec();
    content.extend(kept);
    content.extend(offload_binary::encode(std::slice::from_ref(&report.image))?);
    Ok(content)
}

/// What [`pack`] packed; nothing where another version of it did.
fn unpack(content: &[u8]) -> Option<(ImageReport, Vec<String>)> {
    let (length, rest) = content.split_first_chunk()?;
    let (kept, container) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let Kept { commands, notes, warnings } = serde_json::from_slice(kept).ok()?;
    let image = offload_binary::decode(container).ok()?.pop()?;
    let KernelList::Recorded(kernels) = image.kernels().ok()? else { return None };
    Some((ImageReport { image, kernels, commands, notes }, warnings))
}
