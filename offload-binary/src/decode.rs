//! Bytes to images: a container file of versions 1 to 3, several of them one behind the other, or the
//! `.llvm.offloading` and `.outboard.images` sections of an ELF file. Every offset is checked before it is followed.

use crate::error::DecodeError;
use crate::image::Image;
use crate::layout::{
    ALIGNMENT, Entry, Header, HeaderTail3, MAGIC, StringEntry1, StringEntry2, VERSION_1, VERSION_3,
};
use abi::kinds::{ImageKind, OffloadKind};
use abi::names::IMAGES_SECTION;
use object::elf;
use object::read::elf::{FileHeader as _, SectionHeader as _};
use std::collections::BTreeSet;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

/// Source: `SHT_LLVM_OFFLOADING`, llvm/BinaryFormat/ELF.h (LLVM 22.1).
const SHT_LLVM_OFFLOADING: elf::SectionType = elf::SectionType(0x6fff_4c0b);

/// Tail merging lets strings share bytes, so they may come to more than the binary; far more is an attack.
const STRINGS_LIMIT_FACTOR: u64 = 16;

/// Reads all images of a container, or of an ELF file that has containers embedded.
pub fn decode(bytes: &[u8]) -> Result<Vec<Image>, DecodeError> {
    if !bytes.starts_with(&elf::ELFMAG) {
        return decode_binaries(bytes);
    }
    let header = elf::FileHeader64::<object::Endianness>::parse(bytes).map_err(DecodeError::Elf)?;
    let endian = header.endian().map_err(DecodeError::Elf)?;
    let sections = header.sections(endian, bytes).map_err(DecodeError::Elf)?;
    let mut images = Vec::new();
    let mut found = false;
    let has_images = |section: &&elf::SectionHeader64<object::Endianness>| {
        section.sh_type(endian) == SHT_LLVM_OFFLOADING
            || sections.section_name(endian, *section).is_ok_and(|name| name == IMAGES_SECTION.as_bytes())
    };
    for section in sections.iter().filter(has_images) {
        found = true;
        images.append(&mut decode_binaries(section.data(endian, bytes).map_err(DecodeError::Elf)?)?);
    }
    if found { Ok(images) } else { Err(DecodeError::NoSection) }
}

/// Reads binaries that lie one behind the other, each at a multiple of 8.
fn decode_binaries(bytes: &[u8]) -> Result<Vec<Image>, DecodeError> {
    let mut images = Vec::new();
    let mut offset = 0;
    loop {
        let rest = &bytes[offset..];
        let size = decode_binary(offset as u64, rest, &mut images)?;
        // `size` is at most the rest, so neither the sum nor the rounding can overflow.
        offset = (offset + size).next_multiple_of(ALIGNMENT as usize);
        if offset >= bytes.len() {
            return Ok(images);
        }
    }
}

/// Reads the binary at the start of `rest` and returns its size.
fn decode_binary(offset: u64, rest: &[u8], images: &mut Vec<Image>) -> Result<usize, DecodeError> {
    let magic = &rest[..rest.len().min(MAGIC.len())];
    if magic != MAGIC {
        return Err(DecodeError::BadMagic { offset, found: magic.to_owned() });
    }
    let has = rest.len() as u64;
    let truncated = |what, needs| DecodeError::Truncated { offset, what, needs, has };
    let (header, tail) = Header::ref_from_prefix(rest)
        .map_err(|_| truncated("its header takes", size_of::<Header>() as u64))?;
    let (version, size) = (header.version.get(), header.size.get());
    if !(VERSION_1..=VERSION_3).contains(&version) {
        return Err(DecodeError::UnsupportedVersion { offset, version });
    }
    if size > has {
        return Err(truncated("its header says", size));
    }
    // `size` is at most the rest's length.
    let binary = Binary { offset, bytes: &rest[..size as usize] };
    if version == VERSION_3 {
        let (tail, _) = HeaderTail3::ref_from_prefix(tail).map_err(|_| {
            truncated("its header takes", (size_of::<Header>() + size_of::<HeaderTail3>()) as u64)
        })?;
        if tail.inflated_size != 0 {
            return Err(DecodeError::Compressed { offset, size, inflated: tail.inflated_size.get() });
        }
    }
    let entries: &[Entry] = match version {
        VERSION_1 if header.entry_size_or_count.get() != size_of::<Entry>() as u64 => {
            return Err(DecodeError::EntrySize { offset, size: header.entry_size_or_count.get() });
        }
        VERSION_1 => binary.array("the entry", header.entries_offset.get(), 1)?,
        _ => {
            binary.array("the entry table", header.entries_offset.get(), header.entry_size_or_count.get())?
        }
    };
    let mut parts = vec![
        Part { what: "the header", at: 0, size: header_size(version) },
        Part { what: "the entry table", at: header.entries_offset.get(), size: size_of_val(entries) as u64 },
    ];
    let mut budget = size.saturating_mul(STRINGS_LIMIT_FACTOR);
    for entry in entries {
        images.push(binary.image(version, entry, &mut parts, &mut budget)?);
    }
    binary.check_overlaps(parts)?;
    Ok(size as usize)
}

fn header_size(version: u32) -> u64 {
    let tail = if version == VERSION_3 { size_of::<HeaderTail3>() } else { 0 };
    (size_of::<Header>() + tail) as u64
}

/// A range of a binary that nothing else may use.
struct Part {
    what: &'static str,
    at: u64,
    size: u64,
}

/// One binary, and where it is in the input.
struct Binary<'a> {
    offset: u64,
    bytes: &'a [u8],
}

