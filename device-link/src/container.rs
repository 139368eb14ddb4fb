//! Containers of images: packed from files, listed, taken apart, verified.

use crate::Result;
use crate::error::Error;
use abi::kinds::{ImageKind, OffloadKind};
use abi::names::{ARCH_KEY, TRIPLE_KEY};
use bitcode_link::FileError;
use diagnostics::{Code, Warning, names};
use offload_binary::{Image, KernelList, Slot, check_container, check_machine, decode, encode};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

/// Reads the images of the container, or of the ELF file with containers in it, at `path`.
pub fn read(path: &Path) -> Result<Vec<Image>> {
    let bytes = std::fs::read(path).map_err(FileError::reading(path))?;
    decode(&bytes).map_err(|source| Error::Container { path: path.to_owned(), source })
}

/// The container that holds `images`; they must go together.
pub fn pack(images: &[Image]) -> Result<Vec<u8>> {
    check_container(images)?;
    Ok(encode(images)?)
}

/// Makes the image that `text`, llvm-offload-binary's `file=F,triple=T,arch=A,kind=K,...`, describes.
///
/// As llvm-offload-binary does, it takes the image's kind from the file's suffix, and `arch` stands before
/// `triple`; other keys follow in the order given.
pub fn image_of_argument(text: &str) -> Result<Image> {
    let refused = |reason: String| Error::ImageArgument { text: text.to_owned(), reason };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in text.split(',') {
        let (key, value) =
            pair.split_once('=').ok_or_else(|| refused(format!("`{pair}` is not KEY=VALUE")))?;
        if pairs.iter().any(|(known, _)| known == key) {
            return Err(refused(format!("`{key}` is given twice")));
        }
        pairs.push((key.to_owned(), value.to_owned()));
    }
    let mut take = |key: &str| {
        let position = pairs.iter().position(|(known, _)| known == key);
        position.map(|position| pairs.remove(position).1)
    };
    let file = take("file").ok_or_else(|| refused("`file` is missing".to_owned()))?;
    let triple = take(TRIPLE_KEY).ok_or_else(|| refused("`triple` is missing".to_owned()))?;
    let arch = take(ARCH_KEY);
    let offload_kind = match take("kind") {
        None => OffloadKind::NONE,
        Some(name) => OffloadKind::from_name(&name).ok_or_else(|| {
            refused(format!("there is no kind `{name}`; kinds: none, openmp, cuda, hip, sycl"))
        })?,
    };
    let mut strings: Vec<_> = arch.map(|arch| (ARCH_KEY.to_owned(), arch)).into_iter().collect();
    strings.push((TRIPLE_KEY.to_owned(), triple));
    strings.append(&mut pairs);

    let path = PathBuf::from(file);
    let bytes = std::fs::read(&path).map_err(FileError::reading(&path))?;
    let suffix = path.extension().unwrap_or_default().to_string_lossy();
    Ok(Image { kind: ImageKind::from_suffix(&suffix), offload_kind, flags: 0, strings, bytes })
}

/// What a container holds, for people and as JSON.
#[derive(Debug, Serialize)]
pub struct Listing {
    images: Vec<ListedImage>,
}

#[derive(Debug, Serialize)]
struct ListedImage {
    triple: String,
    arch: String,
    image_kind: String,
    offload_kind: String,
    size: usize,
    /// Absent where they can't be listed.
    kernels: Option<Vec<ListedKernel>>,
}

#[derive(Debug, Serialize)]
struct ListedKernel {
    name: String,
    /// Absent where the image records no slots.
    geometry: Option<bool>,
    slots: Option<Vec<Slot>>,
}

/// Lists `images` with their kernels.
pub fn list(images: &[Image]) -> Listing {
    let listed = |image: &Image| ListedImage {
        triple: image.triple().to_owned(),
        arch: image.arch().to_owned(),
        image_kind: image.kind.to_string(),
        offload_kind: image.offload_kind.to_string(),
        size: image.bytes.len(),
        kernels: image.kernels().ok().map(listed_kernels),
    };
    Listing { images: images.iter().map(listed).collect() }
}

fn listed_kernels(kernels: KernelList) -> Vec<ListedKernel> {
    match kernels {
        KernelList::Recorded(kernels) => kernels
            .into_iter()
            .map(|kernel| ListedKernel {
                name: kernel.name,
                geometry: Some(kernel.geometry),
                slots: kernel.slots,
            })
            .collect(),
        KernelList::NamesOnly(names) => {
            names.into_iter().map(|name| ListedKernel { name, geometry: None, slots: None }).collect()
        }
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, image) in self.images.iter().enumerate() {
            let arch = if image.arch.is_empty() { String::new() } else { format!(" {}", image.arch) };
            let ListedImage { triple, image_kind, offload_kind, size, .. } = image;
            writeln!(f, "image {position}: {triple}{arch}, {image_kind}, {offload_kind}, {size} bytes")?;
            match &image.kernels {
                Some(kernels) => {
                    let symbols: Vec<_> = kernels.iter().map(|kernel| kernel.name.as_str()).collect();
                    for (name, kernel) in names::listed(&symbols).iter().zip(kernels) {
                        writeln!(f, "  {name}{}", kernel.parameters())?;
                    }
                }
                None => writeln!(f, "  (its kernels can't be listed)")?,
            }
        }
        Ok(())
    }
}

