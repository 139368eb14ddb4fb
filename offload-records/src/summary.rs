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
    /// What has a name in the bitcode, in the order of the bitcode's own table of names: variables, functions,
    /// aliases. In another order the record is as good, and larger.
    #[serde(skip)]
    pub symbols: Vec<Symbol>,
    /// The source files that functions are in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The launches in it, in its order.
    pub launches: Vec<Launch>,
}

impl Summary {
    /// The symbols that the bitcode defines for others.
    pub fn defined(&self) -> impl Iterator<Item = &str> {
        self.of_kind(SymbolKind::Defined)
    }

    /// The symbols that it needs of others.
    pub fn undefined(&self) -> impl Iterator<Item = &str> {
        self.of_kind(SymbolKind::Undefined)
    }

    fn of_kind(&self, kind: SymbolKind) -> impl Iterator<Item = &str> {
        self.symbols.iter().filter(move |symbol| symbol.kind == kind).map(|symbol| symbol.name.as_str())
    }

    /// Where functions begin in the source, as far as that is known.
    pub fn places(&self) -> impl Iterator<Item = (&str, Place)> {
        self.symbols.iter().filter_map(|symbol| {
            let (file, line) = symbol.begin?;
            let file = self.files.get(usize::try_from(file).ok()?)?;
            Some((symbol.name.as_str(), Place { file: file.clone(), line, column: 0 }))
        })
    }
}

/// Something with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Who may use it.
    pub kind: SymbolKind,
    /// Where a function begins, for messages: file, as a place in the list of files, and 1-based line. None without
    /// debug info.
    pub begin: Option<(u32, u32)>,
}

/// Whether others define or use a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// Others define it.
    Undefined,
    /// Others may use it.
    Defined,
    /// It is the bitcode's own, or LLVM's.
    Local,
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
