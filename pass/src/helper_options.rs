//! The parameters of `inline-helpers`.

use crate::error::Error;
use crate::pass_text;
use bitcode_link::inlining::{self, Risk};
use std::path::{Path, PathBuf};

/// What helpers are linked, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HelperOptions {
    /// Files with helpers.
    pub bitcode: Vec<PathBuf>,
    /// The folder for reports, a file for each codegen unit.
    pub report: Option<PathBuf>,
    /// How they are linked.
    pub linking: inlining::Options,
}

const BITCODE: &str = "bitcode";
const REPORT: &str = "report";
const REPAIR: &str = "repair";
const ALLOW: &str = "allow";
const DEBUG_INFO: &str = "debug-info";
const TRIPLE: &str = "triple";
const SHARED: &str = "shared";

/// The parameters.
pub(crate) const KNOWN: &[&str] = &[BITCODE, REPORT, REPAIR, ALLOW, DEBUG_INFO, TRIPLE, SHARED];

impl HelperOptions {
    /// Takes a parameter.
    pub(crate) fn set(&mut self, key: &str, value: String) -> Result<(), Error> {
        let linking = &mut self.linking;
        match key {
            BITCODE => self.bitcode.push(value.into()),
            REPORT => self.report = Some(value.into()),
            REPAIR => linking.repair = is_second(key, value, ["no", "yes"])?,
            DEBUG_INFO => linking.drop_debug_info = is_second(key, value, ["keep", "drop"])?,
            TRIPLE => linking.any_triple = is_second(key, value, ["same", "any"])?,
            SHARED => linking.refuse_shared = is_second(key, value, ["keep", "refuse"])?,
            _ => {
                let known: Vec<_> = Risk::ALL.iter().map(|risk| risk.name()).collect();
                let known = known.join(", ");
                let bad = || Error::BadValue { parameter: key.to_owned(), value: value.clone(), known };
                linking.allow.insert(Risk::named(&value).ok_or_else(bad)?);
            }
        }
        Ok(())
    }

    /// The parameters as text, each by itself.
    pub(crate) fn parts(&self) -> Vec<String> {
        let path = |key: &str, path: &Path| format!("{key}={}", pass_text::encode(&path.to_string_lossy()));
        let linking = &self.linking;
        let mut parts: Vec<String> = self.bitcode.iter().map(|file| path(BITCODE, file)).collect();
        parts.extend(self.report.iter().map(|folder| path(REPORT, folder)));
        let flags = [
            (linking.repair, REPAIR, "yes"),
            (linking.drop_debug_info, DEBUG_INFO, "drop"),
            (linking.any_triple, TRIPLE, "any"),
            (linking.refuse_shared, SHARED, "refuse"),
        ];
        let set = flags.into_iter().filter(|(set, ..)| *set);
        parts.extend(set.map(|(_, key, value)| format!("{key}={value}")));
        parts.extend(linking.allow.iter().map(|risk| format!("{ALLOW}={risk}")));
        parts
    }
}

/// Whether `value` is the second of `words`, and not the first.
fn is_second(key: &str, value: String, words: [&str; 2]) -> Result<bool, Error> {
    let position = words.iter().position(|word| *word == value);
    let known = words.join(", ");
    position.map(|index| index == 1).ok_or(Error::BadValue { parameter: key.to_owned(), value, known })
}