impl ListedKernel {
    /// What a launch gives it, where that is recorded.
    fn parameters(&self) -> String {
        let Some(slots) = &self.slots else { return String::new() };
        let geometry = if self.geometry == Some(true) { &["geometry"][..] } else { &[] };
        let slots = slots.iter().map(|slot| match slot {
            Slot::Pointer => "pointer",
            Slot::Value => "value",
        });
        let words: Vec<_> = geometry.iter().copied().chain(slots).collect();
        format!("({})", words.join(", "))
    }
}

/// The images with this triple and processor, where given, and a file name for each.
pub fn find<'a>(
    images: &'a [Image],
    triple: Option<&str>,
    arch: Option<&str>,
) -> Result<Vec<(String, &'a Image)>> {
    let is = |wanted: Option<&str>, found: &str| wanted.is_none_or(|wanted| wanted == found);
    let mut found: Vec<(String, &Image)> = Vec::new();
    for image in images.iter().filter(|image| is(triple, image.triple()) && is(arch, image.arch())) {
        let mut name = file_name(image);
        if found.iter().any(|(known, _)| *known == name) {
            name = format!("{}-{name}", found.len());
        }
        found.push((name, image));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    Err(Error::NothingToExtract {
        triple: triple.map(ToOwned::to_owned),
        arch: arch.map(ToOwned::to_owned),
        known: images
            .iter()
            .map(|image| format!("{} {}", image.triple(), image.arch()).trim().to_owned())
            .collect(),
    })
}

/// Triple, processor and a suffix that fits the kind, without anything that could leave the folder.
fn file_name(image: &Image) -> String {
    let suffix = match image.kind {
        ImageKind::BITCODE => "bc",
        ImageKind::CUBIN => "cubin",
        ImageKind::FATBINARY => "fatbin",
        ImageKind::PTX => "s",
        ImageKind::SPIRV => "spv",
        _ => "so",
    };
    let arch = if image.arch().is_empty() { String::new() } else { format!("-{}", image.arch()) };
    let name = format!("{}{arch}.{suffix}", image.triple());
    name.replace(|character: char| character == '/' || character.is_control(), "_")
}

/// Checks that the runtime can load `images`, and returns what is worth knowing though it is no error.
pub fn verify(images: &[Image]) -> Result<Vec<String>> {
    check_container(images)?;
    let mut notes: Vec<String> = missing_kernels(images).into_iter().map(|missing| missing.text).collect();
    for (position, image) in images.iter().enumerate() {
        check_machine(position, image)?;
        let kernelless = |source| Error::Kernelless { position, source };
        let kernels = image.kernels().map_err(kernelless)?;
        let KernelList::Recorded(recorded) = kernels else {
            notes.push(format!(
                "image {position} (`{}`) records no slots: launches are checked against its kernels' names alone",
                image.triple()
            ));
            continue;
        };
        let exported = image.exported_functions().map_err(kernelless)?;
        if let Some(kernel) = recorded.into_iter().find(|kernel| !exported.contains(&kernel.name)) {
            let triple = image.triple().to_owned();
            return Err(Error::NotExported { position, triple, kernel: kernel.name });
        }
    }
    Ok(notes)
}

/// The kernels that some of `images` have and others don't: their launches are refused, or fail, on these targets.
pub fn missing_kernels(images: &[Image]) -> Vec<Warning> {
    let named = |image: &Image| -> Option<BTreeSet<String>> {
        Some(listed_kernels(image.kernels().ok()?).into_iter().map(|kernel| kernel.name).collect())
    };
    let all: Vec<_> = images.iter().map(named).collect();
    let any: BTreeSet<_> = all.iter().flatten().flatten().collect();
    let mut notes = Vec::new();
    for (position, (image, kernels)) in images.iter().zip(&all).enumerate() {
        let Some(kernels) = kernels else { continue };
        for kernel in any.iter().filter(|kernel| !kernels.contains(**kernel)) {
            let target = format!("{} {}", image.triple(), image.arch());
            let target = target.trim_end();
            let text =
                format!("image {position} (`{target}`) lacks the kernel `{kernel}`, which another has");
            notes.push(Warning::new(Code::OB0309, text));
        }
    }
    notes
}
