//! The object that keeps records in a Rust shared library: linkers drop the sections of objects that have them, and
//! crates that use the library need its generic and inline functions.

use crate::error::{Error, Result};
use crate::job::Section;
use abi::names::KEPT_RECORDS_SECTION;
use object::write::Object;
use object::{Architecture, BinaryFormat, Endianness, SectionKind};
use offload_records::ALIGNMENT;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Writes an object with all records of `sections` to `path`, for the library `output`. They take no memory when
/// it is loaded. Without sections it is an empty object.
///
/// # Errors
/// A file that can't be read or written.
pub fn write(sections: &[Section], path: &Path, output: &Path) -> Result<()> {
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    if !sections.is_empty() {
        let id = object.add_section(Vec::new(), KEPT_RECORDS_SECTION.into(), SectionKind::Other);
        for section in sections {
            object.append_section_data(id, &read(section)?, ALIGNMENT as u64);
        }
    }
    // Without it, the linker takes the stack of the library for executable.
    object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    let bytes = object.write().map_err(|source| Error::Keep { path: output.to_owned(), source })?;
    std::fs::write(path, bytes).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// The bytes of `section`.
///
/// # Errors
/// The file can't be read, or has changed.
pub fn read(section: &Section) -> Result<Vec<u8>> {
    let failed = |source| Error::Read { path: section.file.clone(), source };
    let file = File::open(&section.file).map_err(failed)?;
    // Of an object that was just looked at.
    let mut bytes = vec![0; usize::try_from(section.size).unwrap_or_default()];
    file.read_exact_at(&mut bytes, section.offset).map_err(failed)?;
    Ok(bytes)
}
