//! Runs programs on the files of tests/cases and on temporary files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the cases, in which every program runs.
pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// A program of LLVM's.
pub(crate) fn llvm(tool: &str) -> Command {
    Command::new(Path::new(env!("LLVM_BINDIR")).join(tool))
}

/// Runs `command` among the cases.
pub(crate) fn run(command: &mut Command) -> Output {
    command.current_dir(cases()).output().expect("the program is installed")
}

/// Runs `command`, which must succeed, and returns what it printed.
pub(crate) fn printed(command: &mut Command) -> Vec<u8> {
    let output = run(command);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {text}");
    output.stdout
}

/// `device-link` itself.
pub(crate) fn device_link() -> Command {
    Command::new(env!("CARGO_BIN_EXE_device-link"))
}

/// Runs device-link, which must fail without writing `output`, and returns its message with `folder`
/// written as DIR.
pub(crate) fn refused(arguments: &[&str], output: &Path, folder: &Path) -> String {
    let result = run(device_link().args(arguments));
    assert_eq!(result.status.code(), Some(1), "{arguments:?} succeeded or crashed");
    assert!(!output.exists(), "{arguments:?} failed and left an output");
    let text = String::from_utf8_lossy(&result.stderr).trim_end().replace(&*folder.to_string_lossy(), "DIR");
    mask_temporary(&text.replace(env!("LLVM_BINDIR"), "LLVM"))
}

/// Writes TMP for the temporary folders that device-link makes itself.
fn mask_temporary(text: &str) -> String {
    let start = format!("{}/.tmp", std::env::temp_dir().display());
    let mut parts = text.split(&start);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += "TMP";
        out += part.trim_start_matches(|character: char| character.is_ascii_alphanumeric());
    }
    out
}

/// The bits of some bytes, of each the lowest `count` ones, the lowest first.
fn bits(bytes: &[u8], count: u32) -> Vec<bool> {
    bytes.iter().flat_map(|byte| (0..count).map(move |bit| byte >> bit & 1 == 1)).collect()
}

/// `bytes` with the bits `to` in place of the bits `from`, which are as many.
fn spliced(bytes: &[u8], from: &[bool], to: Vec<bool>) -> Vec<u8> {
    let mut all = bits(bytes, 8);
    let at = all.windows(from.len()).position(|window| window == from).expect("the text is there");
    all.splice(at..at + from.len(), to);
    all.chunks(8).map(|bits| bits.iter().rev().fold(0, |sum, bit| sum << 1 | u8::from(*bit))).collect()
}

/// Bitcode of clang's with `to` in place of `from`, of the same length, in the name of its producer: letters, digits
/// and points take 6 bits there.
pub(crate) fn renamed_producer(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    const CHARACTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
    let encode = |text: &str| -> Vec<bool> {
        let codes = text.bytes().map(|byte| CHARACTERS.iter().position(|known| *known == byte));
        let codes = codes.map(|code| u8::try_from(code.expect("a name's character")).expect("of 64"));
        bits(&codes.collect::<Vec<_>>(), 6)
    };
    spliced(bytes, &encode(from), encode(to))
}

/// The same for bitcode of rustc's, whose name has a hyphen: each character is two groups of 6 bits, the first of
/// which says that another follows.
pub(crate) fn renamed_release(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let groups =
        |text: &str| -> Vec<u8> { text.bytes().flat_map(|byte| [byte & 31 | 32, byte >> 5]).collect() };
    spliced(bytes, &bits(&groups(from), 6), bits(&groups(to), 6))
}

/// A kernel that calls a function of another module, and that function.
pub(crate) const KERNEL: &str = "int twice(int x);
void kernel(int *out, long n) { for (long i = 0; i < n; i++) out[i] = twice(out[i]); }\n";
pub(crate) const TWICE: &str = "int twice(int x) { return x + x; } void unused(void) {}\n";

/// A folder of files for one test.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `text` with the folder written as DIR.
    pub(crate) fn masked(&self, text: &str) -> String {
        text.trim_end().replace(&*self.0.path().to_string_lossy(), "DIR")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    pub(crate) fn clang(&self, source: &str, name: &str, flags: &[&str]) {
        std::fs::write(self.path("source.c"), source).expect("writable");
        printed(
            llvm("clang")
                .args(["-O1", "-c"])
                .args(flags)
                .arg(self.path("source.c"))
                .arg("-o")
                .arg(self.path(name)),
        );
    }

    pub(crate) fn rustc(&self, source: &str, name: &str, flags: &[&str]) {
        std::fs::write(self.path("source.rs"), source).expect("writable");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(rustc);
        command.args(["-O", "--crate-name", "demo"]).args(flags);
        printed(command.arg(self.path("source.rs")).arg("-o").arg(self.path(name)));
    }

    pub(crate) fn archive(&self, name: &str, members: &[&str]) {
        let members = members.iter().map(|member| self.path(member));
        printed(llvm("llvm-ar").arg("rcs").arg(self.path(name)).args(members));
    }

    /// Links `inputs` and returns the kernels of the image, one a line.
    pub(crate) fn link(&self, inputs: &[&str], flags: &[&str]) -> String {
        let inputs = inputs.iter().map(|input| self.path(input));
        let output = printed(
            device_link().arg("link").args(inputs).args(flags).args(["-v", "-o"]).arg(self.path("out")),
        );
        let output = String::from_utf8(output).expect("text");
        let kernels = output.lines().filter_map(|line| line.strip_prefix("  "));
        kernels.collect::<Vec<_>>().join("\n")
    }

    /// Links `inputs`, which must fail.
    pub(crate) fn refused(&self, inputs: &[&str], flags: &[&str]) -> String {
        let inputs: Vec<_> = inputs.iter().map(|input| self.text(input)).collect();
        let output = self.text("refused.offload");
        let mut arguments = vec!["link", "-o", &output];
        arguments.extend(inputs.iter().map(String::as_str));
        arguments.extend(flags);
        refused(&arguments, &self.path("refused.offload"), self.0.path())
    }
}