impl<'a> Binary<'a> {
    fn image(
        &self,
        version: u32,
        entry: &Entry,
        parts: &mut Vec<Part>,
        budget: &mut u64,
    ) -> Result<Image, DecodeError> {
        let (at, count) = (entry.strings_offset.get(), entry.string_count.get());
        let (strings, entry_size) = if version == VERSION_1 {
            (self.strings_1(at, count, budget)?, size_of::<StringEntry1>())
        } else {
            (self.strings_2(at, count, budget)?, size_of::<StringEntry2>())
        };
        self.check_keys(&strings)?;
        parts.push(Part { what: "the string map", at, size: count * entry_size as u64 });
        let (at, size) = (entry.image_offset.get(), entry.image_size.get());
        let bytes = self.range("the image", at, size)?.to_owned();
        // From version 2 on, LLVM packs the images of a binary without padding between them.
        if version == VERSION_1 {
            self.check_aligned("the image", at)?;
        }
        parts.push(Part { what: "the image", at, size });
        Ok(Image {
            kind: ImageKind(entry.image_kind.get()),
            offload_kind: OffloadKind(entry.offload_kind.get()),
            flags: entry.flags.get(),
            strings,
            bytes,
        })
    }

    fn strings_1(&self, at: u64, count: u64, budget: &mut u64) -> Result<Vec<(String, String)>, DecodeError> {
        let entries: &[StringEntry1] = self.array("the string map", at, count)?;
        let mut strings = Vec::new();
        for entry in entries {
            let key = self.text("the key", entry.key_offset.get(), None, budget)?;
            let value = self.text("the value", entry.value_offset.get(), None, budget)?;
            strings.push((key, value));
        }
        Ok(strings)
    }

    fn strings_2(&self, at: u64, count: u64, budget: &mut u64) -> Result<Vec<(String, String)>, DecodeError> {
        let entries: &[StringEntry2] = self.array("the string map", at, count)?;
        let mut strings = Vec::new();
        for entry in entries {
            let key = self.text("the key", entry.key_offset.get(), None, budget)?;
            let size = Some(entry.value_size.get());
            let value = self.text("the value", entry.value_offset.get(), size, budget)?;
            strings.push((key, value));
        }
        Ok(strings)
    }

    fn check_keys(&self, strings: &[(String, String)]) -> Result<(), DecodeError> {
        let mut seen = BTreeSet::new();
        match strings.iter().find(|(key, _)| !seen.insert(key.as_str())) {
            Some((key, _)) => Err(DecodeError::DuplicateKey { offset: self.offset, key: key.clone() }),
            None => Ok(()),
        }
    }

    /// The string at `at`: `size` bytes, or up to the NUL.
    fn text(
        &self,
        what: &'static str,
        at: u64,
        size: Option<u64>,
        budget: &mut u64,
    ) -> Result<String, DecodeError> {
        let bytes = match size {
            Some(size) => self.range(what, at, size)?,
            None => {
                let tail = self.range(what, at, 0).map(|_| &self.bytes[at as usize..])?;
                let end = tail.iter().position(|byte| *byte == 0);
                &tail[..end.ok_or(DecodeError::Unterminated { offset: self.offset, what, at })?]
            }
        };
        *budget = budget.checked_sub(bytes.len() as u64 + 1).ok_or(DecodeError::StringsTooLong {
            offset: self.offset,
            limit: self.bytes.len() as u64 * STRINGS_LIMIT_FACTOR,
            size: self.bytes.len() as u64,
        })?;
        let text = str::from_utf8(bytes);
        Ok(text.map_err(|_| DecodeError::NotUtf8 { offset: self.offset, what, at })?.to_owned())
    }

    /// `count` structs at `at`, which must be a multiple of 8.
    fn array<T>(&self, what: &'static str, at: u64, count: u64) -> Result<&'a [T], DecodeError>
    where
        T: FromBytes + Immutable + KnownLayout + Unaligned,
    {
        let size = count.saturating_mul(size_of::<T>() as u64);
        let bytes = self.range(what, at, size)?;
        self.check_aligned(what, at)?;
        Ok(<[T]>::ref_from_bytes(bytes).expect("the range is a whole number of structs without alignment"))
    }

    fn range(&self, what: &'static str, at: u64, size: u64) -> Result<&'a [u8], DecodeError> {
        let limit = self.bytes.len() as u64;
        match at.checked_add(size) {
            // Both ends are at most the length of a slice.
            Some(end) if end <= limit => Ok(&self.bytes[at as usize..end as usize]),
            _ => Err(DecodeError::OutOfBounds { offset: self.offset, what, at, size, limit }),
        }
    }

    fn check_aligned(&self, what: &'static str, at: u64) -> Result<(), DecodeError> {
        if at.is_multiple_of(ALIGNMENT) {
            Ok(())
        } else {
            Err(DecodeError::Misaligned { offset: self.offset, what, at })
        }
    }

    fn check_overlaps(&self, mut parts: Vec<Part>) -> Result<(), DecodeError> {
        parts.retain(|part| part.size != 0);
        parts.sort_by_key(|part| part.at);
        for pair in parts.windows(2) {
            let [first, second] = pair else { continue };
            if second.at < first.at + first.size {
                return Err(DecodeError::Overlap {
                    offset: self.offset,
                    first: first.what,
                    first_at: first.at,
                    first_size: first.size,
                    second: second.what,
                    second_at: second.at,
                });
            }
        }
        Ok(())
    }
}
