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
use offload_records::{ALIGNMENT, HEADER_SIZE, MAGIC, records};
use std::fs::File;
use std::path::{Path, PathBuf};

const ELF_MAGIC: &[u8] = b"\x7fELF";
const ARCHIVE_MAGIC: &[u8] = b"!<arch>\n";
const BITCODE_MAGICS: [&[u8]; 2] = [b"BC\xc0\xde", b"\xde\xc0\x17\x0b"];

/// Where compilers embed bitcode: rustc's `-C embed-bitcode` and clang's `-fembed-bitcode`, of which a mark of one byte
/// says that there is none. Source: `embedBitcodeInModule`, llvm/lib/Bitcode/Writer/BitcodeWriter.cpp (LLVM 22.1).
const EMBEDDED_SECTION: &str = ".llvmbc";

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
        if let Some(section) = records_at_end(header, endian, bytes) {
            return self.add_records(place, bytes, section.file_range(endian), false);
        }
        let sections = header.section_headers(endian, bytes).map_err(unreadable)?;
        let names = header.shstrndx(endian, bytes).ok().and_then(|index| sections.get(index as usize));
        let names = names.and_then(|names| names.data(endian, bytes).ok()).unwrap_or_default();
        let name = |section: &Section64| {
            let rest = names.get(section.sh_name(endian) as usize..).unwrap_or_default();
            rest.split(|byte| *byte == 0).next().unwrap_or_default()
        };
        let wanted = if kept { KEPT_RECORDS_SECTION } else { RECORDS_SECTION };
        let mut of_records = sections.iter().filter(|section| name(section) == wanted.as_bytes()).peekable();
        if kept || of_records.peek().is_some() {
            return of_records
                .try_for_each(|section| self.add_records(place, bytes, section.file_range(endian), kept));
        }
        let mut others = sections.iter();
        let is_bitcode =
            others.any(|section| name(section) == EMBEDDED_SECTION.as_bytes() && section.sh_size(endian) > 1);
        let symbols = sections.iter().find(|section| section.sh_type(endian) == SHT_SYMTAB);
        let names = symbols.and_then(|symbols| sections.get(symbols.sh_link(endian) as usize));
        let names = names.and_then(|names| names.data(endian, bytes).ok()).unwrap_or_default();
        match launched_kernel(names) {
            Some(kernel) => return Err(Error::NoRecord { place: place.to_string(), kernel }),
            None if is_bitcode => note(&mut self.embedded, place.path),
            None => {}
        }
        Ok(())
    }

    /// Notes the records of a section. Those that are `kept` are a shared library's, which launches by itself.
    fn add_records<'data>(
        &mut self,
        place: &Place<'_>,
        bytes: impl ReadRef<'data>,
        range: Option<(u64, u64)>,
        kept: bool,
    ) -> Result<()> {
        let (offset, size) = range.unwrap_or_default();
        let launches = count_launches(bytes, offset, size)
            .map_err(|source| Error::Record { place: place.to_string(), source })?;
        self.launches += if kept { 0 } else { launches };
        let (file, member) = (place.path.to_owned(), place.member.clone());
        self.sections.push(Section { file, member, offset: place.start + offset, size, kept });
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

/// The section of records of an object that LLVM has written itself, if it is among the last: there is one at most, and
/// it is known by what it has, so that headers and names of sections aren't read, of which each function has some.
///
/// Source: `ELFWriter::writeObject`, llvm/lib/MC/ELFObjectWriter.cpp (LLVM 22.1): the names are the first section, and
/// data stands behind the functions.
fn records_at_end<'data>(
    header: &FileHeader64<Endianness>,
    endian: Endianness,
    bytes: impl ReadRef<'data>,
) -> Option<&'data Section64> {
    let count = u64::from(header.e_shnum(endian));
    let of_llvm = header.e_type(endian) == ET_REL && header.e_shstrndx(endian) == SymbolSection(1);
    if !of_llvm || usize::from(header.e_shentsize(endian)) != size_of::<Section64>() {
        return None;
    }
    let first = count.saturating_sub(LAST_SECTIONS);
    let start = header.e_shoff(endian).checked_add(first * size_of::<Section64>() as u64)?;
    let last = bytes.read_slice_at::<Section64>(start, (count - first) as usize).ok()?;
    last.iter().find(|section| {
        let excluded = section.sh_flags(endian).contains(SHF_EXCLUDE);
        let (offset, size) = section.file_range(endian).unwrap_or_default();
        let is_long = excluded && size >= HEADER_SIZE as u64;
        // All of the header, which is read anyway.
        is_long
            && bytes.read_bytes_at(offset, HEADER_SIZE as u64).is_ok_and(|start| start.starts_with(&MAGIC))
    })
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
