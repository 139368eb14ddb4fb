//! One thing that building and running takes: what there is of it, what there should be, and how it gets there.

use prerequisites::packages::Package;
use serde::Serialize;

/// One thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What it is.
    pub(crate) what: &'static str,
    /// Whether it is as wanted.
    pub(crate) good: bool,
    /// Whether nothing builds or runs without it.
    pub(crate) needed: bool,
    /// What there is.
    pub(crate) found: String,
    /// What has to be.
    pub(crate) wanted: String,
    /// What helps; empty where all is well.
    pub(crate) fix: String,
    /// The package that `setup` installs.
    #[serde(skip)]
    pub(crate) package: Option<&'static Package>,
}

impl Finding {
    pub(crate) fn new(what: &'static str, wanted: &str, found: Result<String, String>, fix: &str) -> Self {
        let good = found.is_ok();
        let fix = if good { String::new() } else { fix.to_owned() };
        let found = found.unwrap_or_else(|found| found);
        Self { what, good, needed: true, found, wanted: wanted.to_owned(), fix, package: None }
    }

    /// What a package of Debian's has.
    pub(crate) fn of_package(
        what: &'static str,
        wanted: &str,
        found: Result<String, String>,
        package: &'static Package,
    ) -> Self {
        let fix = format!("cargo outboard setup, or apt-get install {}", package.name);
        Self { package: Some(package), ..Self::new(what, wanted, found, &fix) }
    }

    pub(crate) fn optional(self) -> Self {
        Self { needed: false, ..self }
    }

    /// Whether something is wrong without which nothing builds.
    pub(crate) fn is_missing(&self) -> bool {
        self.needed && !self.good
    }
}

/// The findings as text, a line each, and two lines more for what is not as wanted.
pub(crate) fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = match (finding.good, finding.needed) {
            (true, _) => "ok",
            (false, true) => "missing",
            (false, false) => "absent",
        };
        text.push_str(&format!("{mark:>7}  {:<14} {}\n", finding.what, finding.found));
        if !finding.good {
            text.push_str(&format!("{:>7}  {:<14} wanted: {}\n", "", "", finding.wanted));
            text.push_str(&format!("{:>7}  {:<14} help: {}\n", "", "", finding.fix));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Finding, text};
    use prerequisites::packages::RUNTIME;

    #[test]
    fn what_is_missing_has_a_remedy() {
        let findings = [
            Finding::new("rustc", "x", Ok("rustc 1.95.0 with LLVM 22.1.2".into()), "unused"),
            Finding::of_package("runtime", "libomptarget.so.22.1", Err("nothing".into()), &RUNTIME),
            Finding::new("ptxas", "an assembler", Err("nothing".into()), "install CUDA").optional(),
        ];
        insta::assert_snapshot!(text(&findings), @r"
             ok  rustc          rustc 1.95.0 with LLVM 22.1.2
        missing  runtime        nothing
                                wanted: libomptarget.so.22.1
                                help: cargo outboard setup, or apt-get install liboffload-22
         absent  ptxas          nothing
                                wanted: an assembler
                                help: install CUDA
        ");
    }
}
