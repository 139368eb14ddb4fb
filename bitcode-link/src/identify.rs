//! What bitcode says about itself, read before LLVM sees a byte: who made it, for which machine, and
//! which symbols it defines and needs.

use crate::bitstream::{Block, Cursor, Malformed, Record};
use std::fmt;
use std::ops::Range;

type Result<T> = std::result::Result<T, Malformed>;

/// First bytes of bitcode.
pub(crate) const RAW_MAGIC: &[u8; 4] = b"BC\xc0\xde";
/// First bytes of bitcode in the wrapper that Darwin uses.
pub(crate) const WRAPPER_MAGIC: &[u8; 4] = b"\xde\xc0\x17\x0b";

/// Numbers of blocks and records.
///
/// Source: llvm/Bitcode/LLVMBitCodes.h (LLVM 22.1).
mod code {
    pub(super) const MODULE_BLOCK: u64 = 8;
    pub(super) const ATTRIBUTE_GROUP_BLOCK: u64 = 10;
    pub(super) const IDENTIFICATION_BLOCK: u64 = 13;
    pub(super) const STRTAB_BLOCK: u64 = 23;

    pub(super) const IDENTIFICATION_STRING: u64 = 1;
    pub(super) const IDENTIFICATION_EPOCH: u64 = 2;
    pub(super) const MODULE_VERSION: u64 = 1;
    pub(super) const MODULE_TRIPLE: u64 = 2;
    pub(super) const MODULE_DATALAYOUT: u64 = 3;
    pub(super) const MODULE_GLOBALVAR: u64 = 7;
    pub(super) const MODULE_FUNCTION: u64 = 8;
    pub(super) const MODULE_ALIAS: u64 = 14;
    pub(super) const MODULE_IFUNC: u64 = 18;
    pub(super) const ATTRIBUTE_GROUP: u64 = 3;
    pub(super) const STRTAB_BLOB: u64 = 1;
}

/// The version of the module format since which names stand in a string table (LLVM 5).
const VERSION_WITH_STRING_TABLE: u64 = 2;

/// Who made a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Producer {
    /// As it stands in the bitcode: `LLVM22.1.2-rust-1.95.0-stable`.
    pub text: String,
    /// The epoch of the format; LLVM has had only 0.
    pub epoch: u64,
}

impl Producer {
    /// Major and minor version of the LLVM that wrote it, if it says so.
    pub fn llvm_version(&self) -> Option<(u32, u32)> {
        let digits = self.text.strip_prefix("LLVM")?;
        let mut numbers = digits.split(|character: char| !character.is_ascii_digit());
        let major = numbers.next()?.parse().ok()?;
        Some((major, numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
    }

    /// The release of rustc, if it was rustc's LLVM: `1.95.0-stable`.
    pub fn rust_release(&self) -> Option<&str> {
        self.text.split_once("-rust-").map(|(_, release)| release)
    }
}

impl fmt::Display for Producer {
    /// `LLVM 22.1 (rust 1.95.0-stable)`, or the text as it stands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((major, minor)) = self.llvm_version() else { return write!(f, "`{}`", self.text) };
        write!(f, "LLVM {major}.{minor}")?;
        self.rust_release().map_or(Ok(()), |release| write!(f, " (rust {release})"))
    }
}

/// What a module has under a name that others can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// The name.
    pub name: String,
    /// Whether the module defines it.
    pub defined: bool,
}

/// What one module says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The bytes of the stream that it is in, as LLVM reads them.
    pub stream: Range<usize>,
    /// Its place among the modules of the stream.
    pub index: usize,
    /// Who made it; nothing where it doesn't say.
    pub producer: Option<Producer>,
    /// Its triple, empty where it names none.
    pub triple: String,
    /// Its data layout, empty where it has none.
    pub data_layout: String,
    /// The version of the module format.
    pub version: u64,
    /// The symbols that others can see, and those it needs.
    pub symbols: Vec<Symbol>,
}

