//! Kernels named in images that aren't ELF files: entry points of SPIR-V modules and of PTX text.

use abi::kinds::ImageKind;

/// First word of a SPIR-V module, in the order of bytes that it is written in.
///
/// Source: SPIR-V Specification 1.6, 2.3 "Physical Layout of a SPIR-V Module and Instruction".
const SPIRV_MAGIC: u32 = 0x0723_0203;
const SPIRV_HEADER_WORDS: usize = 5;
/// `OpEntryPoint`: execution model, function, name. Source: the same, 3.42.5 "Mode-Setting Instructions".
const OP_ENTRY_POINT: u32 = 15;
const NAME_WORD: usize = 3;
/// `Kernel`, the execution model of OpenCL. Source: the same, 3.3 "Execution Model".
const KERNEL_MODEL: u32 = 6;

/// The entry points of `bytes`, if they are SPIR-V or PTX; `kind` decides where text could be anything.
pub(crate) fn entry_points(kind: ImageKind, bytes: &[u8]) -> Option<Vec<String>> {
    match kind {
        ImageKind::PTX => ptx_entries(&String::from_utf8_lossy(bytes)),
        _ => spirv_entries(bytes),
    }
}

/// `.visible .entry name(`, as LLVM and nvcc write it; the linkage may be another.
fn ptx_entries(text: &str) -> Option<Vec<String>> {
    // Every PTX module has to say it first.
    if !text.lines().any(|line| line.trim_start().starts_with(".version ")) {
        return None;
    }
    let entries = text.lines().filter_map(|line| line.split_once(".entry ").map(|(_, rest)| rest));
    let name = |rest: &str| rest.split(['(', ' ', '\t', '{']).next().unwrap_or_default().to_owned();
    Some(entries.map(name).filter(|name| !name.is_empty()).collect())
}

fn spirv_entries(bytes: &[u8]) -> Option<Vec<String>> {
    let words: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|chunk| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
        .collect();
    if words.first() != Some(&SPIRV_MAGIC) {
        return None;
    }
    let mut names = Vec::new();
    let mut rest = words.get(SPIRV_HEADER_WORDS..)?;
    while let Some(first) = rest.first() {
        // Length in words, with this one, and what it is.
        let (length, operation) = ((first >> 16) as usize, first & 0xffff);
        let instruction = rest.get(..length).filter(|instruction| !instruction.is_empty())?;
        if operation == OP_ENTRY_POINT && instruction.get(1) == Some(&KERNEL_MODEL) {
            names.push(literal(instruction.get(NAME_WORD..)?)?);
        }
        rest = &rest[length..];
    }
    Some(names)
}

/// A string with its terminator, four bytes a word; what follows the terminator is something else.
fn literal(words: &[u32]) -> Option<String> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let end = bytes.iter().position(|byte| *byte == 0)?;
    String::from_utf8(bytes[..end].to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn entries_of_ptx() {
        let text = ".version 7.8\n.visible .entry first(\n\t.param .u64 a\n)\n{}\n.func (.param .b32 r) other()\n\
                    \t.weak .entry second() // .entry\n";
        assert_eq!(
            entry_points(ImageKind::PTX, text.as_bytes()),
            Some(vec!["first".into(), "second".into()])
        );
        assert_eq!(entry_points(ImageKind::PTX, b".entry alone() {}"), None);
    }

    #[test]
    fn entries_of_spirv() {
        let header = [SPIRV_MAGIC, 0x0001_0400, 0, 9, 0];
        let capability = [2 << 16 | 17, 6];
        let name = [u32::from_le_bytes(*b"axpy"), 0];
        let kernel = [6 << 16 | 15, 6, 3, name[0], name[1], 7];
        let shader = [5 << 16 | 15, 5, 4, name[0], name[1]];
        let module = [&header[..], &capability, &kernel, &shader].concat();
        assert_eq!(entry_points(ImageKind::SPIRV, &words(&module)), Some(vec!["axpy".to_owned()]));
        // Cut off, an instruction of no length, a name without an end, no module at all.
        assert_eq!(spirv_entries(&words(&module[..10])), None);
        assert_eq!(spirv_entries(&words(&[&header[..], &[17]].concat())), None);
        assert_eq!(spirv_entries(&words(&[&header[..], &[4 << 16 | 15, 6, 3, name[0]]].concat())), None);
        assert_eq!(spirv_entries(b"\x7fELF"), None);
        assert_eq!(spirv_entries(&[]), None);
    }
}
