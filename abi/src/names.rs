//! Names of sections, symbols and metadata that LLVM's offloading tools or our own stages agree on.

/// Section in which front ends put their entries for the linker to collect.
///
/// Source: `emitOffloadingEntry`, llvm/Frontend/Offloading/Utility.cpp (LLVM 22.1).
pub const ENTRIES_SECTION: &str = "llvm_offload_entries";

/// Section of the entries' name strings. Source: as [`ENTRIES_SECTION`].
pub const ENTRY_NAMES_SECTION: &str = ".llvm.rodata.offloading";

/// Prefix of every global of a registration; the container's content hash follows.
pub const REGISTRATION_PREFIX: &str = "__outboard_";

/// Key of an image's string data under which device-link records the image's kernels, as JSON.
pub const KERNELS_KEY: &str = "outboard.kernels";

/// Key of an image's string data under which device-link records what each kernel takes, as JSON.
pub const RESOURCES_KEY: &str = "outboard.resources";

/// Key of an image's string data for the optimized IR that its code was made of, where that is kept.
pub const IR_KEY: &str = "outboard.ir";

/// Key of an image's string data for the IR of its kernels as it was linked, before any rule and optimization.
pub const LINKED_IR_KEY: &str = "outboard.linked-ir";

/// Key of an image's string data for the PTX that a cubin was made of, where that is kept.
pub const PTX_KEY: &str = "outboard.ptx";

/// Key of an image's string data for its target triple. Source: `OffloadBinary::getTriple` (LLVM 22.1).
pub const TRIPLE_KEY: &str = "triple";

/// Key of an image's string data for its processor. Source: `OffloadBinary::getArch` (LLVM 22.1).
pub const ARCH_KEY: &str = "arch";

/// Module metadata that says which container a module has embedded.
pub const EMBEDDED_METADATA: &str = "outboard.embedded";

/// Section of an object with the records of its codegen unit: the bitcode before any optimisation.
pub const RECORDS_SECTION: &str = ".outboard.records";

/// Section of a Rust shared library with the records of the objects that it was made of: linkers drop
/// [`RECORDS_SECTION`] from what can be loaded.
pub const KEPT_RECORDS_SECTION: &str = ".outboard.keep";

/// Section of a program linked from records with its images, in their container: so they can be listed.
pub const IMAGES_SECTION: &str = ".outboard.images";

/// The variable of a module that has its record.
pub const RECORD: &str = "outboard.record";

/// Prefix of the variable that stands for a kernel in a program linked from records; the kernel follows. It
/// holds the address of the function that launches, and its own address is the kernel's key. Objects refer to
/// it weakly: where nobody defines it, the program has no image.
pub const REGION_PREFIX: &str = "__outboard_region.";

/// What registers the images of a program linked from records: the `__tgt_bin_desc`.
pub const PROGRAM_REGISTRATION: &str = "__outboard_program";

/// The function that launches, until it has opened the runtime.
pub const FIRST_LAUNCH: &str = "__outboard_first_launch";

/// The program's own [`RUNTIME_FUNCTION`](crate::launch::RUNTIME_FUNCTION).
pub const PROGRAM_RUNTIME_FUNCTION: &str = "__outboard_program_function";

/// The files that may be the runtime: NUL-terminated names, one after the other, and an empty one.
pub const RUNTIME_FILES: &str = "__outboard_runtime_files";

/// What the program says of its images: a NUL-terminated text with a line for each, of triple, processor and bytes,
/// with tabs between them.
pub const PROGRAM_IMAGES: &str = "__outboard_program_images";

/// Ident text of a launch without a source location: short enough for the runtime's inline string
/// buffer, with all the fields that it wants.
pub const SHORT_IDENT: &str = ";;;0;0;;";

/// The function that ends a program which would not look at the result of a launch that failed.
pub const CHECK_LAUNCH: &str = "__outboard_check_launch";

/// Prefix of the sizes of a kernel's arguments in what rustc's own offload emits; the kernel follows.
///
/// Source: compiler/rustc_codegen_llvm/src/builder/gpu_offload.rs (rustc 1.95 and 1.97).
pub const RUSTC_SIZES: &str = ".offload_sizes.";
/// Prefix of its map types; the kernel and one of the two below follow.
pub const RUSTC_MAP_TYPES: &str = ".offload_maptypes.";
/// Map types at the start of the data region around a launch.
pub const RUSTC_BEGIN: &str = ".begin";
/// Map types of the launch itself.
pub const RUSTC_KERNEL: &str = ".kernel";

/// The variable of an x86_64 image's threads that says where a kernel goes on which panics: the buffer of
/// `llvm.eh.sjlj.setjmp`, or null.
pub const WAY_OUT: &str = "__outboard_way_out";
