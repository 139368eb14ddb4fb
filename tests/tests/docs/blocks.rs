//! The fenced blocks of a document, with what their info strings say.

/// One fenced block.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// Of the opening fence.
    pub(crate) line: usize,
    /// The first word of the info string.
    pub(crate) language: String,
    /// The other words.
    pub(crate) words: Vec<String>,
    pub(crate) text: String,
}

impl Block {
    /// The value of `KEY=VALUE` in the info string.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    /// Whether the info string has that word.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|found| found == word)
    }
}

/// The fenced blocks of a document.
pub(crate) fn find_blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in document.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text.push_str(&format!("{line}\n")),
            (None, Some(info)) => {
                let mut words = info.split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                open = Some(Block { line: index + 1, language, words: words.collect(), ..Block::default() });
            }
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn blocks_are_found_with_their_lines() {
    let document = "a\n```sh\nb\nc\n```\n```rust file=k.rs fails\n```\n";
    let block = |line, language: &str, words: &[&str], text: &str| Block {
        line,
        language: language.into(),
        words: words.iter().map(|word| (*word).into()).collect(),
        text: text.into(),
    };
    let blocks = find_blocks(document);
    assert_eq!(blocks, [block(2, "sh", &[], "b\nc\n"), block(6, "rust", &["file=k.rs", "fails"], "")]);
    assert_eq!((blocks[1].value("file"), blocks[1].value("fi")), (Some("k.rs"), None));
    assert!(blocks[1].has("fails") && !blocks[1].has("file"));
}
