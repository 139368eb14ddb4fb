//! Rust's standard library as bitcode, of the toolchain that made the inputs; read only if it is needed.

use crate::Result;
use crate::error::{Error, demangled};
use bitcode_link::{Library, ToolchainError, rust_library};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Crates of the standard library that device code can reach.
const CRATES: [&str; 5] = ["core", "alloc", "std", "hashbrown", "memchr"];

/// The standard library, once it was looked for.
#[derive(Debug, Default)]
pub(crate) struct StandardLibrary {
    sysroot: Option<PathBuf>,
    /// The releases that made the inputs.
    releases: BTreeSet<String>,
    library: OnceLock<std::result::Result<Library, ToolchainError>>,
}

impl StandardLibrary {
    /// That of the toolchain in `sysroot`, or of one of `releases`, which made the inputs.
    pub(crate) fn new(sysroot: Option<PathBuf>, releases: BTreeSet<String>) -> Self {
        Self { sysroot, releases, library: OnceLock::new() }
    }

    /// The library, if it is to define some of `symbols`. An error if it can't be found or read.
    pub(crate) fn that_defines(&self, symbols: &[String]) -> Result<Option<&Library>> {
        let Some(symbol) = symbols.iter().find(|symbol| is_of_standard_library(symbol)) else {
            return Ok(None);
        };
        if self.releases.is_empty() && self.sysroot.is_none() {
            return Ok(None);
        }
        let releases: Vec<_> = self.releases.iter().cloned().collect();
        match self.library.get_or_init(|| rust_library(self.sysroot.as_deref(), &releases)) {
            Ok(library) => Ok(Some(library)),
            Err(source) => Err(Error::StandardLibrary { symbol: demangled(symbol), source: source.clone() }),
        }
    }
}

/// Whether `symbol` is mangled by Rust and has to do with a crate of the standard library.
fn is_of_standard_library(symbol: &str) -> bool {
    if !symbol.starts_with("_R") && !symbol.starts_with("_ZN") {
        return false;
    }
    let name = demangled(symbol);
    let words =
        name.split(|character: char| !character.is_alphanumeric() && character != '_' && character != ':');
    words.filter_map(|word| word.split_once("::")).any(|(first, _)| CRATES.contains(&first))
}
