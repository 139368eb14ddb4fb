//! Lines of the source in an object that is not linked yet: its sections have no addresses, so each gets a range of
//! its own.

use gimli::{
    DebugLine, DebugLineOffset, DebugLineStr, EndianSlice, LittleEndian, Reader, Relocate, RelocateReader,
};
use object::{
    File, Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget, SectionIndex, SectionKind,
};
use std::collections::HashMap;

/// Code and its line table are of x86_64.
const ADDRESS_SIZE: u8 = 8;

/// What stands where an object has relocations.
#[derive(Debug, Clone, Copy)]
struct Values<'v>(&'v HashMap<usize, u64>);

impl Relocate<usize> for Values<'_> {
    fn relocate_address(&self, offset: usize, value: u64) -> gimli::Result<u64> {
        Ok(self.0.get(&offset).copied().unwrap_or(value))
    }

    fn relocate_offset(&self, offset: usize, value: usize) -> gimli::Result<usize> {
        let relocated = self.0.get(&offset).map(|value| usize::try_from(*value).unwrap_or_default());
        Ok(relocated.unwrap_or(value))
    }
}

/// Where section `index` is taken to be.
fn base(index: SectionIndex) -> u64 {
    (index.0 as u64) << 32
}

/// Line, column and the file's name without folders, of the code at `offset` of a section.
pub(crate) fn line_of(file: &File<'_>, section: SectionIndex, offset: u64) -> Option<(u32, u32, String)> {
    let table = file.section_by_name(".debug_line")?;
    let bytes = table.uncompressed_data().ok()?;
    let values = values(file, &table);
    let texts = file.section_by_name(".debug_line_str").and_then(|texts| texts.uncompressed_data().ok());
    let reader = |bytes| RelocateReader::new(EndianSlice::new(bytes, LittleEndian), Values(&values));
    let none = HashMap::new();
    let texts = DebugLineStr::from(RelocateReader::new(
        EndianSlice::new(texts.as_deref().unwrap_or_default(), LittleEndian),
        Values(&none),
    ));
    find(&DebugLine::from(reader(&bytes)), &texts, bytes.len(), base(section) + offset)
}

/// The addresses and offsets that relocations of the table give.
fn values(file: &File<'_>, table: &object::Section<'_, '_>) -> HashMap<usize, u64> {
    let value = |(offset, relocation): (u64, object::Relocation)| {
        let RelocationTarget::Symbol(symbol) = relocation.target() else { return None };
        let symbol = file.symbol_by_index(symbol).ok()?;
        let section = symbol.section_index()?;
        let is_code = file.section_by_index(section).is_ok_and(|section| section.kind() == SectionKind::Text);
        let start = if is_code { base(section) } else { 0 };
        let address = start.wrapping_add(symbol.address()).wrapping_add_signed(relocation.addend());
        Some((usize::try_from(offset).ok()?, address))
    };
    table.relocations().filter_map(value).collect()
}

fn find<R: Reader<Offset = usize>>(
    table: &DebugLine<R>,
    texts: &DebugLineStr<R>,
    size: usize,
    address: u64,
) -> Option<(u32, u32, String)> {
    let mut offset = 0;
    while offset < size {
        let program = table.program(DebugLineOffset(offset), ADDRESS_SIZE, None, None).ok()?;
        // In front of a unit is its length, of 4 bytes.
        offset += program.header().unit_length() + 4;
        let mut rows = program.rows();
        let mut before: Option<(u64, u32, u32, u64)> = None;
        while let Ok(Some((header, row))) = rows.next_row() {
            if let Some((start, line, column, file)) = before
                && (start..row.address()).contains(&address)
            {
                let name = match header.file(file)?.path_name() {
                    gimli::AttributeValue::DebugLineStrRef(at) => texts.get_str(at).ok()?,
                    gimli::AttributeValue::String(name) => name,
                    _ => return None,
                };
                let name = name.to_string_lossy().ok()?.into_owned();
                let name = name.rsplit('/').next().unwrap_or_default().to_owned();
                return Some((line, column, name));
            }
            let line = row.line().and_then(|line| u32::try_from(line.get()).ok());
            let column = match row.column() {
                gimli::ColumnType::LeftEdge => 0,
                gimli::ColumnType::Column(column) => u32::try_from(column.get()).unwrap_or_default(),
            };
            let known = line.map(|line| (row.address(), line, column, row.file_index()));
            before = known.filter(|_| !row.end_sequence());
        }
    }
    None
}
