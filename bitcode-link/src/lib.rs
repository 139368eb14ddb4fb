//! Bitcode and IR in; one linked and internalized module out, or a relocatable object. Knows LLVM, not offloading.

mod bitstream;
mod identify;
mod input;
mod origin;
mod source;
mod summary;

mod composite;
mod internalize;
mod library;
mod llvm_program;
mod needs;
mod toolchain;

pub mod cache;
mod error;
mod file_error;
pub mod inlining;
pub mod jobs;
pub mod output;
pub mod relocatable;
pub mod thin;

pub use bitstream::Malformed;
pub use composite::Composite;
pub use error::{Error, Mismatch};
pub use file_error::FileError;
pub use identify::{Identity, Producer, Symbol, identify};
pub use input::{Bytes, Format, Input, Part, unknown_format};
pub use internalize::{drop_startup_code, internalize_except};
pub use library::{Library, Take};
pub use needs::{functions_from, undefined_from};
pub use origin::Origin;
pub use source::{ModuleSource, Warning};
pub use summary::{Definition, Summary, SymbolSummary};
pub use toolchain::{ToolchainError, rust_library, rust_library_files};

/// What the library's functions return.
pub type Result<T> = std::result::Result<T, Error>;
