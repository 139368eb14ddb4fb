//! The parameters of the passes.

use crate::error::Error;
use crate::helper_options::HelperOptions;
use crate::pass_text;
use host_codegen::plan::Registration;
use std::path::PathBuf;

/// Parameters of the passes that change modules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Options {
    /// Container files, in the order given.
    pub images: Vec<PathBuf>,
    /// `offload-host` only.
    pub registration: Registration,
    /// `inline-helpers` only.
    pub helpers: HelperOptions,
}

const IMAGES: &str = "images";
const REGISTRATION: &str = "registration";
const CONSTRUCTOR: &str = "constructor";
const CALL_SITE: &str = "call-site";

/// Parameters of `offload-host`.
pub(crate) const HOST: &[&str] = &[IMAGES, REGISTRATION];
/// Parameters of `offload-records`: none.
pub(crate) const RECORDS: &[&str] = &[];
/// Parameters of `offload-embed`.
pub(crate) const EMBED: &[&str] = &[IMAGES];

impl Options {
    /// Reads `parameters`, of which `known` exist.
    pub(crate) fn parse(parameters: &str, known: &[&str]) -> Result<Self, Error> {
        let mut options = Self::default();
        for (key, value) in pass_text::split(parameters) {
            match key.as_str() {
                key if known.is_empty() => {
                    return Err(Error::NoParameters { parameter: key.to_owned() });
                }
                key if !known.contains(&key) => {
                    return Err(Error::UnknownParameter {
                        parameter: key.to_owned(),
                        nearest: nearest(key, known).to_owned(),
                        known: known.join(", "),
                    });
                }
                _ if value.is_empty() => {
                    return Err(Error::NoValue { parameter: key });
                }
                IMAGES => options.images.push(value.into()),
                REGISTRATION => options.registration = parse_registration(value)?,
                key => options.helpers.set(key, value)?,
            }
        }
        Ok(options)
    }

    /// The parameters as text that parses back.
    pub(crate) fn text(&self, pass: &str) -> String {
        let mut parts: Vec<String> = self
            .images
            .iter()
            .map(|path| format!("{IMAGES}={}", pass_text::encode(&path.to_string_lossy())))
            .collect();
        if self.registration == Registration::CallSite {
            parts.push(format!("{REGISTRATION}={CALL_SITE}"));
        }
        parts.extend(self.helpers.parts());
        if parts.is_empty() { pass.to_owned() } else { format!("{pass}<{}>", parts.join(";")) }
    }
}

fn parse_registration(value: String) -> Result<Registration, Error> {
    match value.as_str() {
        CONSTRUCTOR => Ok(Registration::Constructor),
        CALL_SITE => Ok(Registration::CallSite),
        _ => Err(Error::BadValue {
            parameter: REGISTRATION.to_owned(),
            known: format!("{CONSTRUCTOR}, {CALL_SITE}"),
            value,
        }),
    }
}

/// The known word that looks most like `word`.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> &'k str {
    let closeness = |k: &&&str| (strsim::jaro_winkler(word, k) * 1e6) as u64;
    known.iter().max_by_key(closeness).copied().unwrap_or_default()
}
