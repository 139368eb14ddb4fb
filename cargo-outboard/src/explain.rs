//! `explain`: what a code means, or the list of all.

use crate::error::{Error, Result};
use diagnostics::Code;

/// The page of `code`, or without one a line for each.
pub(crate) fn explain(code: Option<&str>) -> Result<String> {
    let Some(code) = code else {
        return Ok(Code::ALL.iter().map(|code| format!("{code}  {}\n", code.title())).collect());
    };
    match code.parse::<Code>() {
        Ok(code) => Ok(code.explanation().to_owned()),
        Err(()) => Err(Error::NoCode { code: code.to_owned(), nearest: nearest(code) }),
    }
}

/// The code that somebody may have meant who wrote another: the nearest in spelling, and of these the first.
fn nearest(code: &str) -> Option<String> {
    // rustc's own begin with E.
    let wanted = Some(code.to_uppercase()).filter(|code| !code.starts_with('E'))?;
    let all = Code::ALL.iter().map(ToString::to_string);
    let distances = all.map(|known| (strsim::damerau_levenshtein(&wanted, &known), known));
    distances.filter(|(distance, known)| *distance < known.len() / 2).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::{explain, nearest};

    #[test]
    fn codes_are_explained() {
        let page = explain(Some("OB0012")).expect("a code");
        assert!(page.starts_with("# OB0012: "), "{page}");
        assert!(explain(None).expect("the list").contains("OB0013  "));
        assert_eq!(nearest("OB0O12").as_deref(), Some("OB0012"));
        assert_eq!(nearest("E0308"), None);
    }
}
