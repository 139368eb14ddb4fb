//! A summary and bitcode in, a record out.

use crate::error::Error;
use crate::layout::{ALIGNMENT, HEADER_SIZE, Header, MAGIC, VERSION, checksum};
use crate::summary::Summary;
use std::io::Write as _;
use zerocopy::IntoBytes as _;

/// zstd's default: harder levels cost more of every build than they save.
const LEVEL: i32 = 3;

/// The record of a codegen unit.
///
/// # Errors
/// The compressor fails, which only lack of memory should make it do.
pub fn encode(summary: &Summary, bitcode: &[u8]) -> Result<Vec<u8>, Error> {
    let text = serde_json::to_vec(summary).expect("a summary is plain data");
    let stored = compress(&text, bitcode).map_err(|source| Error::Compress { source })?;
    let total = (HEADER_SIZE + stored.len()).next_multiple_of(ALIGNMENT);
    let header = Header {
        magic: MAGIC,
        version: VERSION.into(),
        llvm_major: abi::LLVM_MAJOR.into(),
        total_size: (total as u64).into(),
        stored_size: (stored.len() as u64).into(),
        summary_size: (text.len() as u64).into(),
        bitcode_size: (bitcode.len() as u64).into(),
        launch_count: u32::try_from(summary.launches.len()).unwrap_or(u32::MAX).into(),
        reserved: 0.into(),
        checksum: checksum(&stored).into(),
    };
    let mut record = Vec::with_capacity(total);
    record.extend_from_slice(header.as_bytes());
    record.extend_from_slice(&stored);
    record.resize(total, 0);
    Ok(record)
}

fn compress(summary: &[u8], bitcode: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
    encoder.set_pledged_src_size(Some((summary.len() + bitcode.len()) as u64))?;
    encoder.write_all(summary)?;
    encoder.write_all(bitcode)?;
    encoder.finish()
}
