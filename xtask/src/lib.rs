//! What the project's commands share with its tests and benches: where the tools are, and what a bench prints.
//!
//! No LLVM in here or below it: `cargo xtask setup` runs on a machine that has none.

#![forbid(unsafe_code)]

pub mod record;

pub use prerequisites::tools;
