//! What the project's commands and its tests both need to know: where the tools are.
//!
//! No LLVM in here or below it: `cargo xtask setup` runs on a machine that has none.

#![forbid(unsafe_code)]

pub mod tools;
