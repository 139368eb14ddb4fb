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
