//! The string table of a container, laid out as LLVM's `StringTableBuilder` does it for ELF.

use std::collections::BTreeMap;

/// Strings and where they are, counted from the table's first byte.
pub(crate) struct StringTable<'a> {
    pub(crate) bytes: Vec<u8>,
    offsets: BTreeMap<&'a str, u64>,
}

impl<'a> StringTable<'a> {
    /// Lays out `strings`: each once, a string that is another's tail inside it, ordered by their
    /// reversed bytes from high to low.
    ///
    /// Source: `StringTableBuilder::finalizeStringTable`, llvm/MC/StringTableBuilder.cpp (LLVM 22.1),
    /// checked byte for byte against llvm-offload-binary.
    pub(crate) fn new(strings: impl Iterator<Item = &'a str>) -> Self {
        let mut sorted: Vec<&str> = strings.collect();
        sorted.sort_unstable_by(|a, b| b.bytes().rev().cmp(a.bytes().rev()));
        sorted.dedup();
        // ELF string tables begin with a NUL, which is the empty string.
        let mut bytes = vec![0];
        let mut offsets = BTreeMap::new();
        let mut previous = "";
        for text in sorted {
            let offset = if text.is_empty() {
                0
            } else if previous.ends_with(text) {
                bytes.len() - text.len() - 1
            } else {
                let offset = bytes.len();
                bytes.extend_from_slice(text.as_bytes());
                bytes.push(0);
                previous = text;
                offset
            };
            offsets.insert(text, offset as u64);
        }
        Self { bytes, offsets }
    }

    /// Where `text`, which was one of the strings, begins.
    pub(crate) fn offset(&self, text: &str) -> u64 {
        self.offsets.get(text).copied().expect("every string of the image was laid out")
    }
}
