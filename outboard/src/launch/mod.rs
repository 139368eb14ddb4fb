//! Everything between a launch and the code that runs: the crate's only unsafe code.

pub(crate) mod arguments;
pub(crate) mod atomics;
#[cfg_attr(miri, path = "block_threads.rs")]
mod block_team;
pub(crate) mod buffers;
pub(crate) mod capture;
#[cfg(outboard)]
mod capture_checked;
mod contract;
pub(crate) mod elements;
mod fallback;
mod host_markers;
pub(crate) mod item;
pub(crate) mod kernel;
pub(crate) mod mappings;
mod markers;
mod offer;
mod panics;
pub(crate) mod plain;
pub(crate) mod printing;
mod program;
mod reports;
mod resident;
mod run;
mod runtime;
mod shapes;
pub(crate) mod unsafe_slice;
pub(crate) mod views;
pub(crate) mod writable;
pub(crate) mod write_only;

pub(crate) use offer::{device_number, known_devices};
pub(crate) use program::{Ask, Devices, ask, images};
pub use run::Shared;
pub(crate) use run::{describe_blocks, describe_over, run_blocks, run_over};
pub(crate) use write_only::collect;
