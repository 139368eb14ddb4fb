//! Input files, read once for all targets and sorted for each: modules of the host, modules of the target
//! itself, libraries of both, objects.

use crate::Result;
use crate::cached::LinkCache;
use crate::error::Error;
use crate::kernels::Kernels;
use crate::object_file::ObjectFile;
use crate::options::Options;
use crate::standard_library::StandardLibrary;
use crate::target::{Selection, Target};
use abi::kinds::ImageKind;
use bitcode_link::{Bytes, Format, Input, Library, ModuleSource, Origin, Part, Take, jobs, unknown_format};
use diagnostics::Warning;
use offload_binary::{DecodeError, Image};
use std::path::PathBuf;
use std::sync::Arc;

/// First bytes of a container of images.
const CONTAINER_MAGIC: &[u8] = &offload_binary::MAGIC;

/// All inputs, before it matters which target they are linked for.
#[derive(Default)]
pub(crate) struct AllInputs {
    modules: Vec<Sorted>,
    objects: Vec<ObjectFile>,
    /// Members of archives that are objects without bitcode.
    native: Vec<ObjectFile>,
    standard_library: Arc<StandardLibrary>,
    /// What is worth saying about what the cache has of the modules.
    pub(crate) about_cache: Vec<Warning>,
}

/// A module, and what it is for.
struct Sorted {
    source: ModuleSource,
    /// The first part of its triple; empty where it has none.
    architecture: String,
    /// Its processor, for a module of a container that names one.
    cpu: Option<String>,
    /// Whether it is part of the link only if something needs it.
    is_member: bool,
    /// Whether it is one of the images of a container, which has them for many targets.
    in_container: bool,
    /// The object that it is embedded in as device code, whose own bitcode then isn't that.
    device_code_of: Option<Origin>,
}

/// The inputs of one target's link.
pub(crate) struct Inputs {
    pub(crate) target: Target,
    /// Modules of the host, which become code of the target.
    pub(crate) modules: Vec<ModuleSource>,
    /// Modules that were compiled for the target. On x86_64, which is host and target, there are none.
    pub(crate) own: Vec<ModuleSource>,
    /// Members of archives, of which the link takes what it needs.
    pub(crate) library: Arc<Library>,
    /// The same, compiled for the target.
    pub(crate) own_library: Library,
    /// Relocatable objects.
    pub(crate) objects: Vec<ObjectFile>,
    /// Members of archives that could be such, and any objects that the target can't link.
    pub(crate) native: Vec<ObjectFile>,
    pub(crate) standard_library: Arc<StandardLibrary>,
}

impl Inputs {
    /// What of the modules the rest of the image can see: kernels, and what objects want.
    pub(crate) fn exports<'a>(&'a self, kernels: &'a Kernels) -> Vec<&'a str> {
        let wanted = self.objects.iter().flat_map(|object| object.undefined.iter().map(String::as_str));
        kernels.names().into_iter().chain(wanted).collect()
    }
}

/// Reads `paths`, and looks at nothing in them.
pub(crate) fn read_files(paths: &[PathBuf]) -> Result<Vec<Input>> {
    Ok(paths.iter().map(|path| Input::read(path)).collect::<bitcode_link::Result<_>>()?)
}

