//! Bitcode in every container, made by the compilers and tools that users have.

use bitcode_link::{Error, Input, ModuleSource};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A function that calls another and keeps a table and a variable.
pub(crate) const C: &str = "extern int outside(int);
static const int table[4] = {1, 2, 3, 5};
int counter;
int first(int x) { counter++; return outside(table[x & 3]); }
static int hidden(int x) { return x * x; }
__attribute__((weak)) int second(int x) { return hidden(x) + hidden(x + 1); }
";

/// The same in Rust, with a kernel that needs the standard library.
pub(crate) const RUST: &str = "
#[unsafe(no_mangle)] pub extern \"C\" fn parse(text: &[u8; 8], out: &mut f64) {
    *out = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(-1.0);
}
#[inline(never)] pub fn twice(x: u32) -> u32 { x.wrapping_mul(2) }
";

/// The program itself.
pub(crate) fn bitcode_link() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bitcode-link"))
}

/// A folder of files for one test.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).expect("writable");
        self.path(name)
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("readable")
    }

    /// Runs a program of LLVM's in the folder.
    pub(crate) fn llvm(&self, tool: &str, arguments: &[&str]) {
        self.run(Command::new(Path::new(env!("LLVM_BINDIR")).join(tool)).args(arguments));
    }

    /// Compiles `source` with clang to `name`.
    pub(crate) fn clang(&self, source: &str, name: &str, flags: &[&str]) -> PathBuf {
        self.write("source.c", source);
        self.llvm("clang", &[&["-O1", "-c", "source.c", "-o", name], flags].concat());
        self.path(name)
    }

    /// Compiles `source` with rustc to `name`.
    pub(crate) fn rustc(&self, source: &str, name: &str, flags: &[&str]) -> PathBuf {
        self.write("source.rs", source);
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        self.run(
            Command::new(rustc).args(["-O", "source.rs", "--crate-name", "demo", "-o", name]).args(flags),
        );
        self.path(name)
    }

    /// The same, and what it printed.
    pub(crate) fn llvm_printed(&self, tool: &str, arguments: &[&str]) -> String {
        self.printed(Command::new(Path::new(env!("LLVM_BINDIR")).join(tool)).args(arguments))
    }

    /// What `command` does in the folder.
    pub(crate) fn output(&self, command: &mut Command) -> Output {
        command.current_dir(self.0.path()).output().expect("the program is installed")
    }

    /// What `command`, which must succeed, prints.
    pub(crate) fn printed(&self, command: &mut Command) -> String {
        let output = self.output(command);
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// What `command`, which must fail, says.
    pub(crate) fn refused(&self, command: &mut Command) -> String {
        let output = self.output(command);
        assert_eq!(output.status.code(), Some(1), "{command:?} succeeded or crashed");
        self.masked(String::from_utf8_lossy(&output.stderr).trim_end())
    }

    fn run(&self, command: &mut Command) {
        let output = command.current_dir(self.0.path()).output().expect("the program is installed");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// `text` with the folder written as DIR.
    pub(crate) fn masked(&self, text: &str) -> String {
        text.replace(&*self.0.path().to_string_lossy(), "DIR")
    }
}

/// The modules of a file, checked by LLVM.
pub(crate) fn sources(path: &Path) -> Result<Vec<ModuleSource>, Error> {
    let mut sources = Vec::new();
    for part in Input::read(path)?.parts()? {
        sources.append(&mut ModuleSource::of_part(&part)?);
    }
    sources.iter().try_for_each(ModuleSource::check)?;
    Ok(sources)
}

/// An error and its causes.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let source = error.source().map_or_else(String::new, |source| format!(": {}", causes(source)));
    format!("{error}{source}")
}
