//! Response files: `@file` on a command line stands for the arguments in the file.

use crate::error::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

/// Response files in response files go no deeper than anybody means them to.
const DEEPEST: usize = 16;

/// `arguments` with what response files have in their place, and whether there were any.
///
/// # Errors
/// One that is there and can't be read. One that isn't there is an argument, as for gcc.
pub fn expand(arguments: impl IntoIterator<Item = OsString>) -> Result<(Vec<OsString>, bool)> {
    let mut expanded = Vec::new();
    let mut any = false;
    for argument in arguments {
        any |= push_expanded(argument, 0, &mut expanded)?;
    }
    Ok((expanded, any))
}

fn push_expanded(argument: OsString, depth: usize, expanded: &mut Vec<OsString>) -> Result<bool> {
    let path =
        argument.as_bytes().strip_prefix(b"@").map(|path| Path::new(OsStr::from_bytes(path)).to_owned());
    let Some(path) = path.filter(|path| path.is_file()) else {
        expanded.push(argument);
        return Ok(false);
    };
    if depth == DEEPEST {
        return Err(Error::NestedResponseFile { path });
    }
    let text = std::fs::read(&path).map_err(|source| Error::Read { path, source })?;
    for argument in split(&text) {
        push_expanded(argument, depth + 1, expanded)?;
    }
    Ok(true)
}

/// Splits at blanks that are neither quoted nor behind a backslash.
///
/// Source: `buildargv`, libiberty/argv.c (GCC 12).
fn split(text: &[u8]) -> Vec<OsString> {
    let mut arguments = Vec::new();
    let mut current: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', _) => current.get_or_insert_default().extend(bytes.next()),
            (_, Some(open)) if byte == open => quote = None,
            (b'\'' | b'"', None) => {
                quote = Some(byte);
                current.get_or_insert_default();
            }
            (_, None) if byte.is_ascii_whitespace() => arguments.extend(current.take()),
            _ => current.get_or_insert_default().push(byte),
        }
    }
    arguments.extend(current);
    arguments.into_iter().map(OsString::from_vec).collect()
}

/// The text of a response file with `arguments`.
pub fn write(arguments: &[OsString]) -> Vec<u8> {
    let mut text = Vec::new();
    for argument in arguments {
        text.push(b'"');
        for byte in argument.as_bytes() {
            if matches!(byte, b'"' | b'\\') {
                text.push(b'\\');
            }
            text.push(*byte);
        }
        text.extend(b"\"\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{expand, split, write};
    use std::ffi::OsString;

    #[test]
    fn arguments_are_split_as_gcc_does() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(
                split(text.as_bytes()),
                expected.iter().map(OsString::from).collect::<Vec<_>>(),
                "{text}"
            );
        };
        check("", &[]);
        check(" a\tb\nc ", &["a", "b", "c"]);
        check(r#"'a b' "c d" e\ f '' g"h i"j"#, &["a b", "c d", "e f", "", "gh ij"]);
        check(r#"a\\b \" '"' "\"""#, &[r"a\b", "\"", "\"", "\""]);
        check("'open", &["open"]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let arguments: Vec<OsString> =
            ["plain", "", "a b", "q\"uo'te", "back\\slash", "line\nbreak"].map(Into::into).into();
        assert_eq!(split(&write(&arguments)), arguments);
    }

    #[test]
    fn files_are_expanded_where_they_are() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (inner, outer) = (folder.path().join("inner"), folder.path().join("outer"));
        std::fs::write(&inner, "b 'c d'").expect("written");
        std::fs::write(&outer, format!("a @{} e", inner.display())).expect("written");
        let at = |path: &std::path::Path| OsString::from(format!("@{}", path.display()));
        let (found, any) = expand(["x".into(), at(&outer), "@not-there".into()]).expect("readable");
        assert_eq!(found, ["x", "a", "b", "c d", "e", "@not-there"]);
        assert!(any);
        assert!(!expand(["x".into()]).expect("readable").1);
        std::fs::write(&inner, format!("@{}", inner.display())).expect("written");
        let error = expand([at(&inner)]).expect_err("without end");
        assert_eq!(error.to_string(), format!("response file `{}` is nested too deep", inner.display()));
    }
}
