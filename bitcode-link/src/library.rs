//! Modules of which a link takes what it needs, found by the symbols that they define.

use crate::source::ModuleSource;
use std::collections::HashMap;

/// How much of a module comes along when one of its symbols is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// All of it, as a linker takes members of archives.
    Module,
    /// The symbol and what it needs, for modules as large as a standard library.
    Needed,
}

/// Modules, and which of them defines a symbol: the first one that does.
#[derive(Debug, Default)]
pub struct Library {
    members: Vec<(ModuleSource, Take)>,
    definers: HashMap<String, usize>,
}

impl Library {
    /// Adds a module.
    pub fn add(&mut self, source: ModuleSource, take: Take) {
        let position = self.members.len();
        for symbol in source.identity.symbols.iter().filter(|symbol| symbol.defined) {
            self.definers.entry(symbol.name.clone()).or_insert(position);
        }
        self.members.push((source, take));
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether one of the modules defines `symbol`.
    pub fn defines(&self, symbol: &str) -> bool {
        self.definers.contains_key(symbol)
    }

    /// The modules, in the order in which they were added.
    pub fn sources(&self) -> impl Iterator<Item = &ModuleSource> {
        self.members.iter().map(|(source, _)| source)
    }

    /// The modules, and how much of each comes along.
    pub fn members(&self) -> impl Iterator<Item = (&ModuleSource, Take)> {
        self.members.iter().map(|(source, take)| (source, *take))
    }

    /// Where the module that defines `symbol` stands.
    pub fn position(&self, symbol: &str) -> Option<usize> {
        self.definers.get(symbol).copied()
    }

    /// The module at a position, and how much of it comes along.
    pub fn member(&self, position: usize) -> Option<(&ModuleSource, Take)> {
        self.members.get(position).map(|(source, take)| (source, *take))
    }
}
