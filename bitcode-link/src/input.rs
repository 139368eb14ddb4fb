//! Input files: what they are, by content and never by suffix, and the module in them.

use crate::Result;
use crate::error::Error;
use llvm_plugin::collect::{CollectedSeverity, collect};
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;
use llvm_plugin::inkwell::module::Module;
use std::fmt;
use std::path::{Path, PathBuf};

/// What an input is.
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

/// First bytes of the formats that have some.
///
/// Source: `identify_magic`, llvm/BinaryFormat/Magic.cpp (LLVM 22.1).
const MAGICS: [(&[u8], Format); 5] = [
    (b"BC\xc0\xde", Format::Bitcode),
    (b"\xde\xc0\x17\x0b", Format::Bitcode),
    (b"\x7fELF", Format::Elf),
    (b"!<arch>\n", Format::Archive),
    (b"!<thin>\n", Format::Archive),
];

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

/// One input file in memory.
#[derive(Debug, Clone)]
pub struct Input {
    /// Where it came from.
    pub path: PathBuf,
    /// What it is.
    pub format: Format,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Input {
    /// Reads `path` and finds out what it is.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let format = Format::detect(&bytes)
            .ok_or_else(|| Error::UnknownFormat { path: path.to_owned(), found: first_bytes(&bytes) })?;
        Ok(Self { path: path.to_owned(), format, bytes })
    }

    /// Parses the module of bitcode or IR text.
    pub fn module<'ctx>(&self, context: &'ctx Context) -> Result<Module<'ctx>> {
        if !matches!(self.format, Format::Bitcode | Format::IrText) {
            return Err(Error::NotAModule { path: self.path.clone(), format: self.format });
        }
        let buffer = MemoryBuffer::create_from_memory_range_copy(&self.bytes, &self.path.to_string_lossy());
        let (parsed, collected) = collect(&context, || context.create_module_from_ir(buffer));
        let errors: Vec<_> = collected
            .into_iter()
            .filter(|diagnostic| diagnostic.severity == CollectedSeverity::Error)
            .map(|diagnostic| diagnostic.text)
            .collect();
        let text = match parsed {
            Ok(module) if errors.is_empty() => match module.verify() {
                Ok(()) => return Ok(module),
                Err(text) => text.to_string(),
            },
            Ok(_) => errors.join("; "),
            Err(text) => text.to_string(),
        };
        Err(Error::Parse { path: self.path.clone(), text: text.trim().to_owned() })
    }
}

fn first_bytes(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "it is empty".to_owned();
    }
    let hex: Vec<_> = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("it starts with {}", hex.join(" "))
}
