//! Functions by their names in the source, and kernels by the names that their authors know: an entry of the crate
//! outboard is called by the closure or function that it runs.

/// Crates whose functions are not what somebody wrote as a kernel.
const LIBRARIES: [&str; 4] = ["outboard::", "core::", "std::", "alloc::"];

/// Longer names lose their generic arguments.
const LONGEST: usize = 100;

/// `symbol` as its source has it, without the hash of Rust's names; what Rust didn't mangle as it is.
pub fn demangled(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

/// Whether Rust made `symbol`: then no two functions of a program have it.
pub fn is_mangled_by_rust(symbol: &str) -> bool {
    rustc_demangle::try_demangle(symbol).is_ok()
}

/// What the author of the kernel `symbol` calls it.
pub fn kernel_name(symbol: &str) -> String {
    let whole = demangled(symbol);
    let name = last_closure(&whole).unwrap_or_else(|| body_of(&whole));
    if name.chars().count() > LONGEST { without_arguments(name) } else { name.to_owned() }
}

/// A function by its path, without what it was made for: `std::fs::read` of `std::fs::read::<&str>`.
pub fn path_of(name: &str) -> String {
    let (mut path, mut rest) = (String::new(), name);
    while let Some(at) = rest.find("::<") {
        path.push_str(&rest[..at]);
        rest = behind_arguments(&rest[at + 2..]);
    }
    path + rest
}

/// What stands behind the generic arguments with which `text` begins.
fn behind_arguments(text: &str) -> &str {
    let mut depth = 0_u32;
    for (at, character) in text.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if text[..at].ends_with('-') => {}
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// Whether a demangled name is of Rust's standard library or the crate outboard, or glue by which these call a
/// closure.
pub fn is_of_library(name: &str) -> bool {
    const GLUE: &str = " as core::ops::function::Fn";
    let path = name.trim_start_matches(['<', '&', '*']).trim_start_matches("mut ");
    LIBRARIES.iter().any(|root| path.starts_with(root)) || name.contains(GLUE)
}

/// The last closure in `name` that is not of a library: what an adapter is built of stands before it.
fn last_closure(name: &str) -> Option<&str> {
    const CLOSURE: &str = "{closure#";
    let mut ends: Vec<usize> = Vec::new();
    for (at, _) in name.match_indices(CLOSURE) {
        ends.extend(name[at..].find('}').map(|length| at + length + 1));
    }
    let paths = ends.into_iter().rev().map(|end| &name[path_start(name, end)..end]);
    paths.into_iter().find(|path| !is_of_library(path))
}

/// Where the path begins that ends at `end`.
fn path_start(name: &str, end: usize) -> usize {
    let bytes = name.as_bytes();
    let (mut at, mut depth) = (end, 0_u32);
    while at > 0 {
        match bytes[at - 1] {
            b'>' if at > 1 && bytes[at - 2] == b'-' => at -= 1,
            b'>' => depth += 1,
            b'<' if depth == 0 => break,
            b'<' => depth -= 1,
            byte if depth > 0 || byte.is_ascii_alphanumeric() || !byte.is_ascii() => {}
            b'_' | b':' | b'{' | b'}' | b'#' => {}
            _ => break,
        }
        at -= 1;
    }
    at
}

/// What each of the kernels `symbols` is called in a list of them: as its author calls it, or by its symbol where another
/// has that name too.
pub fn listed(symbols: &[&str]) -> Vec<String> {
    let names: Vec<_> = symbols.iter().map(|symbol| kernel_name(symbol)).collect();
    let is_one = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
    let shown = |(name, symbol): (&String, &&str)| {
        if is_one(name) { name.clone() } else { (*symbol).to_owned() }
    };
    names.iter().zip(symbols).map(shown).collect()
}

/// What an entry of a library runs: the last of its generic arguments. Any other name is that of the kernel.
fn body_of(name: &str) -> &str {
    if !is_of_library(name) {
        return name;
    }
    let Some(open) = name.find('<').filter(|_| name.ends_with('>')) else { return name };
    let arguments = &name[open + 1..name.len() - 1];
    let (mut depth, mut last) = (0_i32, 0);
    for (at, character) in arguments.char_indices() {
        match character {
            '<' | '(' | '[' => depth += 1,
            '>' if arguments[..at].ends_with('-') => {}
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => last = at + 1,
            _ => {}
        }
    }
    body_of(arguments[last..].trim())
}

/// `a::b::<c, d>::e` as `a::b::<_>::e`.
fn without_arguments(name: &str) -> String {
    let (mut short, mut depth) = (String::new(), 0_u32);
    for (at, character) in name.char_indices() {
        match character {
            '<' => {
                depth += 1;
                if depth == 1 {
                    short.push_str("<_>");
                }
            }
            '>' if !name[..at].ends_with('-') => depth = depth.saturating_sub(1),
            _ if depth == 0 => short.push(character),
            _ => {}
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{body_of, is_of_library, last_closure, path_of, without_arguments};

    fn name(whole: &str) -> &str {
        last_closure(whole).unwrap_or_else(|| body_of(whole))
    }

    #[test]
    fn kernels_are_called_as_their_authors_wrote_them() {
        let cases = [
            (
                "outboard::launch::shapes::entry_1_1::<outboard::launch::kernel::Over<usize, (outboard::launch::arguments::Each<&mut [u64]>, &[u64]), app::squares::{closure#0}>>",
                "app::squares::{closure#0}",
            ),
            (
                "outboard::launch::shapes::entry_2_1::<outboard::launch::kernel::Blocks<[usize; 2], (), (&[f32], &[f32]), matrix::multiply>>",
                "matrix::multiply",
            ),
            (
                "outboard::launch::shapes::entry_1_0::<outboard::launch::kernel::Over<usize, A, <outboard::iter::Zip<A, B> as outboard::iter::Offload>::for_each<<app::S<u8> as app::T>::go::<fn(u8) -> u8>::{closure#2}>::{closure#0}>>",
                "<app::S<u8> as app::T>::go::<fn(u8) -> u8>::{closure#2}",
            ),
            ("launching::kernel::<main::main::{closure#0}>", "main::main::{closure#0}"),
            ("app::scale::<f32>", "app::scale::<f32>"),
            ("axpy", "axpy"),
            (
                "outboard::launch::shapes::entry_1_1::<outboard::launch::kernel::Over<usize, (), outboard::launch::offer::touching>>",
                "outboard::launch::offer::touching",
            ),
        ];
        for (whole, expected) in cases {
            assert_eq!(name(whole), expected);
        }
    }

    #[test]
    fn functions_by_their_paths() {
        assert_eq!(path_of("std::fs::read::<&str>"), "std::fs::read");
        assert_eq!(path_of("a::<fn() -> b::<c>>::d::<e>::f"), "a::d::f");
        assert_eq!(path_of("<a<b>>::c"), "<a<b>>::c");
    }

    #[test]
    fn long_names_lose_their_arguments() {
        assert_eq!(without_arguments("a::b::<c<d>, fn() -> e>::{closure#0}"), "a::b::<_>::{closure#0}");
    }

    #[test]
    fn what_is_of_the_library() {
        for name in
            ["std::io::stdio::_print", "<core::option::Option<app::T>>::map::<u8, app::main::{closure#0}>"]
        {
            assert!(is_of_library(name), "{name}");
        }
        assert!(is_of_library(
            "<&app::main::{closure#0} as core::ops::function::FnMut<(&mut i64,)>>::call_mut"
        ));
        for name in ["app::main::{closure#0}", "<app::T as core::clone::Clone>::clone", "stdx::f"] {
            assert!(!is_of_library(name), "{name}");
        }
    }
}
