//! Which files of a link carry records, and whether anything launches. No more of them is read than that takes.

use crate::command_line::is_of_system;
use crate::error::{Error, Result};
use crate::job::Section;
use crate::windowed_file::WindowedFile;
use abi::names::{KEPT_RECORDS_SECTION, RECORD, RECORDS_SECTION, REGION_PREFIX};
use object::elf::{ET_DYN, ET_REL, FileHeader64, SHF_EXCLUDE, SHT_SYMTAB, SectionHeader64, SymbolSection};
use object::read::archive::ArchiveFile;
use object::read::elf::{FileHeader as _, SectionHeader as _};
use object::{Endianness, ReadCache, ReadRef};
use offload_records::{ALIGNMENT, HEADER_SIZE, records};
use std::fs::File;
use std::path::{Path, PathBuf};

const ELF_MAGIC: &[u8] = b"\x7fELF";
const ARCHIVE_MAGIC: &[u8] = b"!<arch>\n";
const BITCODE_MAGICS: [&[u8]; 2] = [b"BC\xc0\xde", b"\xde\xc0\x17\x0b"];

/// Where compilers embed bitcode: rustc's `-C embed-bitcode` and clang's `-fembed-bitcode`, of which a mark of one byte
/// says that there is none. Source: `embedBitcodeInModule`, llvm/lib/Bitcode/Writer/BitcodeWriter.cpp (LLVM 22.1).
const EMBEDDED_SECTION: &str = ".llvmbc";

/// As much of a section's name as tells those that matter here from others.
const NAME_ROOM: u64 = 32;

/// How many sections are looked at for records first. Behind them stand those of debug info and symbols, about twenty.
const LAST_SECTIONS: u64 = 40;

type Section64 = SectionHeader64<Endianness>;

/// What rustc keeps for itself in an `.rlib`, and gives the linker of a library for others.
const RUST_METADATA: [&str; 2] = ["lib.rmeta", "rmeta.o"];

/// What the files of a link carry.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Sections of records, in the order of the files.
    pub sections: Vec<Section>,
    /// Files that are bitcode, or have members that are: LLVM has to look for their records.
    pub bitcode: Vec<PathBuf>,
    /// Files without records that have bitcode all the same, of their compiler's own making.
    pub embedded: Vec<PathBuf>,
    /// How many launches there are, those of shared libraries left out; of bitcode, how many modules launch.
    pub launches: u64,
    /// Whether a Rust library is made that other crates are linked with.
    pub makes_rust_library: bool,
}

/// Looks at `inputs`. Files that aren't there, or are something else, are the linker's affair.
///
/// # Errors
/// A damaged object or archive, records that can't be used, launches without a record.
pub fn scan(inputs: &[PathBuf]) -> Result<Scan> {
    let mut scan = Scan::default();
    for path in inputs {
        if path.file_name().is_some_and(|name| name == RUST_METADATA[1]) {
            scan.makes_rust_library = true;
        } else if !is_of_system(path) {
            scan.add_file(path)?;
        }
    }
    Ok(scan)
}

impl Scan {
    /// Whether there is anything to make images of.
    pub fn has_launches(&self) -> bool {
        self.launches > 0
    }

    fn add_file(&mut self, path: &Path) -> Result<()> {
        let Ok(file) = File::open(path) else { return Ok(()) };
        let Ok(file) = WindowedFile::new(file) else { return Ok(()) };
        let cache = ReadCache::new(file);
        let Ok(magic) = (&cache).read_bytes_at(0, ARCHIVE_MAGIC.len() as u64) else { return Ok(()) };
        let whole = Place { path, member: None, start: 0 };
        if magic.starts_with(ELF_MAGIC) {
            self.add_elf(&whole, &cache)
        } else if magic == ARCHIVE_MAGIC {
            self.add_archive(path, &cache)
        } else if is_bitcode(magic) {
            self.add_bitcode(path, &cache)
        } else {
            Ok(())
        }
    }

