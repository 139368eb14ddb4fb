//! Native files of a ThinLTO link: only which symbols they define and need.

use super::{ThinError, ThinResult};
use crate::input::Part;
use crate::origin::Origin;
use llvm_plugin::thin_lto::Visibility;
use object::read::elf::{ElfFile32, ElfFile64};
use object::{Endianness, ObjectComdat as _, ObjectKind, elf};

/// An object or a shared library.
#[derive(Debug)]
pub struct NativeFile {
    /// Where it came from.
    pub(super) origin: Origin,
    /// Whether it is a shared library.
    pub(super) is_shared: bool,
    /// Its symbols that others see.
    pub(super) symbols: Vec<NativeSymbol>,
    /// Its groups of definitions that go in or out together.
    pub(super) comdats: Vec<String>,
}

/// A symbol of a native file.
#[derive(Debug)]
pub(super) struct NativeSymbol {
    pub(super) name: String,
    pub(super) undefined: bool,
    pub(super) weak: bool,
    /// The size of a common symbol.
    pub(super) common: Option<u64>,
    pub(super) visibility: Visibility,
}

/// Reads the symbols of an ELF file.
pub(super) fn read_native(part: &Part) -> ThinResult<NativeFile> {
    let bytes: &[u8] = &part.bytes;
    let unreadable = |source| ThinError::Input(crate::Error::Object { origin: part.origin.clone(), source });
    if object::FileKind::parse(bytes).map_err(unreadable)? == object::FileKind::Elf32 {
        let file = ElfFile32::<Endianness>::parse(bytes).map_err(unreadable)?;
        Ok(native_file(&file, &part.origin))
    } else {
        let file = ElfFile64::<Endianness>::parse(bytes).map_err(unreadable)?;
        Ok(native_file(&file, &part.origin))
    }
}

fn native_file<'data>(file: &impl object::Object<'data>, origin: &Origin) -> NativeFile {
    let is_shared = file.kind() == ObjectKind::Dynamic;
    let symbols = if is_shared {
        file.dynamic_symbols().filter_map(|symbol| native_symbol(&symbol)).collect()
    } else {
        file.symbols().filter_map(|symbol| native_symbol(&symbol)).collect()
    };
    let comdats = file.comdats().filter_map(|group| group.name().ok().map(ToOwned::to_owned)).collect();
    NativeFile { origin: origin.clone(), is_shared, symbols, comdats }
}

fn native_symbol<'data>(symbol: &impl object::ObjectSymbol<'data>) -> Option<NativeSymbol> {
    let name = symbol.name().ok().filter(|name| !name.is_empty())?;
    if symbol.is_local() {
        return None;
    }
    let visibility = match symbol.flags() {
        object::SymbolFlags::Elf { st_other, .. } => match st_other.visibility() {
            elf::STV_DEFAULT => Visibility::Default,
            elf::STV_PROTECTED => Visibility::Protected,
            _ => Visibility::Hidden,
        },
        _ => Visibility::Default,
    };
    Some(NativeSymbol {
        name: name.to_owned(),
        undefined: symbol.is_undefined(),
        weak: symbol.is_weak(),
        common: symbol.is_common().then(|| symbol.size()),
        visibility,
    })
}
