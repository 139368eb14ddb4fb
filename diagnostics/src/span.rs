//! A place in the source, with its line where the file can be read.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// A place in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// File name as the compiler was given it.
    pub file: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column in bytes, 0 if only the line is known.
    pub column: u32,
    /// The line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    text: String,
    /// Bytes in front of the line.
    offset: usize,
}

impl Span {
    /// A place; its line is read from the file, which is looked for where the program runs.
    pub fn new(file: &str, line: u32, column: u32) -> Self {
        Self { file: file.to_owned(), line, column, source: read(Path::new(file), line) }
    }

    /// The source's line.
    pub(crate) fn text(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.text.as_str())
    }

    /// What of the line is meant, as bytes of it: the word at the column, or all that is not blank.
    pub(crate) fn marked(&self) -> Option<(usize, usize)> {
        let text = self.text()?;
        let Some(start) = (self.column as usize).checked_sub(1) else {
            let start = text.len() - text.trim_start().len();
            return Some((start, text.trim_end().trim_end_matches('{').trim_end().len().max(start)));
        };
        let word = text.get(start..)?;
        let end = word.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(word.len());
        let end = word[..end].trim_end_matches(':').len();
        let end = if word[end..].starts_with('!') { end + 1 } else { end };
        let first = word.chars().next().map_or(0, char::len_utf8);
        Some((start, start + end.max(first)))
    }

    /// Bytes of the file in front of the line.
    pub(crate) fn offset(&self) -> usize {
        self.source.as_ref().map_or(0, |source| source.offset)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if self.column == 0 { Ok(()) } else { write!(f, ":{}", self.column) }
    }
}

fn read(file: &Path, line: u32) -> Option<Source> {
    let text = std::fs::read_to_string(file).ok()?;
    let mut offset = 0;
    for (number, whole) in (1..).zip(text.split_inclusive('\n')) {
        if number == line {
            return Some(Source { text: whole.trim_end_matches(['\n', '\r']).to_owned(), offset });
        }
        offset += whole.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Source, Span};

    fn marked(text: &str, column: u32) -> String {
        let source = Some(Source { text: text.to_owned(), offset: 0 });
        let span = Span { file: "a.rs".into(), line: 1, column, source };
        span.marked().map_or_else(String::new, |(start, end)| text[start..end].to_owned())
    }

    #[test]
    fn what_is_marked() {
        assert_eq!(marked("    println!(\"{n}\");", 5), "println!");
        assert_eq!(marked("    std::fs::read(x)", 5), "std::fs::read");
        assert_eq!(marked("    CALLS.get()", 5), "CALLS");
        assert_eq!(marked("fn twice(n: u64) -> u64 {", 0), "fn twice(n: u64) -> u64");
        assert_eq!(marked("    |n| n + 1", 5), "|");
        assert_eq!(marked("ü", 1), "ü");
        assert_eq!(marked("ü", 2), "", "not at a character");
        assert_eq!(marked("a", 9), "");
    }

    #[test]
    fn lines_are_read_from_files() {
        let span = Span::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/span.rs"), 3, 5);
        assert_eq!(span.text(), Some("use serde::{Deserialize, Serialize};"));
        assert_eq!(Span::new("no-such-file.rs", 3, 5).text(), None);
    }
}
