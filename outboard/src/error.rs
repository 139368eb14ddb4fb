//! What can go wrong with a launch, each with what helps.

use crate::ImageInfo;
use crate::device::Place;
use crate::launch::{self, Ask, Devices};
use std::fmt;

/// Why a launch or a mapping failed. Its `Debug` form is its text too: `fn main() -> Result<(), outboard::Error>`
/// prints that.
///
/// ```
/// use outboard::prelude::*;
///
/// let mut y = [0u32; 3];
/// let error = Device::default().over(4).run(each(&mut y), |it, y| *y.of(it) = 1).unwrap_err();
/// assert!(matches!(error, outboard::Error::TooShort { len: 3, needed: 4, .. }));
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A device is required, and there is none.
    #[error("no device ran the launch: {reason}\nhelp: {help}")]
    NoDevice {
        /// What is missing.
        reason: String,
        /// What helps.
        help: &'static str,
    },
    /// There are devices, but none that the program's images are for.
    #[error(
        "the machine has {devices} devices for offloading, and none of them runs the program's images, {}\n\
         help: name them when you build, as in `cargo outboard build --device host,sm_90`; `cargo outboard devices` \
         tells what there is",
        list(images)
    )]
    ImageMismatch {
        /// How many devices there are.
        devices: u32,
        /// What the program has.
        images: Vec<ImageInfo>,
    },
    /// A device is required, and the program's images have not this kernel.
    #[error(
        "the program has no device code for the kernel `{kernel}`\n\
         help: the summary of the build tells why it stayed on the host"
    )]
    NoKernel {
        /// The Rust name of its body.
        kernel: &'static str,
    },
    /// The device asked for does not exist.
    #[error(
        "there is no device {number}: the program can use {count}, counted from 0\nhelp: `Device::all()` lists them"
    )]
    NoSuchDevice {
        /// The number asked for.
        number: u32,
        /// How many there are.
        count: u32,
    },
    /// A variable of the environment has a value that means nothing.
    #[error(
        "`{variable}` is `{value}`, which is no device\nhelp: set it to `cpu` or to a device's number, or unset it"
    )]
    Environment {
        /// The variable.
        variable: &'static str,
        /// Its value.
        value: String,
    },
    /// The kernel panicked. What it was to change may be changed in part.
    #[error(
        "the kernel `{kernel}` panicked{}{}{}: {message}\n\
         help: `OUTBOARD_DEVICE=cpu` runs kernels on the CPU, where a debugger can follow them",
        in_item(item),
        in_thread(thread),
        place(location)
    )]
    DevicePanic {
        /// The Rust name of the kernel's body.
        kernel: &'static str,
        /// The panic's message.
        message: String,
        /// File, line and column, where known.
        location: Option<String>,
        /// Position of the item, x, y, z, where known.
        item: Option<[usize; 3]>,
        /// The same in a launch in blocks, where known. In a box: a large error makes every `Result` large.
        thread: Option<Box<ThreadPlace>>,
    },
    /// The memory for an allocation is not there.
    #[error("no memory for {bytes} bytes\nhelp: work on a part at a time")]
    OutOfMemory {
        /// How many bytes were asked for.
        bytes: usize,
    },
    /// A slice that gives every item its own part is too short for that.
    #[error(
        "a slice of {len} elements is too short: {items} items need {needed}\n\
         help: launch over the length of the slice that the items change"
    )]
    TooShort {
        /// Its length.
        len: usize,
        /// The length needed.
        needed: usize,
        /// The number of items.
        items: usize,
    },
    /// A launch with more items than there are numbers for.
    #[error(
        "{} x {} x {} is more than a launch can have\nhelp: have each item do more, or launch in parts",
        sizes[0], sizes[1], sizes[2]
    )]
    TooLarge {
        /// The sizes asked for.
        sizes: [usize; 3],
    },
    /// Memory of a scope on one device is used on another.
    #[error(
        "memory that a scope holds on device {holder} cannot be used on {}\nhelp: launch on the scope's own device",
        target.map_or("the CPU".to_owned(), |target| format!("device {target}"))
    )]
    OtherDevice {
        /// The device that holds it.
        holder: u32,
        /// The device of the launch; none is the CPU.
        target: Option<u32>,
    },
    /// A slice of which a part is on the device already.
    #[error(
        "a slice of {bytes} bytes is on the device in part, and cannot be mapped as a whole\n\
         help: map the whole slice once, and use parts of it in the scope"
    )]
    MapConflict {
        /// Its bytes.
        bytes: usize,
    },
}

