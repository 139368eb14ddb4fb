//! Facts that somebody else fixes: LLVM 22.1's offloading structs and names, libomptarget 22.1.8's
//! entry points and flags, and our own launch contract and device markers.
//!
//! Nothing here depends on LLVM, and nothing here has logic beyond naming, packing and printing a fact.
//! Moving to another LLVM starts with a review of this crate.

#![forbid(unsafe_code)]

pub mod entry_points;
pub mod host_structs;
pub mod kinds;
pub mod launch;
pub mod map_flags;
pub mod markers;
pub mod mirror;
pub mod names;
pub mod panics;
pub mod reports;

pub use launch::LaunchOptions;
pub use map_flags::MapFlags;

/// The one LLVM major version that the workspace is built for.
pub const LLVM_MAJOR: u32 = 22;

/// `KernelArgs::version`: the launch environment is the kernel's first parameter, and all three
/// dimensions of the geometry are kept.
///
/// Source: `KernelArgsTy`, offload/include/Shared/APITypes.h (LLVM 22.1). Version 4 moves the launch
/// environment to the end and is not understood by libomptarget 22.
pub const KERNEL_ARGS_VERSION: u32 = 3;

/// `OffloadEntry::version`. Source: `llvm::offloading::EntryTy`, llvm/Frontend/Offloading/Utility.h (LLVM 22.1).
pub const OFFLOAD_ENTRY_VERSION: u16 = 1;

/// The bit of `KernelArgs::flags` that asks for an asynchronous launch.
///
/// Source: `KernelArgsTy::Flags.NoWait`, offload/include/Shared/APITypes.h (LLVM 22.1).
pub const KERNEL_ARGS_NO_WAIT: u64 = 1;

/// `Ident::flags`: `KMP_IDENT_KMPC`. Source: `IdentFlag`, llvm/Frontend/OpenMP/OMPConstants.h (LLVM 22.1).
pub const IDENT_FLAGS: u32 = 2;

/// The priority of the constructor that registers images: before ordinary (65535) constructors, so
/// that these can launch. Source: `createRegisterFunction`, llvm/Frontend/Offloading/OffloadWrapper.cpp.
pub const REGISTRATION_PRIORITY: u32 = 101;
