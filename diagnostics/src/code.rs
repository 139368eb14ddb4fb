//! The codes of errors and warnings, each with its page in `docs/errors`. A number stays what it is: people look for
//! it, and scripts read it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A code, such as `OB0012`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(u16);

/// The codes, and the page of each.
macro_rules! codes {
    ($($name:ident $number:literal)*) => {
        impl Code {
            $(
                #[doc = concat!("Its page: `docs/errors/", stringify!($name), ".md`.")]
                pub const $name: Self = Self($number);
            )*

            /// All codes, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What the code means, as Markdown.
            pub fn explanation(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("../../docs/errors/", stringify!($name), ".md")),)*
                    _ => "",
                }
            }
        }
    };
}

// 00 kernels, 01 launches, 02 the link, 03 inputs of device-link, 04 devices, 05 machine and toolchain, 06 projects,
// 07 bitcode-link and helpers.
codes! {
    OB0001 1
    OB0002 2
    OB0003 3
    OB0011 11
    OB0012 12
    OB0013 13
    OB0014 14
    OB0015 15
    OB0016 16
    OB0017 17
    OB0018 18
    OB0021 21
    OB0022 22
    OB0023 23
    OB0024 24
    OB0025 25
    OB0026 26
    OB0027 27
    OB0028 28
    OB0029 29
    OB0101 101
    OB0102 102
    OB0103 103
    OB0104 104
    OB0105 105
    OB0106 106
    OB0107 107
    OB0108 108
    OB0109 109
    OB0201 201
    OB0202 202
    OB0203 203
    OB0204 204
    OB0205 205
    OB0206 206
    OB0207 207
    OB0208 208
    OB0209 209
    OB0211 211
    OB0212 212
    OB0301 301
    OB0302 302
    OB0303 303
    OB0304 304
    OB0305 305
    OB0306 306
    OB0307 307
    OB0308 308
    OB0309 309
    OB0310 310
    OB0401 401
    OB0402 402
    OB0403 403
    OB0404 404
    OB0501 501
    OB0502 502
    OB0503 503
    OB0504 504
    OB0505 505
    OB0506 506
    OB0601 601
    OB0602 602
    OB0603 603
    OB0604 604
    OB0605 605
    OB0701 701
    OB0702 702
    OB0703 703
    OB0704 704
    OB0705 705
    OB0706 706
    OB0707 707
    OB0708 708
}

impl Code {
    /// What the code is about, in a line: its page's heading.
    pub fn title(self) -> &'static str {
        let heading = self.explanation().lines().next().unwrap_or_default();
        heading.split_once(": ").map_or(heading, |(_, title)| title)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OB{:04}", self.0)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.to_string()
    }
}

impl TryFrom<String> for Code {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|()| format!("there is no code `{text}`"))
    }
}

impl std::str::FromStr for Code {
    type Err = ();

    /// A code as it is written, `OB0012`; also `ob12` and `12`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.trim().trim_start_matches(['O', 'o']).trim_start_matches(['B', 'b']);
        let number: u16 = digits.parse().map_err(|_| ())?;
        Self::ALL.iter().copied().find(|code| code.0 == number).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Where the pages are.
    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors")
    }

    #[test]
    fn a_page_has_a_code_and_a_code_has_a_page() {
        let pages = std::fs::read_dir(folder()).expect("the pages are there");
        let pages = pages.map(|page| page.expect("readable").path());
        let names = pages.map(|page| page.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        let names: BTreeSet<_> = names.filter(|name| name != "README").collect();
        let codes: BTreeSet<_> = Code::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names, codes);
        assert_eq!(codes.len(), Code::ALL.len(), "no number twice");
    }

    #[test]
    fn pages_begin_with_their_code_and_are_in_the_list() {
        let list = std::fs::read_to_string(folder().join("README.md")).expect("the list of pages");
        for code in Code::ALL {
            let page = code.explanation();
            assert!(page.starts_with(&format!("# {code}: ")), "{code} has another heading");
            let line = format!("- [{code}]({code}.md): {}\n", code.title());
            assert!(list.contains(&line), "docs/errors/README.md has no line\n{line}");
        }
    }

    #[test]
    fn codes_are_read_as_they_are_written() {
        assert_eq!("OB0012".parse(), Ok(Code::OB0012));
        assert_eq!("ob12".parse(), Ok(Code::OB0012));
        assert_eq!("OB9999".parse::<Code>(), Err(()));
        assert_eq!("E0012".parse::<Code>(), Err(()));
    }
}