    fn add_archive(&mut self, path: &Path, cache: &ReadCache<WindowedFile>) -> Result<()> {
        let unreadable = |source| Error::Object { place: path.display().to_string(), source };
        let archive = ArchiveFile::parse(cache).map_err(unreadable)?;
        for member in archive.members() {
            let member = member.map_err(unreadable)?;
            let name = String::from_utf8_lossy(member.name()).into_owned();
            if RUST_METADATA.contains(&name.as_str()) || member.is_thin() {
                continue;
            }
            let (start, size) = member.file_range();
            let bytes = cache.range(start, size);
            let Ok(magic) = bytes.read_bytes_at(0, ELF_MAGIC.len() as u64) else { continue };
            if magic == ELF_MAGIC {
                self.add_elf(&Place { path, member: Some(name), start }, bytes)?;
            } else if is_bitcode(magic) {
                self.add_bitcode(path, bytes)?;
            }
        }
        Ok(())
    }

    fn add_elf<'data>(&mut self, place: &Place<'_>, bytes: impl ReadRef<'data>) -> Result<()> {
        let unreadable = |source| Error::Object { place: place.to_string(), source };
        let header = FileHeader64::<Endianness>::parse(bytes).map_err(unreadable)?;
        let endian = header.endian().map_err(unreadable)?;
        let kept = header.e_type(endian) == ET_DYN;
        if let Some((names, last)) = last_sections(header, endian, bytes) {
            let mut found = Found { place, bytes, names, table: None, records: false, bitcode: false };
            let excluded = |section: &&Section64| section.sh_flags(endian).contains(SHF_EXCLUDE);
            for section in last.iter().filter(excluded) {
                self.add_section(&mut found, section, endian, RECORDS_SECTION)?;
            }
            if found.records {
                return Ok(());
            }
        }
        let sections = header.section_headers(endian, bytes).map_err(unreadable)?;
        let names = header.shstrndx(endian, bytes).ok().and_then(|index| sections.get(index as usize));
        let names = names.and_then(|names| names.file_range(endian)).unwrap_or_default();
        let mut found = Found { place, bytes, names, table: None, records: false, bitcode: false };
        found.table = bytes.read_bytes_at(names.0, names.1).ok();
        let wanted = if kept { KEPT_RECORDS_SECTION } else { RECORDS_SECTION };
        for section in sections {
            self.add_section(&mut found, section, endian, wanted)?;
        }
        if found.records || kept {
            return Ok(());
        }
        let symbols = sections.iter().find(|section| section.sh_type(endian) == SHT_SYMTAB);
        let names = symbols.and_then(|symbols| sections.get(symbols.sh_link(endian) as usize));
        let names = names.and_then(|names| names.data(endian, bytes).ok()).unwrap_or_default();
        match launched_kernel(names) {
            Some(kernel) => return Err(Error::NoRecord { place: place.to_string(), kernel }),
            None if found.bitcode => note(&mut self.embedded, place.path),
            None => {}
        }
        Ok(())
    }

    /// Notes the records of `section`, if it is called `wanted`.
    fn add_section<'data>(
        &mut self,
        found: &mut Found<'_, 'data, impl ReadRef<'data>>,
        section: &Section64,
        endian: Endianness,
        wanted: &str,
    ) -> Result<()> {
        let name = found.name_from(section.sh_name(endian).into());
        let is_named =
            |wanted: &str| name.strip_prefix(wanted.as_bytes()).is_some_and(|rest| rest.first() == Some(&0));
        found.bitcode |= is_named(EMBEDDED_SECTION) && section.sh_size(endian) > 1;
        if !is_named(wanted) {
            return Ok(());
        }
        let (offset, size) = section.file_range(endian).unwrap_or_default();
        let kept = wanted == KEPT_RECORDS_SECTION;
        let launches = count_launches(found.bytes, offset, size)
            .map_err(|source| Error::Record { place: found.place.to_string(), source })?;
        self.launches += if kept { 0 } else { launches };
        found.records = true;
        let (file, member) = (found.place.path.to_owned(), found.place.member.clone());
        self.sections.push(Section { file, member, offset: found.place.start + offset, size, kept });
        Ok(())
    }

    /// Notes a file of bitcode that has a record.
    fn add_bitcode<'data>(&mut self, path: &Path, bytes: impl ReadRef<'data>) -> Result<()> {
        let whole = bytes.len().and_then(|size| bytes.read_bytes_at(0, size));
        let whole = whole.map_err(|()| Error::Read {
            path: path.to_owned(),
            source: std::io::ErrorKind::UnexpectedEof.into(),
        })?;
        self.launches += u64::from(contains(whole, REGION_PREFIX));
        note(if contains(whole, RECORD) { &mut self.bitcode } else { &mut self.embedded }, path);
        Ok(())
    }
}

