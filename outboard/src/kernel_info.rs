//! What is known of kernels, images and devices at run time.

use crate::launch;
use crate::launch::arguments::Argument;
use crate::launch::buffers::Moves;
use crate::launch::kernel::Kernel;
use std::any::type_name;
use std::fmt;

/// What a launch would pass, and where: [`Launch::kernel_info`](crate::Launch::kernel_info).
///
/// ```
/// use outboard::prelude::*;
/// use outboard::SlotInfo;
///
/// let (x, mut y) = ([1.0f32; 4], [0.0f32; 4]);
/// let device = Device::default();
/// fn copy<'k>(it: Item<'k>, (y, x): (Own<'k, f32>, &'k [f32])) {
///     *y.of(it) = x[it.index()];
/// }
/// let info = device.over(4).kernel_info(&(each(&mut y), &x), &copy);
/// assert!(info.name.ends_with("copy"));
/// // How far the launch reaches and how long `x` is are the values.
/// assert_eq!(info.slots, [SlotInfo::Both, SlotInfo::To, SlotInfo::Value, SlotInfo::Value]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KernelInfo {
    /// The Rust name of the kernel's body.
    pub name: &'static str,
    /// What travels in each 8-byte slot of a launch, the geometry left out.
    pub slots: Vec<SlotInfo>,
    /// The program's images, in which a device looks for it.
    pub images: Vec<ImageInfo>,
}

/// Device code of the program, for one kind of device.
///
/// ```
/// for image in outboard::Device::default().info().images {
///     // nvptx64-nvidia-cuda sm_90, 17408 bytes
///     println!("{image}, {} bytes", image.bytes);
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageInfo {
    /// LLVM's target triple.
    pub triple: String,
    /// The processor; empty where the image runs on all of the triple.
    pub arch: String,
    /// Its size.
    pub bytes: u64,
}

impl ImageInfo {
    /// Reads a line of what the linker step has written: triple, processor and bytes, with tabs between them.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split('\t').map(str::to_owned);
        let (triple, arch) = (words.next()?, words.next()?);
        Some(Self { triple, arch, bytes: words.next()?.parse().ok()? })
    }

    pub(crate) fn read_all(text: &str) -> Vec<Self> {
        text.lines().filter_map(Self::read).collect()
    }

    /// Whether it is for the machine's own processor.
    pub(crate) fn is_for_host(&self) -> bool {
        self.triple.starts_with("x86_64")
    }
}

impl fmt::Display for ImageInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { triple, arch, .. } = self;
        if arch.is_empty() { write!(f, "{triple}") } else { write!(f, "{triple} {arch}") }
    }
}

/// What there is to launch on: [`Device::info`](crate::Device::info).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceInfo {
    /// The device's number; none where launches run on the CPU.
    pub number: Option<u32>,
    /// How many devices the program can use.
    pub count: u32,
    /// The program's images.
    pub images: Vec<ImageInfo>,
}

/// What a slot carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotInfo {
    /// The address of memory that is copied to the device.
    To,
    /// The address of memory that is copied from it.
    From,
    /// The address of memory that is copied both ways.
    Both,
    /// The address of memory that a scope holds on the device.
    Resident,
    /// A value.
    Value,
    /// The address of a copy of all that travels by value, where that is more than 64 bytes.
    Values,
}

pub(crate) fn describe<K: Kernel, A: Argument, F>() -> KernelInfo {
    let of_buffer = |flags: i64| {
        [(Moves::To, SlotInfo::To), (Moves::From, SlotInfo::From), (Moves::Both, SlotInfo::Both)]
            .into_iter()
            .find(|(moves, _)| moves.flags() == flags)
            .map_or(SlotInfo::Resident, |(_, info)| info)
    };
    let buffers = K::FLAGS[..A::BUFFERS].iter().map(|flags| of_buffer(*flags));
    let packed = std::iter::repeat_n(SlotInfo::Values, K::POINTERS - A::BUFFERS);
    let words = std::iter::repeat_n(SlotInfo::Value, K::WORDS);
    let slots = buffers.chain(packed).chain(words).collect();
    KernelInfo { name: type_name::<F>(), slots, images: launch::images(launch::ask::<()>) }
}

#[cfg(test)]
mod tests {
    use super::ImageInfo;

    #[test]
    fn images_are_read_from_lines() {
        let text = "nvptx64-nvidia-cuda\tsm_90\t17408\nspirv64-unknown-unknown\t\t900\nnothing\n";
        let found: Vec<_> =
            ImageInfo::read_all(text).iter().map(|image| format!("{image}: {}", image.bytes)).collect();
        assert_eq!(found, ["nvptx64-nvidia-cuda sm_90: 17408", "spirv64-unknown-unknown: 900"]);
    }
}
