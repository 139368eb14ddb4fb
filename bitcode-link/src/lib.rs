//! Bitcode and IR in, one linked and internalized module out. Knows LLVM, not offloading.

pub mod cache;
mod error;
mod input;
mod internalize;
pub mod jobs;
mod link;

pub use error::Error;
pub use input::{Format, Input};
pub use internalize::{drop_startup_code, internalize_except};
pub use link::link;

/// What the library's functions return.
pub type Result<T> = std::result::Result<T, Error>;