/// Finds out what is in `files`, and has LLVM check every module that is certainly linked. What is worth saying about
/// them goes to `warnings`, whether all goes well or not.
pub(crate) fn sort(
    files: &[Input],
    selections: &[Selection],
    options: &Options,
    cache: Option<&LinkCache>,
    warnings: &mut Vec<Warning>,
) -> Result<AllInputs> {
    let targets: Vec<_> = selections.iter().map(|selection| selection.target).collect();
    let mut all = AllInputs::default();
    for input in files {
        let before = all.parts(&targets);
        let parts = input.parts()?;
        let known = all.modules.len();
        let added = parts.iter().try_for_each(|part| all.add_part(part, &targets));
        let new = all.modules[known..].iter();
        warnings.extend(new.filter_map(|sorted| Some(sorted.source.warning()?.into())));
        added?;
        // Members that nothing could be made of are no errors by themselves.
        if all.parts(&targets) == before && parts.iter().all(|part| part.is_member) {
            return Err(Error::NoBitcode { path: input.origin.file.clone() });
        }
    }
    if all.parts(&targets) == 0 {
        return Err(Error::NoInputs);
    }
    all.check_architectures(&targets)?;
    let certain: Vec<_> = all.modules.iter().filter(|sorted| !sorted.is_member).collect();
    let limit = options.jobs.unwrap_or_else(jobs::default_jobs);
    let checked = jobs::run(limit, &certain, |sorted| check(&sorted.source, cache));
    for about_cache in checked {
        all.about_cache.extend(about_cache?);
    }
    let sources = all.modules.iter().map(|sorted| &sorted.source);
    all.standard_library = Arc::new(StandardLibrary::new(options.sysroot.clone(), sources));
    Ok(all)
}

/// Has LLVM check and summarize the module, unless that is in the cache. Returns what is worth saying about the
/// cache.
fn check(source: &ModuleSource, cache: Option<&LinkCache>) -> Result<Vec<Warning>> {
    let mut warnings = Vec::new();
    match cache.map(|cache| (cache, cache.find_summary(source.key(), &mut warnings))) {
        None => drop(source.summary()?),
        Some((_, Some(summary))) => source.remember(summary),
        Some((cache, None)) => warnings.extend(cache.keep_summary(source.key(), source.summary()?)),
    }
    Ok(warnings)
}

impl AllInputs {
    /// How much there is that could be part of an image for one of `targets`.
    fn parts(&self, targets: &[Target]) -> usize {
        let linkable = |object: &&ObjectFile| targets.iter().any(|target| object.is_for(*target));
        self.modules.len() + self.objects.len() + self.native.iter().filter(linkable).count()
    }

    fn add_part(&mut self, part: &Part, targets: &[Target]) -> Result<()> {
        match part.format {
            Some(Format::Elf) => {
                let images = device_code(part)?;
                let has_device_code = !images.is_empty();
                self.add_images(part, images, true)?;
                self.add_modules(part)?;
                if part.bitcode.is_empty() && !has_device_code && !part.is_member {
                    self.objects.push(ObjectFile::read(&part.origin, &part.bytes, targets)?);
                } else if part.bitcode.is_empty() && !has_device_code {
                    self.native.extend(ObjectFile::read_member(&part.origin, &part.bytes));
                }
                Ok(())
            }
            Some(_) => self.add_modules(part),
            None if part.bytes.starts_with(CONTAINER_MAGIC) => {
                let images = offload_binary::decode(&part.bytes)
                    .map_err(|source| Error::Container { path: part.origin.to_path(), source })?;
                self.add_images(part, images, false)
            }
            None if part.is_member => Ok(()),
            None => Err(unknown_format(&part.origin, &part.bytes).into()),
        }
    }

    fn add_modules(&mut self, part: &Part) -> Result<()> {
        for source in ModuleSource::of_part(part)? {
            let architecture = offload_binary::architecture(&source.identity.triple).to_owned();
            self.modules.push(Sorted {
                source,
                architecture,
                cpu: None,
                is_member: part.is_member,
                in_container: false,
                device_code_of: None,
            });
        }
        Ok(())
    }

    /// Adds the images that are bitcode. Finished images can't be linked any more.
    fn add_images(&mut self, part: &Part, images: Vec<Image>, embedded: bool) -> Result<()> {
        for (position, image) in images.into_iter().enumerate() {
            if image.kind != ImageKind::BITCODE {
                let (triple, kind) = (image.triple().to_owned(), image.kind);
                return Err(Error::FinishedImage { path: part.origin.to_path(), position, triple, kind });
            }
            let architecture = offload_binary::architecture(image.triple()).to_owned();
            let cpu = Some(image.arch().to_owned()).filter(|arch| !arch.is_empty());
            for source in ModuleSource::of_bitcode(&part.origin, &Bytes::new(image.bytes))? {
                self.modules.push(Sorted {
                    source,
                    architecture: architecture.clone(),
                    cpu: cpu.clone(),
                    is_member: part.is_member,
                    in_container: true,
                    device_code_of: embedded.then(|| part.origin.clone()),
                });
            }
        }
        Ok(())
    }

