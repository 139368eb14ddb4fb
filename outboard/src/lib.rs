//! Kernels on GPUs and accelerators from ordinary Rust: one source, one build, the stock toolchain.
//!
//! With Outboard's plugin in the build (`cargo outboard build`) launches run on a device. Without it, or where there
//! is no device, the same program runs them on the CPU's threads: this crate needs no LLVM, no GPU and no nightly.
//!
//! There are three levels, and they mix:
//!
//! ```
//! use outboard::prelude::*;
//!
//! let a = 2.0f32;
//! let x = vec![1.0f32; 1000];
//! let mut y = vec![3.0f32; 1000];
//!
//! // In the shape of rayon: a launch for an iterator.
//! y.offload_mut().zip(&x).for_each(move |(y, x)| *y += a * x)?;
//!
//! // Kernels: a function or closure, and an item that tells where it is.
//! let device = Device::default();
//! device.over(1000).run((each(&mut y), &x, a), |it, (y, x, a)| *y.of(it) += a * x[it.index()])?;
//!
//! // Data that stays on the device, for as many launches as it takes.
//! device.scope(|d| {
//!     let x = d.to(&x);
//!     let mut y = d.tofrom(&mut y);
//!     for _ in 0..10 {
//!         y.offload_mut().zip(&x).for_each(move |(y, x)| *y += a * x)?;
//!     }
//!     Ok::<(), outboard::Error>(())
//! })?;
//! assert_eq!(y, [27.0; 1000]);
//! # Ok::<(), outboard::Error>(())
//! ```
//!
//! # What a kernel may do
//!
//! Kernels are ordinary code: functions of other crates, generics, closures, iterators, `Option`, arrays, panics. What
//! they get are their [arguments](Argument), and plain values that a `move` closure has captured. No kernel has the
//! same `&mut` as another: [`each`] gives every item its own element, [`atomic`] gives all of them numbers that they
//! change at the same time.
//!
//! A panic in a kernel, an index out of bounds too, is an error of the launch: [`Error::DevicePanic`]. On the CPU that
//! needs `panic = "unwind"`, as `catch_unwind` does.

#![cfg_attr(outboard, feature(auto_traits, negative_impls))]

mod device;
mod error;
mod iter;
mod kernel_info;
mod launch;
mod pending;
mod printing;
mod scope;
mod shared;
mod stats;

pub use device::{Device, InBlocks, Launch};
pub use error::{Error, ThreadPlace};
pub use iter::{
    Change, ChangeChunks, Enumerate, Indexed, IntoParallel, Map, Number, Offload, On, Parallel, Range, Read,
    ReadChunks, Valued, With, Zip,
};
pub use kernel_info::{DeviceInfo, ImageInfo, KernelInfo, SlotInfo};
pub use launch::Shared;
pub use launch::arguments::{Argument, Atomic, Each, EachChunk, atomic, each, each_chunk};
pub use launch::atomics::{Atomics, Word};
pub use launch::capture::{Body, Capturable};
pub use launch::elements::Readable;
pub use launch::item::{BlockItem, Extent, Item};
pub use launch::plain::{Element, Plain};
pub use launch::printing::{Print, Printer, Printing, printer};
pub use launch::unsafe_slice::{AnyElement, UnsafeSlice, unsafe_slice};
pub use launch::views::{Own, OwnChunk};
pub use launch::writable::Writable;
pub use launch::write_only::{Out, Written, out};
pub use outboard_macros::Plain;
pub use pending::Pending;
#[doc(hidden)]
pub use printing::check_text;
pub use scope::{Mapped, MappedMut, Scope};
#[doc(hidden)]
pub use shared::place;
pub use stats::Stats;

/// What programs use: `use outboard::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Atomics, BlockItem, Device, IntoParallel, Item, Mapped, MappedMut, Offload, Own, OwnChunk, Parallel,
        Plain, Valued, Written, atomic, each, each_chunk, out,
    };
}

/// Whether this program was built with Outboard's plugin. Without it, everything runs on the CPU.
///
/// ```
/// if !outboard::built_with_plugin() {
///     assert!(outboard::Device::all().is_empty());
/// }
/// ```
pub fn built_with_plugin() -> bool {
    cfg!(outboard)
}

/// The code of docs/crate.md, tested.
#[cfg(doctest)]
#[doc = include_str!("../../docs/crate.md")]
mod guide {}
