//! The records of a link, read: one unit for each codegen unit of any crate.

use crate::error::Error;
use abi::names::RECORDS_SECTION;
use bitcode_link::{Input, ModuleSource};
use host_link::job::Job;
use host_link::keep;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::values::BasicValueEnum;
use offload_records::{Summary, records};
use std::path::{Path, PathBuf};

/// The records' bytes, by the file that they came from.
pub(crate) struct Sections(Vec<Section>);

struct Section {
    file: PathBuf,
    member: Option<String>,
    /// The file, or the member.
    place: String,
    bytes: Vec<u8>,
    /// Whether a shared library has them, whose launches are its own affair.
    kept: bool,
}

/// One codegen unit.
pub(crate) struct Unit<'a> {
    /// The file that has it.
    pub(crate) file: &'a Path,
    /// The member, if the file is an archive.
    pub(crate) member: Option<&'a str>,
    /// The file, or the member.
    pub(crate) place: &'a str,
    pub(crate) kept: bool,
    pub(crate) summary: Summary,
    record: offload_records::Record<'a>,
}

impl Sections {
    pub(crate) fn read(job: &Job) -> Result<Self, Error> {
        let mut sections = Vec::new();
        for section in &job.sections {
            sections.push(Section {
                file: section.file.clone(),
                member: section.member.clone(),
                place: section.to_string(),
                bytes: keep::read(section)?,
                kept: section.kept,
            });
        }
        for path in &job.bitcode {
            add_bitcode(path, &mut sections)?;
        }
        Ok(Self(sections))
    }

    /// All records, in the order of the command line.
    pub(crate) fn units(&self) -> Result<Vec<Unit<'_>>, Error> {
        let mut units = Vec::new();
        for Section { file, member, place, bytes, kept } in &self.0 {
            let damaged = |source| Error::Record { place: place.clone(), source };
            for record in records(bytes) {
                let record = record.map_err(damaged)?;
                let summary = record.summary().map_err(damaged)?;
                units.push(Unit { file, member: member.as_deref(), place, kept: *kept, summary, record });
            }
        }
        Ok(units)
    }
}

impl Unit<'_> {
    pub(crate) fn bitcode(&self) -> Result<Vec<u8>, Error> {
        let damaged = |source| Error::Record { place: self.place.to_owned(), source };
        Ok(self.record.unpack().map_err(damaged)?.1)
    }
}

/// The records of objects that are bitcode themselves: values of a variable, with nothing that could be read
/// without LLVM.
fn add_bitcode(path: &Path, sections: &mut Vec<Section>) -> Result<(), Error> {
    for part in Input::read(path)?.parts()? {
        for source in ModuleSource::of_part(&part)? {
            let context = Context::create();
            let module = source.parse(&&context)?;
            let is_record = |section: &std::ffi::CStr| section.to_bytes() == RECORDS_SECTION.as_bytes();
            for global in module.get_globals().filter(|global| global.get_section().is_some_and(is_record)) {
                let Some(BasicValueEnum::ArrayValue(array)) = global.get_initializer() else { continue };
                sections.push(Section {
                    file: path.to_owned(),
                    member: None,
                    place: source.origin.to_string(),
                    bytes: array.as_const_string().unwrap_or_default().to_vec(),
                    kept: false,
                });
            }
        }
    }
    Ok(())
}
