//! The linker step without LLVM: what stands on the linker's command line, what the files there carry, and the
//! work that is left for the program with LLVM.

#![forbid(unsafe_code)]

pub mod command_line;
pub mod dep_info;
pub mod error;
pub mod job;
pub mod keep;
pub mod report;
pub mod response_file;
pub mod scan;
mod windowed_file;

pub use error::{Error, Result};
