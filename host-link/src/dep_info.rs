//! What the images of a program depend on beside its objects, where cargo looks for such things: another value of
//! the variable with our options, and cargo links the program again, and nothing else.

use crate::error::{Error, Result};
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Adds `variable` to what rustc has written down for `output`, if it has: cargo compares the value with that of
/// its next run.
///
/// Source: `# env-dep:NAME=VALUE` in dep-info files, `parse_rustc_dep_info` of cargo 1.95.
///
/// # Errors
/// A file that can't be read or written.
pub fn track(output: &Path, variable: &str, value: Option<&str>) -> Result<()> {
    let Some(file) = find(output) else { return Ok(()) };
    let failed = |source| Error::Write { path: file.clone(), source };
    let line = match value {
        Some(value) => format!("# env-dep:{variable}={}", escaped(value)),
        None => format!("# env-dep:{variable}"),
    };
    let text = std::fs::read_to_string(&file).map_err(|source| Error::Read { path: file.clone(), source })?;
    if text.lines().any(|known| known == line) {
        return Ok(());
    }
    let mut file = OpenOptions::new().append(true).open(&file).map_err(failed)?;
    file.write_all(format!("\n{line}\n").as_bytes()).map_err(failed)
}

/// The dep-info beside `output`: of a crate's name, which a library's file has `lib` in front of.
fn find(output: &Path) -> Option<PathBuf> {
    let name = output.file_stem()?;
    let crate_name = name.to_str().and_then(|name| name.strip_prefix("lib")).map(OsStr::new);
    let names = std::iter::once(name).chain(crate_name);
    let files = names.map(|name| output.with_file_name(name).with_added_extension("d"));
    files.into_iter().find(|file| file.is_file())
}

/// As rustc writes values: each on one line.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::track;

    #[test]
    fn variables_stand_in_dep_info() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("app-1.d");
        std::fs::write(&file, "app-1: src/lib.rs\n").expect("a file");
        for output in ["libapp-1.so", "app-1"] {
            track(&folder.path().join(output), "X", Some("a\nb\\c")).expect("writable");
        }
        track(&folder.path().join("app-1"), "Y", None).expect("writable");
        track(&folder.path().join("other"), "Y", None).expect("nothing to write");
        let text = std::fs::read_to_string(&file).expect("just written");
        assert_eq!(text, "app-1: src/lib.rs\n\n# env-dep:X=a\\nb\\\\c\n\n# env-dep:Y\n");
    }
}
