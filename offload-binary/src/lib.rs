//! LLVM's OffloadBinary container: bytes to images and back, without LLVM.
//!
//! [`decode`] reads any bytes without panicking, [`encode`] writes what llvm-offload-binary 22 writes,
//! [`check_container`] tells whether a set of images can be registered together.

#![forbid(unsafe_code)]

mod container;
mod decode;
mod encode;
mod entry_points;
mod error;
mod image;
mod kernels;
mod layout;
mod string_table;

pub(crate) use container::architecture_names;
pub use container::{KNOWN_ARCHITECTURES, architecture, check_container, check_machine, ids_clash};
pub use decode::decode;
pub use encode::{encode, encode_with_places};
pub use error::{ContainerError, DecodeError, EncodeError, KernelsError};
pub use image::Image;
pub use kernels::{KernelList, KernelSignature, Slot};
pub use layout::{ALIGNMENT, MAGIC};