/// Of an object that LLVM has written itself: where the names of its sections are, and its last sections. It has one of
/// each name, so that records are found without all its headers and names, of which a function has some each.
///
/// Source: `ELFWriter::writeObject`, llvm/lib/MC/ELFObjectWriter.cpp (LLVM 22.1): the names are the first section, and
/// data stands behind the functions.
fn last_sections<'data>(
    header: &FileHeader64<Endianness>,
    endian: Endianness,
    bytes: impl ReadRef<'data>,
) -> Option<((u64, u64), &'data [Section64])> {
    let count = u64::from(header.e_shnum(endian));
    let all = header.e_shoff(endian);
    let of_llvm = header.e_type(endian) == ET_REL && header.e_shstrndx(endian) == SymbolSection(1);
    if !of_llvm || count < 2 || usize::from(header.e_shentsize(endian)) != size_of::<Section64>() {
        return None;
    }
    let at = |index: u64| all.checked_add(index * size_of::<Section64>() as u64);
    let names = bytes.read_at::<Section64>(at(1)?).ok()?.file_range(endian)?;
    let first = count.saturating_sub(LAST_SECTIONS).max(1);
    let last = bytes.read_slice_at::<Section64>(at(first)?, (count - first) as usize).ok()?;
    Some((names, last))
}

/// What has been found in an object.
struct Found<'p, 'data, R> {
    place: &'p Place<'p>,
    bytes: R,
    /// Where the names of sections are, and how many bytes.
    names: (u64, u64),
    /// They themselves, once all are needed.
    table: Option<&'data [u8]>,
    records: bool,
    bitcode: bool,
}

impl<'data, R: ReadRef<'data>> Found<'_, 'data, R> {
    /// The names of sections, from the one that starts at `at`.
    fn name_from(&self, at: u64) -> &'data [u8] {
        let (start, longest) = self.names;
        match self.table {
            Some(table) => table.get(at as usize..).unwrap_or_default(),
            None => {
                let room = NAME_ROOM.min(longest.saturating_sub(at));
                self.bytes.read_bytes_at(start + at, room).unwrap_or_default()
            }
        }
    }
}

/// How many launches the records of a section list. Of each the header alone is read.
fn count_launches<'data>(
    bytes: impl ReadRef<'data>,
    start: u64,
    size: u64,
) -> std::result::Result<u64, offload_records::Error> {
    let (mut launches, mut at) = (0, 0);
    while at < size {
        let rest = size - at;
        let header = bytes.read_bytes_at(start + at, rest.min(HEADER_SIZE as u64)).unwrap_or_default();
        if header.iter().take(ALIGNMENT).all(|byte| *byte == 0) {
            // What linkers have filled up with zeros.
            let whole = bytes.read_bytes_at(start, size).unwrap_or_default();
            let counts = records(whole).map(|record| Ok(u64::from(record?.launch_count())));
            return counts.sum();
        }
        let head = offload_records::head(header, at as usize, rest as usize)?;
        launches += u64::from(head.launch_count);
        at += head.size as u64;
    }
    Ok(launches)
}

/// Adds `path`, the file that is looked at, once.
fn note(files: &mut Vec<PathBuf>, path: &Path) {
    if files.last().is_none_or(|last| last != path) {
        files.push(path.to_owned());
    }
}

/// A file, or a member and where it starts.
struct Place<'a> {
    path: &'a Path,
    member: Option<String>,
    start: u64,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.member.as_ref().map_or(Ok(()), |member| write!(f, "({member})"))
    }
}

fn is_bitcode(magic: &[u8]) -> bool {
    BITCODE_MAGICS.iter().any(|known| magic.starts_with(known))
}

/// The first kernel that a table of names refers to.
fn launched_kernel(names: &[u8]) -> Option<String> {
    let prefix = REGION_PREFIX.as_bytes();
    let start = memchr::memmem::find(names, prefix)? + prefix.len();
    let end = names[start..].iter().position(|byte| *byte == 0).map_or(names.len(), |length| start + length);
    let name = String::from_utf8_lossy(&names[start..end]).into_owned();
    Some(diagnostics::names::demangled(&name))
}

/// Names of bitcode stand in one table, as they are.
fn contains(bytes: &[u8], name: &str) -> bool {
    memchr::memmem::find(bytes, name.as_bytes()).is_some()
}
