//! What earlier links made, each under a hash of all that it was made of: images, of the inputs' bytes, which
//! cost no look into the inputs; and where those changed, the code of parts, and what modules refer to.

use crate::compile::Compiled;
use crate::linker::find_linker;
use crate::options::Options;
use crate::retarget::library;
use crate::target::{Selection, Target, has_vector_math};
use crate::{ImageReport, Result, cuda};
use bitcode_link::FileError;
use bitcode_link::cache::{Cache, Found, Key, KeyBuilder};
use bitcode_link::{Input, Summary, rust_library_files};
use diagnostics::{Code, Warning};
use llvm_plugin::inkwell::support::get_llvm_version;
use llvm_plugin::inkwell::targets::TargetMachine;
use offload_binary::KernelList;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How many bytes a cache may have, where it isn't said.
const DEFAULT_SIZE: u64 = 2 << 30;

/// A folder of results, and what the keys of this link have in common.
pub(crate) struct LinkCache {
    cache: Cache,
    folder: PathBuf,
    /// How many bytes it may have after a link that added to it.
    limit: u64,
    /// Who makes the results.
    maker: KeyBuilder,
    /// The same, with the inputs.
    inputs: KeyBuilder,
}

/// What is kept beside an image.
#[derive(Serialize, Deserialize)]
struct Kept {
    commands: Vec<String>,
    notes: String,
    warnings: Vec<Warning>,
}

/// What was found of several images, and what is worth saying about it.
pub(crate) struct FoundImages {
    /// In the order of the selections.
    pub(crate) reports: Vec<Option<ImageReport>>,
    pub(crate) warnings: Vec<Warning>,
}

/// Looks for the images of `selections`; without a cache, there are none.
pub(crate) fn find_all(
    cache: Option<&LinkCache>,
    selections: &[Selection],
    options: &Options,
) -> FoundImages {
    let mut warnings = Vec::new();
    let find = |selection: &Selection| cache?.find(selection, options, &mut warnings);
    let reports = selections.iter().map(find).collect();
    FoundImages { reports, warnings }
}

impl LinkCache {
    /// The cache that `options` name, if they do. A link whose steps are to be seen takes all of them.
    pub(crate) fn open(options: &Options, files: &[Input]) -> Result<Option<Self>> {
        let Some(folder) = options.cache_dir.as_ref().filter(|_| options.save_temps.is_none()) else {
            return Ok(None);
        };
        let cache = Cache::open(folder).map_err(FileError::writing(folder))?;
        let mut maker = KeyBuilder::new(concat!("device-link ", env!("CARGO_PKG_VERSION")));
        // Two builds of one version make different images while they are worked on.
        maker.part("program", stamp(&std::env::current_exe().unwrap_or_default()).as_bytes());
        maker.part("llvm", format!("{:?}", get_llvm_version()).as_bytes());
        for file in rust_library_files(options.sysroot.as_deref()) {
            maker.part("standard library", stamp(&file).as_bytes());
        }
        let mut inputs = maker.clone();
        for file in files {
            file.add_to_key(&mut inputs)?;
        }
        let limit = options.cache_size.unwrap_or(DEFAULT_SIZE);
        Ok(Some(Self { cache, folder: folder.clone(), limit, maker, inputs }))
    }

    /// The image for `selection`, if it was made before.
    fn find(
        &self,
        selection: &Selection,
        options: &Options,
        warnings: &mut Vec<Warning>,
    ) -> Option<ImageReport> {
        let content = self.content(&self.image_key(selection, options), warnings)?;
        let (report, kept) = unpack(&content)?;
        warnings.extend(kept);
        Some(report)
    }

    fn content(&self, key: &Key, warnings: &mut Vec<Warning>) -> Option<Vec<u8>> {
        match self.cache.find(key) {
            Found::Missing => None,
            Found::Damaged { path, reason, removed } => {
                let path = path.display();
                let fate = if removed { "was damaged and is removed" } else { "is damaged and isn't used" };
                warnings.push(warning(format!("`{path}` of the cache {fate}: {reason}")));
                None
            }
            Found::Content(content) => Some(content),
        }
    }

    /// Keeps an image. That it can't be kept is no reason to fail; it is told.
    pub(crate) fn keep(
        &self,
        (selection, options): (&Selection, &Options),
        report: &ImageReport,
        warnings: &[Warning],
    ) -> Result<Option<Warning>> {
        let content = pack(report, warnings)?;
        let kept = self.cache.keep(&self.image_key(selection, options), &content);
        Ok(kept
            .err()
            .map(|error| warning(format!("the image for {selection} can't be kept in the cache: {error}"))))
    }

    /// Makes room, once images were kept. What this link used stays.
    pub(crate) fn shrink(&self) -> Option<Warning> {
        let failed = self.cache.shrink(self.limit).err()?;
        Some(warning(format!("no room can be made in the cache `{}`: {failed}", self.folder.display())))
    }

    fn image_key(&self, selection: &Selection, options: &Options) -> Key {
        let mut key = self.inputs.clone();
        add_target(&mut key, selection, options);
        for tool in programs(selection.target, options) {
            key.part("tool", stamp(&tool).as_bytes());
        }
        key.finish()
    }

