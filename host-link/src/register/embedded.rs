//! Bitcode that compilers have embedded in what was compiled without the plugin. It has been optimized: what it says
//! of a kernel's barriers is not what the source said, so it is a source of helper code alone.

use crate::error::Error;
use abi::markers::{ALL, Marker};
use abi::names::RECORD;
use bitcode_link::{Input, ModuleSource};
use std::path::{Path, PathBuf};

/// One module of such a file.
pub(crate) struct Embedded {
    /// The file that has it.
    pub(crate) file: PathBuf,
    /// The file, or the member.
    pub(crate) place: String,
    pub(crate) bitcode: Vec<u8>,
    pub(crate) defined: Vec<String>,
    pub(crate) undefined: Vec<String>,
}

impl Embedded {
    /// All modules of `files`.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for file in files {
            add_file(file, &mut all)?;
        }
        Ok(all)
    }

    /// Whether it does what all items of a block or lanes of a warp do together.
    pub(crate) fn has_barriers(&self) -> bool {
        let is_barrier = |(name, marker): &(&str, Marker)| {
            matches!(marker, Marker::Barrier | Marker::Lanes(_))
                && self.undefined.iter().any(|symbol| symbol == name)
        };
        ALL.iter().any(is_barrier)
    }
}

fn add_file(file: &Path, all: &mut Vec<Embedded>) -> Result<(), Error> {
    for part in Input::read(file)?.parts()? {
        // A file may have members with records beside those without.
        let contains = |bytes: &[u8]| memchr::memmem::find(&part.bytes, bytes).is_some();
        if contains(&offload_records::MAGIC) || contains(RECORD.as_bytes()) {
            continue;
        }
        for bitcode in &part.bitcode {
            let sources = ModuleSource::of_bitcode(&part.origin, bitcode)?;
            let symbols = || sources.iter().flat_map(|source| &source.identity.symbols);
            let names = |defined: bool| {
                let of_kind = symbols().filter(move |symbol| symbol.defined == defined);
                of_kind.map(|symbol| symbol.name.clone()).collect()
            };
            all.push(Embedded {
                file: file.to_owned(),
                place: part.origin.to_string(),
                defined: names(true),
                undefined: names(false),
                bitcode: bitcode.to_vec(),
            });
        }
    }
    Ok(())
}