fn in_item(item: &Option<[usize; 3]>) -> String {
    item.map(|[x, y, z]| format!(" in item ({x}, {y}, {z})")).unwrap_or_default()
}

fn in_thread(thread: &Option<Box<ThreadPlace>>) -> String {
    let show = |[x, y, z]: [usize; 3]| format!("({x}, {y}, {z})");
    thread
        .as_ref()
        .map(|place| format!(", thread {} of block {},", show(place.thread), show(place.block)))
        .unwrap_or_default()
}

/// Where an item is in a launch in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadPlace {
    /// The block in the grid, x, y, z.
    pub block: [usize; 3],
    /// The thread in the block.
    pub thread: [usize; 3],
}

impl Error {
    /// Tells the block of the item, in a launch with blocks of that size.
    pub(crate) fn in_blocks(mut self, size: [usize; 3]) -> Self {
        if let Self::DevicePanic { item: Some(item), thread, .. } = &mut self {
            *thread = Some(Box::new(ThreadPlace {
                block: std::array::from_fn(|axis| item[axis] / size[axis]),
                thread: std::array::from_fn(|axis| item[axis] % size[axis]),
            }));
        }
        self
    }
}

fn place(location: &Option<String>) -> String {
    location.as_ref().map(|location| format!(" at {location}")).unwrap_or_default()
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn list(images: &[ImageInfo]) -> String {
    images.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Why a required device is not there.
pub(crate) fn no_device(place: Place, ask: Ask) -> Error {
    if !crate::built_with_plugin() {
        return missing(
            "the program was built without Outboard's plugin",
            "build it with `cargo outboard build`",
        );
    }
    if place == Place::Cpu {
        let help = "take `Device::default()`, and unset `OUTBOARD_DEVICE` if it is `cpu`";
        return missing("it is for the CPU", help);
    }
    let images = launch::images(ask);
    match launch::known_devices(ask) {
        Devices::NoImages => missing(
            "the program was linked without images",
            "link it with `outboard-link`, as `cargo outboard build` does",
        ),
        Devices::NoRuntime => missing(
            "the offload runtime, `libomptarget.so.22.1`, was not found",
            "install LLVM 22's libomptarget, or add its folder to `LD_LIBRARY_PATH`",
        ),
        Devices::Known(0) if images.iter().any(ImageInfo::is_for_host) => missing(
            "the offload runtime found no device",
            "see whether `OMP_TARGET_OFFLOAD` or `LIBOMPTARGET_*` is set; `cargo outboard doctor` tells more",
        ),
        Devices::Known(0) => missing(
            &format!("the program has images for {}, and the machine has no such device", list(&images)),
            "build with the host device too, as in `cargo outboard build --device host,sm_90`; the build says which \
             kernels cannot run there, and why",
        ),
        Devices::Known(devices) => Error::ImageMismatch { devices, images },
    }
}

fn missing(reason: &str, help: &'static str) -> Error {
    Error::NoDevice { reason: reason.to_owned(), help }
}

/// The variable that names the default device.
pub(crate) const DEVICE_VARIABLE: &str = "OUTBOARD_DEVICE";

pub(crate) fn misnamed_device() -> Error {
    let value = std::env::var_os(DEVICE_VARIABLE).unwrap_or_default().to_string_lossy().into_owned();
    Error::Environment { variable: DEVICE_VARIABLE, value }
}
