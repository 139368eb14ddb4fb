//! The structs that host code and libomptarget share, each written once.
//!
//! [`for_each_host_struct!`] hands the list to a consumer macro. [`crate::mirror`] makes `repr(C)`
//! structs of it; host-codegen makes typed IR structs of it. The grammar of the list is
//!
//! ```text
//! /// documentation, with the source of the layout
//! struct Name = "LLVM's type name" { /// documentation
//!     field: u16|u32|u64|Ptr|Dims, ... }
//! ```
//!
//! `Ptr` is an 8-byte address and `Dims` is `[u32; 3]`, x first.

/// Calls `$consumer!` once with the list of all host structs.
#[macro_export]
macro_rules! for_each_host_struct {
    ($consumer:ident) => {
        $consumer! {
            /// Where a runtime call comes from, for reports and profiles.
            ///
            /// Source: `ident_t`, llvm/Frontend/OpenMP/OMPKinds.def (LLVM 22.1).
            struct Ident = "struct.ident_t" {
                /// Always zero.
                reserved_1: u32,
                /// [`IDENT_FLAGS`](crate::IDENT_FLAGS).
                flags: u32,
                /// Always zero.
                reserved_2: u32,
                /// Length of `source` without its NUL.
                source_length: u32,
                /// `;file;function;line;column;;`. The runtime terminates on anything with fewer fields.
                source: Ptr,
            }

            /// One kernel or global that host and image both know.
            ///
            /// Source: `llvm::offloading::EntryTy`, llvm/Frontend/Offloading/Utility.h (LLVM 22.1).
            struct OffloadEntry = "struct.__tgt_offload_entry" {
                /// Always zero; anything else means the layout before LLVM 21.
                reserved: u64,
                /// [`OFFLOAD_ENTRY_VERSION`](crate::OFFLOAD_ENTRY_VERSION).
                version: u16,
                /// An [`OffloadKind`](crate::kinds::OffloadKind); libomptarget skips all but OpenMP.
                kind: u16,
                /// Zero for a kernel.
                flags: u32,
                /// The key of a kernel (its region id), or the address of a global.
                address: Ptr,
                /// NUL-terminated name that is looked up in the image.
                symbol_name: Ptr,
                /// Zero for a kernel, the size in bytes of a global.
                size: u64,
                /// Zero for a kernel.
                data: u64,
                /// Null for a kernel.
                aux_addr: Ptr,
            }

            /// One device image in this process.
            ///
            /// Source: `__tgt_device_image`, llvm/Frontend/Offloading/OffloadWrapper.cpp (LLVM 22.1).
            struct DeviceImage = "__tgt_device_image" {
                /// First byte of the image, which is a raw ELF file.
                image_start: Ptr,
                /// One past the last byte.
                image_end: Ptr,
                /// First [`OffloadEntry`](struct@OffloadEntry) of the image.
                entries_begin: Ptr,
                /// One past the last entry.
                entries_end: Ptr,
            }

            /// What is registered: all images of one container.
            ///
            /// Source: `__tgt_bin_desc`, llvm/Frontend/Offloading/OffloadWrapper.cpp (LLVM 22.1).
            struct BinDesc = "__tgt_bin_desc" {
                /// Number of elements of `device_images`.
                device_image_count: u32,
                /// Array of [`DeviceImage`](struct@DeviceImage).
                device_images: Ptr,
                /// First entry of the host's table.
                host_entries_begin: Ptr,
                /// One past the last entry.
                host_entries_end: Ptr,
            }

            /// The arguments of one launch. The runtime writes into it (`arg_count`, `teams`), so it
            /// belongs to one thread and is filled anew before every launch.
            ///
            /// Source: `__tgt_kernel_arguments`, llvm/Frontend/OpenMP/OMPKinds.def (LLVM 22.1).
            struct KernelArgs = "struct.__tgt_kernel_arguments" {
                /// [`KERNEL_ARGS_VERSION`](crate::KERNEL_ARGS_VERSION).
                version: u32,
                /// Length of the arrays below.
                arg_count: u32,
                /// Base address of each argument; the value itself for a LITERAL one.
                base_pointers: Ptr,
                /// First mapped byte of each argument; the value itself for a LITERAL one.
                pointers: Ptr,
                /// Bytes mapped by each argument, `i64` each.
                sizes: Ptr,
                /// [`MapFlags`](crate::MapFlags) of each argument, `i64` each.
                map_types: Ptr,
                /// `;name;file;line;column;;` of each argument, or null.
                names: Ptr,
                /// Custom mapper functions: null.
                mappers: Ptr,
                /// A hint for `teams distribute` loops: zero.
                trip_count: u64,
                /// [`KERNEL_ARGS_NO_WAIT`](crate::KERNEL_ARGS_NO_WAIT) or zero.
                flags: u64,
                /// Grid: number of blocks in x, y, z.
                teams: Dims,
                /// Block: number of threads in x, y, z.
                threads: Dims,
                /// Dynamic shared memory of a block, in bytes.
                dynamic_shared_bytes: u32,
            }
        }
    };
}
