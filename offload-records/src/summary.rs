//! What a record says about its bitcode, for whoever does not want to read it.

use serde::{Deserialize, Serialize};

/// What the linker step has to know about a codegen unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the module: rustc's codegen unit, clang's source file.
    pub module: String,
    /// The compiler, as it calls itself: `rustc version 1.95.0 (...)`.
    pub producer: String,
    /// The version of the plugin that made the record.
    pub plugin: String,
    /// Symbols that the bitcode defines for others.
    pub defined: Vec<String>,
    /// Symbols that it needs of others.
    pub undefined: Vec<String>,
    /// The source files that [`functions`](Self::functions) are in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Where functions of the bitcode begin, for messages: symbol, file, 1-based line. None without debug info.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<(String, u32, u32)>,
    /// The launches in it, in its order.
    pub launches: Vec<Launch>,
}

impl Summary {
    /// Where the function `symbol` begins in the source, if that is known.
    pub fn place_of(&self, symbol: &str) -> Option<Place> {
        let (_, file, line) = self.functions.iter().find(|(name, ..)| name == symbol)?;
        let file = self.files.get(usize::try_from(*file).ok()?)?;
        Some(Place { file: file.clone(), line: *line, column: 0 })
    }
}

/// One launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The kernel, by the name that it has in the records' bitcode.
    pub kernel: String,
    /// What each of its arguments is passed as.
    pub slots: Vec<Slot>,
    /// Whether the kernel takes geometry slots in front of these.
    pub geometry: bool,
    /// The function that launches.
    pub function: String,
    /// Where that is in the source, if the module had debug info.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// What an argument is passed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The address of mapped memory.
    Pointer,
    /// A value of at most 8 bytes.
    Value,
}

/// A place in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// File name as the compiler was given it.
    pub file: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, 0 if unknown.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if self.column == 0 { Ok(()) } else { write!(f, ":{}", self.column) }
    }
}
