//! Inputs sorted: modules to compile, objects to join, and members of archives that something needs.

use super::error::CombineError;
use crate::input::{Bytes, Format, Input, Part, unknown_format};
use crate::origin::Origin;
use crate::source::ModuleSource;
use object::read::elf::{ElfFile64, FileHeader as _};
use object::{Object as _, ObjectSymbol as _, elf};
use std::collections::HashSet;
use std::path::PathBuf;

/// A relocatable object without bitcode.
#[derive(Debug, Clone)]
pub(super) struct Native {
    /// Where it came from.
    pub(super) origin: Origin,
    /// Its content.
    pub(super) bytes: Bytes,
    /// What it needs of others.
    pub(super) undefined: Vec<String>,
    defined: Vec<String>,
}

/// What is combined.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// Modules.
    pub(super) modules: Vec<ModuleSource>,
    /// Objects.
    pub(super) natives: Vec<Native>,
}

/// What one part of an input is.
enum Piece {
    Modules(Vec<ModuleSource>),
    Native(Native),
}

impl Piece {
    fn defines(&self, wanted: &HashSet<String>) -> bool {
        match self {
            Self::Modules(modules) => symbols(modules, true).any(|symbol| wanted.contains(&symbol)),
            Self::Native(native) => native.defined.iter().any(|symbol| wanted.contains(symbol)),
        }
    }
}

impl Inputs {
    /// Reads `paths`. Members of archives come when something needs them, all of them where `whole`, or where there is
    /// nothing but archives.
    pub(super) fn read(paths: &[PathBuf], whole: bool) -> Result<Self, CombineError> {
        let mut inputs = Self::default();
        let mut members = Vec::new();
        for path in paths {
            for part in Input::read(path)?.parts()? {
                let piece = piece(&part)?;
                if part.is_member { members.push(piece) } else { inputs.add(piece) }
            }
        }
        if whole || (inputs.modules.is_empty() && inputs.natives.is_empty()) {
            members.into_iter().for_each(|piece| inputs.add(piece));
        } else {
            inputs.take_needed(members);
        }
        Ok(inputs)
    }

    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Modules(mut modules) => self.modules.append(&mut modules),
            Piece::Native(native) => self.natives.push(native),
        }
    }

    fn take_needed(&mut self, mut members: Vec<Piece>) {
        loop {
            let wanted = self.undefined();
            let Some(position) = members.iter().position(|piece| piece.defines(&wanted)) else { return };
            let piece = members.remove(position);
            self.add(piece);
        }
    }

    fn undefined(&self) -> HashSet<String> {
        let natives = self.natives.iter();
        let mut wanted: HashSet<String> = symbols(&self.modules, false).collect();
        wanted.extend(natives.clone().flat_map(|native| native.undefined.iter().cloned()));
        for defined in symbols(&self.modules, true).chain(natives.flat_map(|native| native.defined.clone())) {
            wanted.remove(&defined);
        }
        wanted
    }

    /// What the objects need, as far as it may be in a module.
    pub(super) fn needed_by_natives(&self) -> impl Iterator<Item = &str> {
        self.natives.iter().flat_map(|native| native.undefined.iter().map(String::as_str))
    }

    /// What the objects define.
    pub(super) fn defined_by_natives(&self) -> impl Iterator<Item = &str> {
        self.natives.iter().flat_map(|native| native.defined.iter().map(String::as_str))
    }
}

fn symbols(modules: &[ModuleSource], defined: bool) -> impl Iterator<Item = String> {
    let all = modules.iter().flat_map(|module| &module.identity.symbols);
    all.filter(move |symbol| symbol.defined == defined).map(|symbol| symbol.name.clone())
}

fn piece(part: &Part) -> Result<Piece, CombineError> {
    let modules = ModuleSource::of_part(part)?;
    match part.format {
        _ if !modules.is_empty() => Ok(Piece::Modules(modules)),
        Some(Format::Elf) => Ok(Piece::Native(native(&part.origin, &part.bytes)?)),
        _ => Err(unknown_format(&part.origin, &part.bytes).into()),
    }
}

fn native(origin: &Origin, bytes: &Bytes) -> Result<Native, CombineError> {
    let (defined, undefined) =
        global_symbols(bytes).ok_or_else(|| CombineError::NotRelocatable { origin: origin.clone() })?;
    Ok(Native { origin: origin.clone(), bytes: bytes.clone(), undefined, defined })
}

/// The symbols that a relocatable object shows, and those that it needs.
pub(super) fn global_symbols(bytes: &[u8]) -> Option<(Vec<String>, Vec<String>)> {
    let header = elf::FileHeader64::<object::Endianness>::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    if header.e_type(endian) != elf::ET_REL {
        return None;
    }
    let file: ElfFile64<'_> = ElfFile64::parse(bytes).ok()?;
    let (mut defined, mut undefined) = (Vec::new(), Vec::new());
    for symbol in file.symbols().filter(|symbol| symbol.is_global()) {
        let Some(name) = symbol.name().ok().filter(|name| !name.is_empty()) else { continue };
        let list = if symbol.is_undefined() { &mut undefined } else { &mut defined };
        list.push(name.to_owned());
    }
    Some((defined, undefined))
}