impl Identity {
    /// Whether its symbols are known: before LLVM 5, names stood elsewhere.
    pub fn has_symbols(&self) -> bool {
        self.version >= VERSION_WITH_STRING_TABLE
    }
}

/// Identifies the modules of `bytes`: one stream, several one behind the other (as `ld -r` joins sections),
/// or one in a wrapper.
pub fn identify(bytes: &[u8]) -> Result<Vec<Identity>> {
    let range = unwrapped(bytes)?;
    let mut identities = Vec::new();
    let mut at = range.start;
    loop {
        at = identify_stream(&bytes[..range.end], at, &mut identities)?;
        if bytes[at..range.end].iter().all(|byte| *byte == 0) {
            break;
        }
    }
    if identities.is_empty() { Err(Malformed::NoModule) } else { Ok(identities) }
}

/// Where the bitcode is: everything, or what the wrapper says.
fn unwrapped(bytes: &[u8]) -> Result<Range<usize>> {
    const HEADER: usize = 20;
    if !bytes.starts_with(WRAPPER_MAGIC) {
        return Ok(0..bytes.len());
    }
    let field = |index: usize| {
        let field = bytes.get(index * 4..index * 4 + 4).and_then(|field| field.try_into().ok());
        field.map(u32::from_le_bytes).ok_or(Malformed::Truncated {
            what: "the wrapper's header",
            at: 0,
            needs: HEADER as u64,
            has: bytes.len() as u64,
        })
    };
    // Fields 2 and 3 are offset and size; field 4 is the last of the header.
    let (offset, size, _) = (field(2)?, field(3)?, field(4)?);
    let (start, needs) = (offset as usize, u64::from(offset) + u64::from(size));
    let has = bytes.len() as u64;
    if needs > has {
        return Err(Malformed::Truncated { what: "the wrapped bitcode", at: 0, needs, has });
    }
    if start < HEADER {
        return Err(Malformed::Structure { at: 8, what: "the wrapper's bitcode lies in its header" });
    }
    Ok(start..start + size as usize)
}

/// Identifies the modules of the stream at `start`, and returns where it ends.
fn identify_stream(bytes: &[u8], start: usize, identities: &mut Vec<Identity>) -> Result<usize> {
    let rest = &bytes[start..];
    if rest.len() < RAW_MAGIC.len() {
        let has = rest.len() as u64;
        return Err(Malformed::Truncated { what: "the magic", at: start as u64, needs: 4, has });
    }
    if !rest.starts_with(RAW_MAGIC) {
        return Err(Malformed::Garbage { at: start as u64 });
    }
    let mut cursor = Cursor::at(rest, RAW_MAGIC.len());
    let mut producer = None;
    let mut modules = Vec::new();
    // The string table stands behind the modules that it is for.
    let mut waiting: Vec<Parsed> = Vec::new();
    while !at_end(rest, cursor.byte() as usize) {
        let block = cursor.top_level_block()?;
        match block.id {
            code::IDENTIFICATION_BLOCK => producer = Some(identification(block)?),
            code::MODULE_BLOCK => waiting.push(module(block, producer.take())?),
            code::STRTAB_BLOCK => {
                let table = string_table(block)?;
                modules.extend(waiting.drain(..).map(|parsed| parsed.named(table)));
            }
            _ => {}
        }
    }
    modules.extend(waiting.drain(..).map(|parsed| parsed.named(&[])));
    let end = start + cursor.byte() as usize;
    identities.extend(modules.into_iter().enumerate().map(|(index, identity)| Identity {
        stream: start..end,
        index,
        ..identity
    }));
    Ok(end)
}

/// Whether the stream ends before `at`: nothing follows, or another stream, or padding that sections and
/// archives put behind it.
fn at_end(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    rest.starts_with(RAW_MAGIC) || rest.iter().all(|byte| *byte == 0)
}

