//! Where in the source the host's code refers to what: the objects of a link have the line tables that records leave
//! out, and relocations tell who calls whom.
//!
//! Looked at only where a kernel is refused.

use crate::line_table::line_of;
use crate::units::Unit;
use object::read::archive::ArchiveFile;
use object::{
    File, Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget, SectionIndex, SectionKind,
    SymbolKind,
};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The objects of a link, read as they are needed.
pub(crate) struct HostCode<'u> {
    units: &'u [Unit<'u>],
    objects: RefCell<HashMap<usize, Option<Rc<Vec<u8>>>>>,
}

/// A place where code refers to something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The function that does.
    pub(crate) function: String,
    /// 1-based line and column, and the name of their file without folders.
    pub(crate) line: Option<(u32, u32, String)>,
}

impl<'u> HostCode<'u> {
    pub(crate) fn of(units: &'u [Unit<'u>]) -> Self {
        Self { units, objects: RefCell::default() }
    }

    /// Where functions refer to the function or variable `symbol`.
    pub(crate) fn references_to(&self, symbol: &str) -> Vec<Reference> {
        let mut found = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            if !unit.summary.symbols.iter().any(|known| known.name == symbol) {
                continue;
            }
            let Some(bytes) = self.object(index) else { continue };
            let Ok(file) = File::parse(&**bytes) else { continue };
            found.extend(references(&file, symbol));
        }
        found
    }

    /// The object of a unit; none where it can't be read, or is bitcode.
    fn object(&self, index: usize) -> Option<Rc<Vec<u8>>> {
        let unit = &self.units[index];
        let mut objects = self.objects.borrow_mut();
        objects.entry(index).or_insert_with(|| read(unit).map(Rc::new)).clone()
    }
}

fn read(unit: &Unit<'_>) -> Option<Vec<u8>> {
    let whole = std::fs::read(unit.file).ok()?;
    let Some(member) = unit.member else { return Some(whole) };
    let archive = ArchiveFile::parse(&*whole).ok()?;
    let mut members = archive.members().filter_map(Result::ok);
    let found = members.find(|found| found.name() == member.as_bytes())?;
    found.data(&*whole).ok().map(<[u8]>::to_vec)
}

fn references(file: &File<'_>, symbol: &str) -> Vec<Reference> {
    // A compiler may name the section of what only its object sees; functions have one each.
    let own = file.symbols().find(|known| known.name() == Ok(symbol) && known.is_definition());
    let own = own.and_then(|own| own.section_index());
    let is_it = |target: RelocationTarget| {
        let RelocationTarget::Symbol(index) = target else { return false };
        file.symbol_by_index(index).is_ok_and(|known| match known.kind() {
            SymbolKind::Section => own.is_some() && known.section_index() == own,
            _ => known.name() == Ok(symbol),
        })
    };
    let mut found = Vec::new();
    for section in file.sections().filter(|section| section.kind() == SectionKind::Text) {
        for (offset, _) in section.relocations().filter(|(_, known)| is_it(known.target())) {
            let Some(function) = function_at(file, section.index(), offset) else { continue };
            if function != symbol {
                found.push(Reference { function, line: line_of(file, section.index(), offset) });
            }
        }
    }
    found
}

/// The function that has the byte at `offset` of a section.
fn function_at(file: &File<'_>, section: SectionIndex, offset: u64) -> Option<String> {
    let mut functions = file.symbols().filter(|known| known.kind() == SymbolKind::Text);
    let function = functions.find(|known| {
        known.section_index() == Some(section)
            && (known.address()..known.address() + known.size()).contains(&offset)
    })?;
    function.name().ok().map(ToOwned::to_owned)
}
