//! The images of a program, checked, and the kernels that all of them have.

use crate::plan::{Argument, LaunchPlan};
use abi::launch::LaunchOptions;
use abi::map_flags::MapFlags;
use offload_binary::{Image, KernelSignature, Slot};
use sha2::{Digest, Sha256};

/// Bytes of the content hash that names a container: 128 bits.
const HASH_BYTES: usize = 16;

/// The images that a program embeds.
#[derive(Debug, Clone)]
pub struct Container {
    images: Vec<ContainerImage>,
    hash: String,
}

#[derive(Debug, Clone)]
struct ContainerImage {
    image: Image,
    kernels: offload_binary::KernelList,
}

/// Images that cannot be embedded, or a kernel that they do not have.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The images contradict each other, or one is unreadable.
    #[error(transparent)]
    Images(#[from] offload_binary::ContainerError),
    /// The kernels of an image cannot be listed.
    #[error(transparent)]
    Kernels(#[from] offload_binary::KernelsError),
    /// A kernel is launched that an image does not have.
    #[error("kernel `{kernel}` is not in image {index} ({target}), which has {}\nhelp: link it into the image, or launch one of these", list(.available))]
    MissingKernel {
        /// The kernel.
        kernel: String,
        /// Position of the image in the container.
        index: usize,
        /// Triple and processor of the image.
        target: String,
        /// What the image has, nearest names first.
        available: Vec<String>,
    },
    /// The image's kernel was made for launches of ours, and is launched by another front end.
    #[error(
        "kernel `{kernel}` of image {index} ({target}) takes geometry slots, which only launches of offload-host pass\nhelp: write it as `void {kernel}(void *launch_environment, slot...)`, and link it with device-link link --entry {kernel}"
    )]
    Geometry {
        /// The kernel.
        kernel: String,
        /// Position of the image in the container.
        index: usize,
        /// Triple and processor of the image.
        target: String,
    },
    /// The launch and the image do not agree about the arguments.
    #[error("kernel `{kernel}` takes ({expected}) in image {index} ({target}), but is launched with ({found})\nhelp: pointers are mapped arguments, values are LITERAL ones{}", own_entry_help(*.expected_geometry, *.found_geometry))]
    Signature {
        /// The kernel.
        kernel: String,
        /// Position of the image in the container.
        index: usize,
        /// Triple and processor of the image.
        target: String,
        /// Slots of the image's kernel.
        expected: String,
        /// Slots of the launch.
        found: String,
        /// Whether the image's kernel takes geometry slots.
        expected_geometry: bool,
        /// Whether the launch passes them.
        found_geometry: bool,
    },
}