fn identification(block: Block<'_>) -> Result<Producer> {
    let mut producer = Producer { text: String::new(), epoch: 0 };
    block.own_records(|record| match record.code {
        code::IDENTIFICATION_STRING => producer.text = record.text(),
        code::IDENTIFICATION_EPOCH => producer.epoch = record.operands.first().copied().unwrap_or(0),
        _ => {}
    })?;
    Ok(producer)
}

fn string_table<'a>(block: Block<'a>) -> Result<&'a [u8]> {
    let mut table: &'a [u8] = &[];
    block.own_records(|record| {
        if record.code == code::STRTAB_BLOB {
            table = record.blob;
        }
    })?;
    Ok(table)
}

/// A module whose names aren't known yet.
struct Parsed {
    identity: Identity,
    /// Offset and size in the string table, and whether it is defined.
    names: Vec<(u64, u64, bool)>,
}

impl Parsed {
    fn named(mut self, table: &[u8]) -> Identity {
        let name = |(offset, size, defined): &(u64, u64, bool)| {
            let (start, size) = (usize::try_from(*offset).ok()?, usize::try_from(*size).ok()?);
            let bytes = table.get(start..start.checked_add(size)?)?;
            Some(Symbol { name: String::from_utf8_lossy(bytes).into_owned(), defined: *defined })
        };
        self.identity.symbols = self.names.iter().filter_map(name).collect();
        self.identity
    }
}

fn module(block: Block<'_>, producer: Option<Producer>) -> Result<Parsed> {
    let mut identity = Identity {
        stream: 0..0,
        index: 0,
        producer,
        triple: String::new(),
        data_layout: String::new(),
        version: 0,
        symbols: Vec::new(),
    };
    let mut names = Vec::new();
    let visit = |record: &Record<'_>| match record.code {
        code::MODULE_VERSION => identity.version = record.operands.first().copied().unwrap_or(0),
        code::MODULE_TRIPLE => identity.triple = record.text(),
        code::MODULE_DATALAYOUT => identity.data_layout = record.text(),
        code::MODULE_GLOBALVAR | code::MODULE_FUNCTION | code::MODULE_ALIAS | code::MODULE_IFUNC => {
            names.extend(symbol(record));
        }
        _ => {}
    };
    block.records(visit, |nested| match nested.id {
        code::ATTRIBUTE_GROUP_BLOCK => check_attribute_groups(nested),
        _ => Ok(()),
    })?;
    Ok(Parsed { identity, names })
}

/// Refuses attributes of parameters that no function has: LLVM makes a list as long as their number says, which
/// takes minutes and all memory where the number is damaged.
fn check_attribute_groups(block: Block<'_>) -> Result<()> {
    const OF_FUNCTION: u64 = 0xffff_ffff;
    const MOST_PARAMETERS: u64 = 0xffff;
    let wrong = block.wrong("attributes are of a parameter with an impossible number");
    let mut possible = true;
    block.own_records(|record| {
        if let (code::ATTRIBUTE_GROUP, [_, parameter, ..]) = (record.code, record.operands.as_slice()) {
            possible &= *parameter == OF_FUNCTION || *parameter <= MOST_PARAMETERS;
        }
    })?;
    if possible { Ok(()) } else { Err(wrong) }
}

/// Where a symbol's name is, and whether the module defines it; nothing for one that others can't see.
///
/// All four records start with the name; the fifth operand is `isproto` of a function and the initializer
/// of a variable, the sixth is the linkage. Source: BitcodeReader.cpp, `parseFunctionRecord` and its
/// neighbours (LLVM 22.1).
fn symbol(record: &Record<'_>) -> Option<(u64, u64, bool)> {
    let [offset, size, _, _, fifth, linkage, ..] = record.operands.as_slice() else { return None };
    let body = match record.code {
        code::MODULE_FUNCTION => *fifth == 0,
        code::MODULE_GLOBALVAR => *fifth != 0,
        _ => true,
    };
    match *linkage {
        // Appending, internal and private.
        2 | 3 | 9 | 13 | 14 => None,
        // A copy whose original is elsewhere.
        12 => Some((*offset, *size, false)),
        _ => Some((*offset, *size, body)),
    }
}
