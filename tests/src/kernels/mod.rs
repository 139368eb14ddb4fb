//! The kernel suite of tests/cases/kernels: what each kernel is given, on which targets it works and which refuse
//! it, how it is compiled, linked and run, and what it computes on the host.

pub mod build;
pub mod case;
pub mod devices;
pub mod matrix;
pub mod memory;
pub mod table;
pub mod target;

pub use case::{Kernel, Slot, all};
pub use target::{TARGETS, Target};

use std::path::PathBuf;

/// The folder of the suite.
pub fn folder() -> PathBuf {
    crate::workspace().join("tests/cases/kernels")
}