    /// The key of the code that the kernels of `options` become for one processor of `selection`; `made_of` are
    /// the modules that they can need.
    pub(crate) fn part_key(
        &self,
        (selection, options): (&Selection, &Options),
        cpu: &str,
        made_of: &[Key],
    ) -> Key {
        let mut key = self.maker.clone();
        add_target(&mut key, selection, options);
        key.part("processor", cpu.as_bytes());
        for module in made_of {
            key.part("module", module.as_str().as_bytes());
        }
        key.finish()
    }

    /// The code of a part, if it was compiled before.
    pub(crate) fn find_part(&self, key: &Key, warnings: &mut Vec<Warning>) -> Option<Compiled> {
        Compiled::unpack(&self.content(key, warnings)?)
    }

    /// Keeps the code of a part of the image `name`. That it can't be kept is no reason to fail; it is told.
    pub(crate) fn keep_part(&self, key: &Key, compiled: &Compiled, name: &str) -> Option<Warning> {
        let kept = self.cache.keep(key, &compiled.pack());
        kept.err().map(|error| warning(format!("code for {name} can't be kept in the cache: {error}")))
    }

    /// What a module refers to, if it was checked and read before.
    pub(crate) fn find_summary(&self, module: &Key, warnings: &mut Vec<Warning>) -> Option<Summary> {
        serde_json::from_slice(&self.content(&self.summary_key(module), warnings)?).ok()
    }

    /// Keeps what a module refers to, with the same promise.
    pub(crate) fn keep_summary(&self, module: &Key, summary: &Summary) -> Option<Warning> {
        let content = serde_json::to_vec(summary).expect("names and numbers are JSON");
        let kept = self.cache.keep(&self.summary_key(module), &content);
        kept.err()
            .map(|error| warning(format!("what a module refers to can't be kept in the cache: {error}")))
    }

    fn summary_key(&self, module: &Key) -> Key {
        self.maker.clone().part("summary", module.as_str().as_bytes()).finish()
    }
}

/// That the cache does not what it should; images are made all the same.
fn warning(text: String) -> Warning {
    Warning::new(Code::OB0212, text)
}

/// What code depends on beside the inputs: target, processors, options, the mathematics library.
fn add_target(key: &mut KeyBuilder, selection: &Selection, options: &Options) {
    key.part("options", format!("{:?}", that_matter(options)).as_bytes());
    key.part("target", selection.to_string().as_bytes());
    if selection.cpus.iter().any(|cpu| cpu == "native") {
        key.part("machine", TargetMachine::get_host_cpu_name().to_bytes());
        key.part("features", TargetMachine::get_host_cpu_features().to_bytes());
    }
    if let Some(library) = library::path(selection.target, options.libclc.as_ref()) {
        key.part("library", stamp(&library).as_bytes());
    }
    key.part("vector math", &[has_vector_math().into()]);
}

/// The programs that images for `target` are made with.
fn programs(target: Target, options: &Options) -> Vec<PathBuf> {
    let linker = || options.linker.clone().or_else(|| find_linker().ok()).into_iter().collect();
    match target {
        Target::X86_64 | Target::Amdgcn => linker(),
        Target::Nvptx64 => {
            options.ptxas.clone().map_or_else(|| cuda::candidates("ptxas"), |ptxas| vec![ptxas])
        }
        Target::Spirv64 => Vec::new(),
    }
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
    Options {
        targets: Vec::new(),
        jobs: None,
        cache_dir: None,
        cache_size: None,
        progress: None,
        ..options.clone()
    }
}

fn pack(report: &ImageReport, warnings: &[Warning]) -> Result<Vec<u8>> {
    let kept =
        Kept { commands: report.commands.clone(), notes: report.notes.clone(), warnings: warnings.to_vec() };
    Ok(join(&kept, &offload_binary::encode(std::slice::from_ref(&report.image))?))
}

/// Facts as JSON behind their length, and then bytes.
fn join(facts: &impl Serialize, bytes: &[u8]) -> Vec<u8> {
    let facts = serde_json::to_vec(facts).expect("strings and numbers are JSON");
    [&(facts.len() as u64).to_le_bytes(), &facts[..], bytes].concat()
}

/// What [`join`] joined.
fn separate<T: for<'a> Deserialize<'a>>(content: &[u8]) -> Option<(T, &[u8])> {
    let (length, rest) = content.split_first_chunk()?;
    let (facts, bytes) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    Some((serde_json::from_slice(facts).ok()?, bytes))
}

impl Compiled {
    fn pack(&self) -> Vec<u8> {
        let Self { code, kernels, arch, reports, texts } = self;
        join(&(kernels, arch, reports, texts), code)
    }

    /// What `pack` packed; nothing where another version of it did.
    fn unpack(content: &[u8]) -> Option<Self> {
        let ((kernels, arch, reports, texts), code) = separate(content)?;
        Some(Self { code: code.to_vec(), kernels, arch, reports, texts })
    }
}

/// What [`pack`] packed; nothing where another version of it did.
fn unpack(content: &[u8]) -> Option<(ImageReport, Vec<Warning>)> {
    let (Kept { commands, notes, warnings }, container) = separate(content)?;
    let image = offload_binary::decode(container).ok()?.pop()?;
    let KernelList::Recorded(kernels) = image.kernels().ok()? else { return None };
    Some((ImageReport { image, kernels, commands, notes }, warnings))
}
