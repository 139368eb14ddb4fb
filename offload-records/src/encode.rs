//! A summary and bitcode in, a record out.

use crate::error::Error;
use crate::layout::{ALIGNMENT, HEADER_SIZE, Header, MAGIC, VERSION, checksum};
use crate::summary::Summary;
use crate::{dictionary, summary_bytes};
use std::io::Write as _;
use zerocopy::IntoBytes as _;

/// The record of a codegen unit.
///
/// # Errors
/// The compressor fails, which only lack of memory should make it do.
pub fn encode(summary: &Summary, bitcode: &[u8]) -> Result<Vec<u8>, Error> {
    let names = summary_bytes::names(summary);
    // Half of bitcode without debug info is names: the summary has them already.
    let cut_at = memchr::memmem::rfind(bitcode, &names).filter(|_| !names.is_empty());
    let text = summary_bytes::write(summary, &names, cut_at);
    let (front, back) = bitcode.split_at(cut_at.unwrap_or(bitcode.len()));
    let back = if cut_at.is_some() { &back[names.len()..] } else { back };
    let stored = compress(&[&text, front, back]).map_err(|source| Error::Compress { source })?;
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
        dictionary: dictionary::NUMBER.into(),
        checksum: checksum(&stored).into(),
    };
    let mut record = Vec::with_capacity(total);
    record.extend_from_slice(header.as_bytes());
    record.extend_from_slice(&stored);
    record.resize(total, 0);
    Ok(record)
}

fn compress(parts: &[&[u8]]) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::with_prepared_dictionary(Vec::new(), &dictionary::ENCODER)?;
    encoder.set_pledged_src_size(Some(parts.iter().map(|part| part.len() as u64).sum()))?;
    for part in parts {
        encoder.write_all(part)?;
    }
    encoder.finish()
}
