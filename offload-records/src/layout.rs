//! The header of a record as it lies on disk, little-endian. Behind it stands one zstd frame: the summary, whose
//! end are the symbols' names (`summary_bytes`), then the bitcode without these names.

use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// First bytes of every record.
pub const MAGIC: [u8; 8] = *b"OBRECORD";

/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 2;

/// A record begins and ends at a multiple of this.
pub const ALIGNMENT: usize = 16;

/// What stands at a record's start.
#[derive(Debug, Clone, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct Header {
    pub(crate) magic: [u8; 8],
    pub(crate) version: U32,
    /// Major version of the LLVM that wrote the bitcode.
    pub(crate) llvm_major: U32,
    /// Bytes of the record, header and padding included.
    pub(crate) total_size: U64,
    /// Bytes of the zstd frame.
    pub(crate) stored_size: U64,
    /// Bytes of the summary, decompressed.
    pub(crate) summary_size: U64,
    /// Bytes of the bitcode, decompressed and with its names.
    pub(crate) bitcode_size: U64,
    /// Number of launches: whoever looks for them alone need not decompress anything.
    pub(crate) launch_count: U32,
    /// The dictionary that the frame is compressed with (`dictionary`).
    pub(crate) dictionary: U32,
    /// FNV-1a of the frame, for damage that zstd would not see.
    pub(crate) checksum: U64,
}

/// Bytes of what stands at a record's start.
pub const HEADER_SIZE: usize = size_of::<Header>();

const _: () = assert!(HEADER_SIZE == 64 && HEADER_SIZE.is_multiple_of(ALIGNMENT));

/// Source: "FNV-1a algorithm", draft-eastlake-fnv, 64 bits.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    bytes.iter().fold(OFFSET_BASIS, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}
