//! What a machine needs: Debian's packages and NVIDIA's and Intel's from PyPI, LLVM and Rust where they are, and
//! installing what is missing. `cargo outboard` looks with it for users, `cargo xtask` for developers.
//!
//! No LLVM in here or below it: it runs on machines that have none yet.

#![forbid(unsafe_code)]

pub mod apt;
pub mod command;
pub mod error;
pub mod packages;
pub mod tools;
pub mod wheels;

pub use error::{Error, Result};
