//! Input files: what they are, by content and never by suffix, and the parts in them.

use crate::Result;
use crate::cache::KeyBuilder;
use crate::error::Error;
use crate::file_error::FileError;
use crate::identify::{RAW_MAGIC, WRAPPER_MAGIC};
use crate::origin::Origin;
use object::read::archive::{ArchiveFile, ArchiveMember};
use object::{Object as _, ObjectSection as _};
use std::fmt;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

/// What an input or a part of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// LLVM bitcode, raw or in the wrapper that Darwin uses.
    Bitcode,
    /// LLVM IR as text.
    IrText,
    /// An ELF file.
    Elf,
    /// An `ar` archive, thin or not.
    Archive,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bitcode => "bitcode",
            Self::IrText => "IR text",
            Self::Elf => "an ELF file",
            Self::Archive => "an archive",
        })
    }
}

/// First bytes of an archive that names its members' files instead of having their bytes.
const THIN_MAGIC: &[u8] = b"!<thin>\n";

/// First bytes of the formats that have some.
///
/// Source: `identify_magic`, llvm/BinaryFormat/Magic.cpp (LLVM 22.1).
const MAGICS: [(&[u8], Format); 5] = [
    (RAW_MAGIC, Format::Bitcode),
    (WRAPPER_MAGIC, Format::Bitcode),
    (b"\x7fELF", Format::Elf),
    (b"!<arch>\n", Format::Archive),
    (THIN_MAGIC, Format::Archive),
];

/// Sections in which compilers put bitcode: `-fembed-bitcode` and rustc, `-ffat-lto-objects`.
const BITCODE_SECTIONS: [&str; 2] = [".llvmbc", ".llvm.lto"];

/// What rustc keeps for itself in an `.rlib`.
const RUST_METADATA: &str = "lib.rmeta";

/// Archives in archives go no deeper than anybody means them to.
const DEEPEST: usize = 4;

impl Format {
    /// What `bytes` are, if that can be told.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        let magic = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic));
        magic.map(|(_, format)| *format).or_else(|| looks_like_ir(bytes).then_some(Self::IrText))
    }
}

/// Whether `bytes` are text whose first line that says something begins like a top-level entity of IR.
fn looks_like_ir(bytes: &[u8]) -> bool {
    const FIRST_WORDS: [&str; 11] =
        ["source_filename", "target", "define", "declare", "module", "attributes", "@", "%", "!", "$", "^"];
    let Ok(text) = str::from_utf8(bytes) else {
        return false;
    };
    let mut lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty());
    match lines.find(|line| !line.starts_with(';')) {
        Some(line) => FIRST_WORDS.iter().any(|word| line.starts_with(word)),
        // Comments alone are an empty module; nothing at all is a mistake.
        None => !text.trim().is_empty(),
    }
}

/// Some bytes of a file that several may hold.
#[derive(Debug, Clone)]
pub struct Bytes {
    file: Arc<[u8]>,
    range: Range<usize>,
}

impl Bytes {
    /// Bytes of their own.
    pub fn new(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { file: bytes.into(), range }
    }

    /// Those of these bytes that are in `range`, as far as they reach.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let end = self.range.start.saturating_add(range.end).min(self.range.end);
        let start = self.range.start.saturating_add(range.start).min(end);
        Self { file: Arc::clone(&self.file), range: start..end }
    }

    /// Where in their file they start.
    pub(crate) fn offset(&self) -> usize {
        self.range.start
    }

    /// `part`, which lies in these bytes; a copy of it where it doesn't.
    fn of(&self, part: &[u8]) -> Self {
        let offset = (part.as_ptr() as usize).checked_sub(self.as_ptr() as usize);
        match offset {
            Some(start) if start + part.len() <= self.len() => self.slice(start..start + part.len()),
            _ => Self::new(part.to_owned()),
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.file[self.range.clone()]
    }
}

/// One input file in memory.
#[derive(Debug, Clone)]
pub struct Input {
    /// Where it came from.
    pub origin: Origin,
    /// Its content.
    pub bytes: Bytes,
}