fn list(names: &[String]) -> String {
    const SHOWN: usize = 8;
    match names {
        [] => "no kernels".to_owned(),
        names if names.len() <= SHOWN => quoted(names),
        names => format!("{} and {} more", quoted(&names[..SHOWN]), names.len() - SHOWN),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn own_entry_help(expected_geometry: bool, found_geometry: bool) -> &'static str {
    match (expected_geometry, found_geometry) {
        (true, false) => "; drop OWN_ENTRY from the options, the kernel's entry was made by device-link",
        (false, true) => "; add OWN_ENTRY to the options, the kernel's entry was not made by device-link",
        _ => "",
    }
}

impl Container {
    /// Checks `images` and lists their kernels.
    ///
    /// # Errors
    /// Two images for one (triple, arch), an unknown triple, or an image whose kernels cannot be listed.
    pub fn new(images: Vec<Image>) -> Result<Self, ContainerError> {
        offload_binary::check_container(&images)?;
        let mut hash = Sha256::new();
        let mut checked = Vec::with_capacity(images.len());
        for image in images {
            for part in [image.triple().as_bytes(), image.arch().as_bytes(), &image.bytes] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
            let kernels = image.kernels()?;
            checked.push(ContainerImage { image, kernels });
        }
        let hash = hash.finalize()[..HASH_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { images: checked, hash })
    }

    /// 32 hexadecimal digits that depend on the images alone.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The images, in order.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.images.iter().map(|i| &i.image)
    }

    /// Names of the kernels that every image has, in order.
    pub fn kernels(&self) -> Vec<String> {
        let Some((first, rest)) = self.images.split_first() else { return Vec::new() };
        let everywhere = |name: &&str| rest.iter().all(|i| i.kernels.contains(name));
        first.kernels.names().into_iter().filter(everywhere).map(str::to_owned).collect()
    }

    /// Checks that every image has `kernel`.
    ///
    /// # Errors
    /// The first image that does not, with what it has.
    pub fn check_kernel(&self, kernel: &str) -> Result<(), ContainerError> {
        for (index, image) in self.images.iter().enumerate() {
            if !image.kernels.contains(kernel) {
                let mut available: Vec<String> =
                    image.kernels.names().into_iter().map(str::to_owned).collect();
                available.sort_by_key(|name| distance(name, kernel));
                return Err(ContainerError::MissingKernel {
                    kernel: kernel.to_owned(),
                    index,
                    target: target(&image.image),
                    available,
                });
            }
        }
        Ok(())
    }

    /// The slots of `kernel` in the first image that records them.
    pub fn slots(&self, kernel: &str) -> Option<&[Slot]> {
        self.images.iter().find_map(|image| image.kernels.signature(kernel)?.slots.as_deref())
    }

    /// Checks that every image has `kernel`, with an entry that takes the launch's own arguments alone.
    ///
    /// # Errors
    /// The first image that does not.
    pub fn check_own_entry(&self, kernel: &str) -> Result<(), ContainerError> {
        self.check_kernel(kernel)?;
        for (index, image) in self.images.iter().enumerate() {
            if image.kernels.signature(kernel).is_some_and(|known| known.geometry) {
                return Err(ContainerError::Geometry {
                    kernel: kernel.to_owned(),
                    index,
                    target: target(&image.image),
                });
            }
        }
        Ok(())
    }

    /// Checks that every image has the kernel of `launch`, with its slots where they are recorded.
    ///
    /// # Errors
    /// The first image that does not.
    pub fn check_launch(&self, launch: &LaunchPlan) -> Result<(), ContainerError> {
        let kernel = launch.kernel.as_str();
        self.check_kernel(kernel)?;
        let geometry = !launch.options.contains(LaunchOptions::OWN_ENTRY);
        let slot = |a: &Argument| if a.map.contains(MapFlags::LITERAL) { Slot::Value } else { Slot::Pointer };
        let slots: Vec<Slot> = launch.arguments.iter().map(slot).collect();
        for (index, image) in self.images.iter().enumerate() {
            let Some(known) = image.kernels.signature(kernel) else { continue };
            let same_slots = known.slots.as_ref().is_none_or(|known| *known == slots);
            if known.geometry != geometry || !same_slots {
                return Err(ContainerError::Signature {
                    kernel: kernel.to_owned(),
                    index,
                    target: target(&image.image),
                    expected: describe(known),
                    found: describe(&KernelSignature {
                        name: kernel.to_owned(),
                        geometry,
                        slots: Some(slots.clone()),
                    }),
                    expected_geometry: known.geometry,
                    found_geometry: geometry,
                });
            }
        }
        Ok(())
    }
}

/// Names that share a prefix with what was asked come first; then by the number of differing characters.
fn distance(name: &str, asked: &str) -> usize {
    let common = name.bytes().zip(asked.bytes()).take_while(|(a, b)| a == b).count();
    name.len().max(asked.len()) - common
}

fn target(image: &Image) -> String {
    if image.arch().is_empty() {
        image.triple().to_owned()
    } else {
        format!("{}, {}", image.triple(), image.arch())
    }
}

fn describe(signature: &KernelSignature) -> String {
    let geometry = signature.geometry.then_some("geometry").into_iter();
    let Some(slots) = &signature.slots else { return "slots that are not recorded".to_owned() };
    let slots = slots.iter().map(|slot| match slot {
        Slot::Pointer => "pointer",
        Slot::Value => "value",
    });
    geometry.chain(slots).collect::<Vec<_>>().join(", ")
}
