//! Kernels of cubins, by their sections, and of PTX.

use super::Resources;
use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSection as _, ObjectSymbol as _, SymbolIndex};
use std::collections::HashMap;

const CODE: &str = ".text.";

/// In `.nv.info.KERNEL`: one attribute after the other, each of a form, a name and a number of 16 bits, which
/// is the value itself or the bytes that follow.
///
/// Source: what cuobjdump -elf of CUDA 12.9 prints (`EIFMT_SVAL`, `EIATTR_CBANK_PARAM_SIZE`, `EIATTR_REGCOUNT`).
const WITH_BYTES: u8 = 4;
const PARAMETER_SIZE: u8 = 0x19;
/// In `.nv.info`, with a function's place in the symbol table and its registers, 32 bits each.
const REGISTERS: u8 = 0x2f;

/// The kernels of a cubin. Spills and stack only ptxas tells, in its `notes`.
pub(super) fn of_cubin(bytes: &[u8], notes: &str) -> Vec<Resources> {
    let Ok(file) = ElfFile64::<LittleEndian>::parse(bytes) else { return Vec::new() };
    let size_of = |name: &str| file.section_by_name(name).map(|section| section.size());
    let registers = registers(&file);
    let mut kernels = Vec::new();
    for section in file.sections() {
        let Some(name) = section.name().ok().and_then(|name| name.strip_prefix(CODE)) else { continue };
        let Some(information) = file.section_by_name(&format!(".nv.info.{name}")) else { continue };
        let told = Told::of(notes, name);
        kernels.push(Resources {
            name: name.to_owned(),
            registers: registers.get(name).copied(),
            scalar_registers: None,
            spills: told.spills,
            stack: told.stack,
            shared: size_of(&format!(".nv.shared.{name}")).or(Some(0)),
            code: Some(section.size()),
            parameters: information.data().ok().and_then(parameter_size),
        });
    }
    kernels
}

/// An attribute's name, its number, and its bytes.
type Attribute<'a> = (u8, u16, &'a [u8]);

/// The attributes of a section, up to one that is cut off.
fn attributes(mut information: &[u8]) -> impl Iterator<Item = Attribute<'_>> {
    std::iter::from_fn(move || {
        let [form, name, low, high, tail @ ..] = information else { return None };
        let number = u16::from_le_bytes([*low, *high]);
        let length = if *form == WITH_BYTES { usize::from(number) } else { 0 };
        let (bytes, rest) = tail.split_at_checked(length)?;
        information = rest;
        Some((*name, number, bytes))
    })
}

fn parameter_size(information: &[u8]) -> Option<u64> {
    let mut found =
        attributes(information).filter(|(name, _, bytes)| *name == PARAMETER_SIZE && bytes.is_empty());
    found.next().map(|(_, number, _)| u64::from(number))
}

/// The registers of functions, by name.
fn registers(file: &ElfFile64<'_, LittleEndian>) -> HashMap<String, u64> {
    let information = file.section_by_name(".nv.info").and_then(|section| section.data().ok());
    let counts = attributes(information.unwrap_or_default()).filter(|(name, ..)| *name == REGISTERS);
    let of_function = |(_, _, bytes): Attribute<'_>| {
        let [symbol, count] = <[[u8; 4]; 2]>::try_from(bytes.as_chunks().0).ok()?.map(u32::from_le_bytes);
        let symbol = file.symbol_by_index(SymbolIndex(usize::try_from(symbol).ok()?)).ok()?;
        Some((symbol.name().ok()?.to_owned(), u64::from(count)))
    };
    counts.filter_map(of_function).collect()
}

/// What `ptxas -v` tells of a kernel.
struct Told {
    stack: Option<u64>,
    spills: Option<u64>,
}

impl Told {
    /// The line behind `Function properties for KERNEL`:
    /// `8 bytes stack frame, 4 bytes spill stores, 4 bytes spill loads`.
    fn of(notes: &str, kernel: &str) -> Self {
        let title = format!("Function properties for {kernel}");
        let mut lines = notes.lines().skip_while(|line| !line.trim_end().ends_with(&title)).skip(1);
        let line = lines.next().unwrap_or_default();
        let number = |what: &str| {
            let part = line.split(',').find(|part| part.trim_end().ends_with(what))?;
            part.split_whitespace().next()?.parse().ok()
        };
        Self { stack: number("stack frame"), spills: number("spill stores") }
    }
}

/// The kernels of PTX: only their parameters are known yet.
pub(super) fn of_ptx(text: &str) -> Vec<Resources> {
    let mut kernels: Vec<Resources> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some((_, rest)) = line.split_once(".entry ") {
            let name = rest.split(['(', ' ']).next().unwrap_or_default().to_owned();
            kernels.push(Resources { name, parameters: Some(0), ..Resources::default() });
            inside = true;
        }
        if inside && line.trim_start().starts_with(".param ") {
            let size = if line.contains(".u32") || line.contains(".b32") { 4 } else { 8 };
            if let Some(kernel) = kernels.last_mut() {
                kernel.parameters = kernel.parameters.map(|total| total + size);
            }
        }
        inside &= !line.contains(')');
    }
    kernels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_cubins() {
        let bytes = [4, 0x17, 2, 0, 0x19, 3, 3, 0x1b, 0xff, 0, 3, 0x19, 40, 0, 4, 0x1c, 0, 0];
        assert_eq!(parameter_size(&bytes), Some(40));
        assert_eq!(parameter_size(&bytes[..10]), None);
        assert_eq!(parameter_size(&[4, 1, 9, 0, 0]), None, "an attribute that is cut off");
    }

    #[test]
    fn notes() {
        let notes = "ptxas info    : Function properties for other_k\n    1 bytes stack frame, 2 bytes spill stores, 3 bytes spill loads\n\
                     ptxas info    : Function properties for k\n    8 bytes stack frame, 16 bytes spill stores, 4 bytes spill loads\n";
        let told = Told::of(notes, "k");
        assert_eq!((told.stack, told.spills), (Some(8), Some(16)));
        let told = Told::of(notes, "missing");
        assert_eq!((told.stack, told.spills), (None, None));
    }

    #[test]
    fn parameters_of_ptx() {
        let text = ".visible .entry k(\n\t.param .u64 .ptr .global k_0,\n\t.param .u64 k_1\n)\n{\n\t.param .b64 inner;\n}\n\
                    .visible .entry none()\n{\n}\n";
        let found: Vec<_> = of_ptx(text).into_iter().map(|kernel| (kernel.name, kernel.parameters)).collect();
        assert_eq!(found, [("k".to_owned(), Some(16)), ("none".to_owned(), Some(0))]);
    }
}
