//! LLVM pass plugins in Rust, for LLVM 22.
//!
//! The API is that of the `llvm-plugin` crate (`PassBuilder`, `LlvmModulePass`, `PreservedAnalyses`,
//! `PipelineParsing`), which stops at LLVM 18; code written for it reads the same here, and this crate is
//! meant to be used under that name. Beside it stands what a pass needs and inkwell lacks: diagnostics,
//! remarks, constructors, splitting blocks. It knows LLVM and nothing of offloading.
//!
//! All `unsafe` of a plugin is here. LLVM is never linked: the symbols come from the compiler that loads
//! the plugin, or from a program's own build script.

pub mod access_group;
pub mod address_space;
pub mod assembly;
pub mod atomic;
pub mod backend;
pub mod bitcode;
mod boundary;
pub mod clone;
pub mod collect;
pub mod constant;
pub mod control_flow;
pub mod debug_location;
pub mod diagnostic;
pub mod expand;
pub mod fatal;
mod ffi;
pub mod function;
pub mod global;
pub mod inlining;
pub mod instruction;
pub mod layout;
pub mod module;
mod pass;
mod plugin;
pub mod references;
pub mod thin_lto;

pub use inkwell;

pub use pass::{LlvmModulePass, ModuleAnalysisManager, ModulePassManager, PreservedAnalyses};
pub use plugin::{PassBuilder, PassPluginLibraryInfo, PipelineParsing, library_info};
