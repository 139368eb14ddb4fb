//! Images to bytes: version 1, one binary an image, one behind the other.

use crate::error::EncodeError;
use crate::image::Image;
use crate::layout::{ALIGNMENT, Entry, Header, MAGIC, StringEntry1, VERSION_1};
use crate::string_table::StringTable;
use std::ops::Range;
use zerocopy::IntoBytes as _;

/// Writes `images` as a container: the bytes that llvm-offload-binary 22 writes for the same images
/// with their strings in the same order.
pub fn encode(images: &[Image]) -> Result<Vec<u8>, EncodeError> {
    Ok(encode_with_places(images)?.0)
}

/// The same, and where in it the images' own bytes are.
///
/// # Errors
/// As [`encode`].
pub fn encode_with_places(images: &[Image]) -> Result<(Vec<u8>, Vec<Range<usize>>), EncodeError> {
    let mut out = Vec::new();
    let mut places = Vec::new();
    for (position, image) in images.iter().enumerate() {
        check_strings(position, image)?;
        places.push(encode_image(image, &mut out));
    }
    Ok((out, places))
}

fn check_strings(position: usize, image: &Image) -> Result<(), EncodeError> {
    for (index, (key, value)) in image.strings.iter().enumerate() {
        for (what, text) in [("key", key), ("value", value)] {
            if text.contains('\0') {
                return Err(EncodeError::NulInString { position, what, text: text.clone() });
            }
        }
        if image.strings[..index].iter().any(|(earlier, _)| earlier == key) {
            return Err(EncodeError::DuplicateKey { position, key: key.clone() });
        }
    }
    Ok(())
}

/// Header, entry, string entries, string table, image; image and end at multiples of 8. Where the image is.
fn encode_image(image: &Image, out: &mut Vec<u8>) -> Range<usize> {
    let table =
        StringTable::new(image.strings.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]));
    let strings_offset = size_of::<Header>() + size_of::<Entry>();
    let table_offset = strings_offset + image.strings.len() * size_of::<StringEntry1>();
    let image_offset = align(table_offset + table.bytes.len());
    let size = align(image_offset + image.bytes.len());
    let start = out.len();

    let header = Header {
        magic: MAGIC,
        version: VERSION_1.into(),
        size: (size as u64).into(),
        entries_offset: (size_of::<Header>() as u64).into(),
        entry_size_or_count: (size_of::<Entry>() as u64).into(),
    };
    let entry = Entry {
        image_kind: image.kind.0.into(),
        offload_kind: image.offload_kind.0.into(),
        flags: image.flags.into(),
        strings_offset: (strings_offset as u64).into(),
        string_count: (image.strings.len() as u64).into(),
        image_offset: (image_offset as u64).into(),
        image_size: (image.bytes.len() as u64).into(),
    };
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(entry.as_bytes());
    for (key, value) in &image.strings {
        let place = |text: &str| (table_offset as u64 + table.offset(text)).into();
        let entry = StringEntry1 { key_offset: place(key), value_offset: place(value) };
        out.extend_from_slice(entry.as_bytes());
    }
    out.extend_from_slice(&table.bytes);
    out.resize(start + image_offset, 0);
    out.extend_from_slice(&image.bytes);
    let place = start + image_offset..out.len();
    out.resize(start + size, 0);
    place
}

fn align(offset: usize) -> usize {
    offset.next_multiple_of(ALIGNMENT as usize)
}