/// A part of an input that is no archive.
#[derive(Debug, Clone)]
pub struct Part {
    /// The file, or the member.
    pub origin: Origin,
    /// What it is; nothing if that can't be told.
    pub format: Option<Format>,
    /// Its content.
    pub bytes: Bytes,
    /// The bitcode in it: itself, or sections of an object. Sections that were joined have several modules.
    pub bitcode: Vec<Bytes>,
    /// Whether it is a member of an archive: part of the link if something needs it, else not.
    pub is_member: bool,
}

impl Input {
    /// Reads `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(FileError::reading(path))?;
        Ok(Self { origin: Origin::file(path), bytes: Bytes::new(bytes) })
    }

    /// Adds all that the input consists of to a key: its bytes, and those of a thin archive's members.
    pub fn add_to_key(&self, key: &mut KeyBuilder) -> Result<()> {
        key.part("input", &self.bytes);
        if self.bytes.starts_with(THIN_MAGIC) {
            for part in self.parts()? {
                key.part("member", &part.bytes);
            }
        }
        Ok(())
    }

    /// The parts of the file: itself, or the members of an archive.
    pub fn parts(&self) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        add_parts(&self.origin, &self.bytes, 0, &mut parts)?;
        Ok(parts)
    }
}

/// That `origin` has a format which nothing here reads.
pub fn unknown_format(origin: &Origin, bytes: &[u8]) -> Error {
    Error::UnknownFormat { origin: origin.clone(), found: first_bytes(bytes) }
}

fn add_parts(origin: &Origin, bytes: &Bytes, depth: usize, parts: &mut Vec<Part>) -> Result<()> {
    let format = Format::detect(bytes);
    let bitcode = match format {
        Some(Format::Archive) => return add_members(origin, bytes, depth, parts),
        Some(Format::Bitcode) => vec![bytes.clone()],
        Some(Format::Elf) => sections(origin, bytes)?,
        Some(Format::IrText) | None => Vec::new(),
    };
    let part = Part { origin: origin.clone(), format, bytes: bytes.clone(), bitcode, is_member: depth > 0 };
    parts.push(part);
    Ok(())
}

fn add_members(origin: &Origin, bytes: &Bytes, depth: usize, parts: &mut Vec<Part>) -> Result<()> {
    let unreadable = |source| Error::Archive { origin: origin.clone(), source };
    if depth == DEEPEST {
        return Err(Error::NestedArchive { origin: origin.clone() });
    }
    let archive = ArchiveFile::parse(&**bytes).map_err(unreadable)?;
    let mut count = 0;
    for member in archive.members() {
        let member = member.map_err(unreadable)?;
        count += 1;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        if name == RUST_METADATA {
            continue;
        }
        let content = member_bytes(origin, bytes, &member, &name)?;
        add_parts(&origin.member(&name), &content, depth + 1, parts)?;
    }
    if count == 0 { Err(Error::EmptyArchive { origin: origin.clone() }) } else { Ok(()) }
}

fn member_bytes(origin: &Origin, bytes: &Bytes, member: &ArchiveMember<'_>, name: &str) -> Result<Bytes> {
    if member.is_thin() {
        // A thin archive has paths, relative to its own folder.
        let path = origin.file.parent().unwrap_or(Path::new("")).join(name);
        return Ok(Input::read(&path)?.bytes);
    }
    let content =
        member.data(&**bytes).map_err(|source| Error::Archive { origin: origin.member(name), source })?;
    Ok(bytes.of(content))
}

/// The sections of an object that hold bitcode. A section of zeros is the mark that there is none.
fn sections(origin: &Origin, bytes: &Bytes) -> Result<Vec<Bytes>> {
    let unreadable = |source| Error::Object { origin: origin.clone(), source };
    let file = object::File::parse(&**bytes).map_err(unreadable)?;
    let mut found = Vec::new();
    for section in file.sections() {
        let name = section.name_bytes().map_err(unreadable)?;
        if BITCODE_SECTIONS.iter().any(|known| known.as_bytes() == name) {
            let content = section.uncompressed_data().map_err(unreadable)?;
            if content.iter().any(|byte| *byte != 0) {
                found.push(bytes.of(&content));
            }
        }
    }
    Ok(found)
}

fn first_bytes(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "it is empty".to_owned();
    }
    let hex: Vec<_> = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("it starts with {}", hex.join(" "))
}
