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
    /// The launches in it, in its order.
    pub launches: Vec<Launch>,
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
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