    /// Modules that are neither the host's nor any target's are mistakes, unless they come in a container.
    fn check_architectures(&self, targets: &[Target]) -> Result<()> {
        let fits = |sorted: &&Sorted| {
            sorted.in_container
                || is_host(&sorted.architecture)
                || targets.iter().any(|target| target.name() == sorted.architecture)
        };
        match self.modules.iter().find(|sorted| !fits(sorted)) {
            None => Ok(()),
            Some(Sorted { source, .. }) => Err(Error::WrongTarget {
                origin: source.origin.clone(),
                found: source.identity.triple.clone(),
                targets: targets.iter().map(|target| target.name()).collect(),
            }),
        }
    }

    /// What of the inputs goes into the image that `selection` asks for.
    pub(crate) fn for_target(&self, selection: &Selection) -> Result<Inputs> {
        let target = selection.target;
        let mut library = Library::default();
        let mut inputs = Inputs {
            target,
            modules: Vec::new(),
            own: Vec::new(),
            library: Arc::default(),
            own_library: Library::default(),
            objects: self.objects.iter().filter(|object| object.is_for(target)).cloned().collect(),
            native: self.native.clone(),
            standard_library: Arc::clone(&self.standard_library),
        };
        inputs.native.extend(self.objects.iter().filter(|object| !object.is_for(target)).cloned());
        let is_own = |sorted: &Sorted| {
            let cpu_fits = match &sorted.cpu {
                Some(cpu) if !selection.cpus.is_empty() => selection.cpus.contains(cpu),
                _ => true,
            };
            sorted.architecture == target.name() && cpu_fits
        };
        // An object with device code for this target is no source of other device code for it.
        let replaced: Vec<_> = self
            .modules
            .iter()
            .filter(|sorted| is_own(sorted))
            .filter_map(|sorted| sorted.device_code_of.as_ref())
            .collect();
        for sorted in &self.modules {
            let is_host = sorted.device_code_of.is_none()
                && is_host(&sorted.architecture)
                && !replaced.contains(&&sorted.source.origin);
            let (modules, members) = match (is_host || (!target.is_gpu() && is_own(sorted)), is_own(sorted)) {
                (true, _) => (&mut inputs.modules, &mut library),
                (false, true) => (&mut inputs.own, &mut inputs.own_library),
                (false, false) => continue,
            };
            if sorted.is_member {
                members.add(sorted.source.clone(), Take::Module);
            } else {
                modules.push(sorted.source.clone());
            }
        }
        inputs.library = Arc::new(library);
        let nothing = inputs.modules.is_empty()
            && inputs.own.is_empty()
            && inputs.library.is_empty()
            && inputs.own_library.is_empty()
            && inputs.objects.is_empty()
            && !inputs.native.iter().any(|object| object.is_for(target));
        if nothing { Err(Error::NothingForTarget { target: selection.to_string() }) } else { Ok(inputs) }
    }
}

/// Whether modules of this architecture can become code of any target.
fn is_host(architecture: &str) -> bool {
    architecture.is_empty() || architecture == Target::X86_64.name()
}

/// The images that are embedded in an object.
fn device_code(part: &Part) -> Result<Vec<Image>> {
    match offload_binary::decode(&part.bytes) {
        Ok(images) => Ok(images),
        Err(DecodeError::NoSection | DecodeError::Elf(_)) => Ok(Vec::new()),
        Err(source) => Err(Error::Container { path: part.origin.to_path(), source }),
    }
}
