//! The symbol table of a link: which file's definition of a name is taken, by ELF's rules.

use super::ThinResult;
use crate::origin::Origin;
use llvm_plugin::thin_lto::Visibility;
use std::collections::HashMap;

/// What is known of a name.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) state: State,
    /// The most restrictive one of all files that name it.
    pub(super) visibility: Visibility,
    /// Whether something that isn't bitcode names it.
    pub(super) native: bool,
    /// Whether a shared library refers to it.
    pub(super) wanted_by_shared: bool,
    /// Whether all definitions in bitcode may be left out of symbol tables.
    pub(super) omittable: bool,
}

/// Who defines a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody yet.
    Undefined,
    /// Nobody yet, and nobody has to.
    WeakUndefined,
    /// A file that isn't part of the link yet.
    Lazy(usize),
    /// A shared library.
    Shared,
    /// A file, without a place for it.
    Common { file: usize, size: u64 },
    /// A file.
    Defined { file: usize, weak: bool },
}

/// A symbol of a file that becomes part of the link.
#[derive(Debug, Clone, Copy)]
pub(super) struct Incoming<'a> {
    pub(super) name: &'a str,
    pub(super) undefined: bool,
    pub(super) weak: bool,
    pub(super) common: Option<u64>,
    pub(super) visibility: Visibility,
}

/// The names of a link.
#[derive(Debug, Default)]
pub(super) struct SymbolTable(HashMap<String, Entry>);

impl SymbolTable {
    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        self.0.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn entry(&mut self, name: &str) -> &mut Entry {
        self.0.entry(name.to_owned()).or_insert(Entry {
            state: State::WeakUndefined,
            visibility: Visibility::Default,
            native: false,
            wanted_by_shared: false,
            omittable: true,
        })
    }

    /// That something outside of bitcode needs `name`, before any file is known.
    pub(super) fn need(&mut self, name: &str) {
        let entry = self.entry(name);
        entry.native = true;
        reference(entry, false);
    }

    /// That `file` refers to a symbol. A lazy file that has to become part of the link.
    pub(super) fn refer(&mut self, symbol: Incoming<'_>, native: bool) -> Option<usize> {
        let entry = self.entry(symbol.name);
        entry.native |= native;
        entry.visibility = entry.visibility.max(symbol.visibility);
        reference(entry, symbol.weak)
    }

    /// That `file` defines a symbol.
    pub(super) fn define(
        &mut self,
        file: usize,
        symbol: Incoming<'_>,
        native: bool,
        origin: &dyn Fn(usize) -> Origin,
    ) -> ThinResult<()> {
        let entry = self.entry(symbol.name);
        entry.native |= native;
        entry.visibility = entry.visibility.max(symbol.visibility);
        let new = match symbol.common {
            Some(size) => State::Common { file, size },
            None => State::Defined { file, weak: symbol.weak },
        };
        entry.state = match (entry.state, new) {
            (State::Defined { file: first, weak: false }, State::Defined { weak: false, .. }) => {
                let (first, second) = (origin(first), origin(file));
                let symbol = symbol.name.to_owned();
                return Err(crate::Error::DuplicateSymbol { symbol, first, second }.into());
            }
            (old @ State::Defined { weak: false, .. }, _)
            | (old @ State::Defined { weak: true, .. }, State::Defined { weak: true, .. })
            | (old @ State::Common { .. }, State::Defined { weak: true, .. }) => old,
            (State::Common { file, size }, State::Common { size: other, .. }) if size >= other => {
                State::Common { file, size }
            }
            (_, new) => new,
        };
        Ok(())
    }

    /// That a shared library defines a symbol.
    pub(super) fn share(&mut self, name: &str) {
        let entry = self.entry(name);
        if matches!(entry.state, State::Undefined | State::WeakUndefined | State::Lazy(_)) {
            entry.state = State::Shared;
        }
    }

    /// That a shared library refers to a symbol.
    pub(super) fn want_for_shared(&mut self, name: &str) -> Option<usize> {
        let entry = self.entry(name);
        entry.wanted_by_shared = true;
        // Source: `SharedFile::parse`, lld/ELF/InputFiles.cpp (LLVM 22.1): their references take members of archives.
        reference(entry, false)
    }

    /// That `file`, not part of the link yet, defines a symbol. Whether it has to become part of it.
    pub(super) fn offer(&mut self, file: usize, name: &str) -> bool {
        match self.0.get_mut(name) {
            None => {
                self.entry(name).state = State::Lazy(file);
                false
            }
            Some(entry) => match entry.state {
                State::Undefined => true,
                State::WeakUndefined => {
                    entry.state = State::Lazy(file);
                    false
                }
                _ => false,
            },
        }
    }

    /// That a definition in bitcode needs to be in symbol tables.
    pub(super) fn keep(&mut self, name: &str) {
        self.entry(name).omittable = false;
    }
}

fn reference(entry: &mut Entry, weak: bool) -> Option<usize> {
    match entry.state {
        State::WeakUndefined if !weak => entry.state = State::Undefined,
        State::Lazy(file) if !weak => {
            entry.state = State::Undefined;
            return Some(file);
        }
        _ => {}
    }
    None
}
