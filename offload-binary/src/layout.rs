//! The container's structs as they lie on disk, little-endian, all three versions.
//!
//! Sources: llvm/Object/OffloadBinary.h of LLVM 22.1 for version 1; of LLVM main for version 2
//! (llvm/llvm-project#169425) and version 3 (llvm/llvm-project#222774, a draft when this was written).

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// First four bytes of every container.
pub const MAGIC: [u8; 4] = [0x10, 0xff, 0x10, 0xad];

/// One binary begins at a multiple of this, and so do its parts. Source: `OffloadBinary::getAlignment`.
pub const ALIGNMENT: u64 = 8;

/// The version that LLVM 22 reads and writes, and that we write.
pub(crate) const VERSION_1: u32 = 1;
/// The newest version that can be read. From version 2 on a binary has several entries and its strings
/// have a length; version 3 may have a compressed body.
pub(crate) const VERSION_3: u32 = 3;

/// `OffloadBinary::Header`, versions 1 and 2.
#[derive(Debug, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct Header {
    pub(crate) magic: [u8; 4],
    pub(crate) version: U32,
    /// Size in bytes of this binary, padding included.
    pub(crate) size: U64,
    pub(crate) entries_offset: U64,
    /// Version 1: size in bytes of the one entry. From version 2 on: number of entries.
    pub(crate) entry_size_or_count: U64,
}

/// What version 3 appends to [`Header`].
#[derive(Debug, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct HeaderTail3 {
    /// Size of the binary when its body is decompressed; 0 for a body that is not compressed.
    pub(crate) inflated_size: U64,
}

/// `OffloadBinary::Entry`: one image. Offsets count from the binary's first byte.
#[derive(Debug, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct Entry {
    pub(crate) image_kind: U16,
    pub(crate) offload_kind: U16,
    pub(crate) flags: U32,
    pub(crate) strings_offset: U64,
    pub(crate) string_count: U64,
    pub(crate) image_offset: U64,
    pub(crate) image_size: U64,
}

/// `OffloadBinary::StringEntry` of version 1: both strings end with NUL.
#[derive(Debug, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct StringEntry1 {
    pub(crate) key_offset: U64,
    pub(crate) value_offset: U64,
}

/// `OffloadBinary::StringEntry` from version 2 on: the value has a length and may hold NUL.
#[derive(Debug, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct StringEntry2 {
    pub(crate) key_offset: U64,
    pub(crate) value_offset: U64,
    pub(crate) value_size: U64,
}

const _: () = {
    assert!(size_of::<Header>() == 32);
    assert!(size_of::<HeaderTail3>() == 8);
    assert!(size_of::<Entry>() == 40);
    assert!(size_of::<StringEntry1>() == 16);
    assert!(size_of::<StringEntry2>() == 24);
};
