//! Kernels of shared objects of the host: all that a machine without fixed registers tells is their code.

use super::Resources;
use object::read::elf::ElfFile64;
use object::{Endianness, Object as _, ObjectSymbol as _, SymbolKind};

/// The kernels of a shared object: its exported functions.
pub(super) fn of_shared_object(bytes: &[u8]) -> Vec<Resources> {
    let Ok(file) = ElfFile64::<Endianness>::parse(bytes) else { return Vec::new() };
    let exported = file.dynamic_symbols().filter(|symbol| symbol.is_definition() && symbol.is_global());
    let kernel = |symbol: object::read::elf::ElfSymbol64<'_, '_>| {
        let name = symbol.name().ok()?.to_owned();
        // Codes for several levels are called NAME.LEVEL.
        let levels = file.symbols().filter(|level| {
            level.kind() == SymbolKind::Text
                && level
                    .name()
                    .is_ok_and(|one| one.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.')))
        });
        let code = symbol.size() + levels.map(|level| level.size()).sum::<u64>();
        Some(Resources { name, code: Some(code), ..Resources::default() })
    };
    exported.filter(|symbol| symbol.kind() == SymbolKind::Text).filter_map(kernel).collect()
}
