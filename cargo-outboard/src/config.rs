//! What to build for: the command line over the environment over the package over the workspace.

use crate::args::{OwnOptions, Runtime, VectorMath};
use crate::error::{Error, Result};
use crate::nearest::nearest;
use clap::ValueEnum as _;
use serde_json::Value;
use std::path::PathBuf;

/// Where projects say what they want: `[package.metadata.outboard]` and `[workspace.metadata.outboard]`.
const TABLE: &str = "outboard";
/// The keys of these tables.
const KEYS: [&str; 7] =
    ["cache", "devices", "inline-helpers", "require", "runtime", "runtime-files", "vector-math"];

/// The environment's word, of which `OUTBOARD_REQUIRE` is the crate outboard's too.
const DEVICES_VARIABLE: &str = "OUTBOARD_DEVICES";
const RUNTIME_VARIABLE: &str = "OUTBOARD_RUNTIME";
const VECTOR_MATH_VARIABLE: &str = "OUTBOARD_VECTOR_MATH";
const CACHE_VARIABLE: &str = "OUTBOARD_CACHE";

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Settings {
    pub(crate) devices: Option<Vec<String>>,
    pub(crate) runtime: Option<Runtime>,
    pub(crate) vector_math: Option<VectorMath>,
    pub(crate) require: Option<bool>,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) runtime_files: Option<Vec<PathBuf>>,
    pub(crate) inline_helpers: Option<Vec<PathBuf>>,
}

impl Settings {
    /// These, and where they say nothing, what `below` says.
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            devices: self.devices.or(below.devices),
            runtime: self.runtime.or(below.runtime),
            vector_math: self.vector_math.or(below.vector_math),
            require: self.require.or(below.require),
            cache: self.cache.or(below.cache),
            runtime_files: self.runtime_files.or(below.runtime_files),
            inline_helpers: self.inline_helpers.or(below.inline_helpers),
        }
    }

    /// The command line's.
    pub(crate) fn of_options(options: &OwnOptions) -> Result<Self> {
        let devices = (!options.device.is_empty()).then(|| options.device.clone());
        if let Some(devices) = &devices {
            devices.iter().try_for_each(|device| check_device(device))?;
        }
        Ok(Self {
            devices,
            runtime: options.runtime,
            vector_math: options.vector_math,
            require: options.require.then_some(true),
            inline_helpers: (!options.inline_helpers.is_empty()).then(|| options.inline_helpers.clone()),
            ..Self::default()
        })
    }

    /// The environment's, as `variable` gives it.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let devices = variable(DEVICES_VARIABLE).map(|value| split(&value));
        if let Some(devices) = &devices {
            devices.iter().try_for_each(|device| check_device(device))?;
        }
        let runtime = variable(RUNTIME_VARIABLE);
        let runtime = runtime.map(|value| runtime_named(RUNTIME_VARIABLE, &value)).transpose()?;
        let vector_math = variable(VECTOR_MATH_VARIABLE);
        let vector_math =
            vector_math.map(|value| vector_math_named(VECTOR_MATH_VARIABLE, &value)).transpose()?;
        let cache = variable(CACHE_VARIABLE).map(PathBuf::from);
        Ok(Self { devices, runtime, vector_math, cache, ..Self::default() })
    }

    /// What the metadata of a package or workspace says, and what of it is worth a warning. `place` is the table's
    /// name, relative files are below `folder`.
    pub(crate) fn of_metadata(
        metadata: &Value,
        place: &str,
        folder: &std::path::Path,
    ) -> Result<(Self, Vec<String>)> {
        let (mut settings, mut warnings) = (Self::default(), Vec::new());
        let Some(table) = metadata.get(TABLE) else { return Ok((settings, warnings)) };
        let Some(table) = table.as_object() else {
            return Err(bad_value(format!("[{place}.{TABLE}]"), "a table", table));
        };
        for (key, value) in table {
            let at = || format!("{place}.{TABLE}.{key}");
            match key.as_str() {
                "devices" => {
                    let devices = strings(value, at)?;
                    devices.iter().try_for_each(|device| check_device(device))?;
                    settings.devices = Some(devices);
                }
                "runtime" => {
                    let name = value.as_str().map(|name| runtime_named(&at(), name));
                    let name = name.ok_or_else(|| bad_value(at(), "\"lazy\" or \"linked\"", value))?;
                    settings.runtime = Some(name?);
                }
                "vector-math" => {
                    let name = value.as_str().map(|name| vector_math_named(&at(), name));
                    let name = name.ok_or_else(|| bad_value(at(), VECTOR_MATHS, value))?;
                    settings.vector_math = Some(name?);
                }
                "require" => {
                    let require = value.as_bool();
                    let require = require.ok_or_else(|| bad_value(at(), "true or false", value))?;
                    settings.require = Some(require);
                }
                "cache" => {
                    let path = value.as_str().ok_or_else(|| bad_value(at(), "a path", value))?;
                    settings.cache = Some(folder.join(path));
                }
                "inline-helpers" => {
                    let files = strings(value, at)?;
                    settings.inline_helpers = Some(files.iter().map(|file| folder.join(file)).collect());
                }
                "runtime-files" => {
                    let files = strings(value, at)?;
                    settings.runtime_files = Some(files.iter().map(|file| folder.join(file)).collect());
                }
                _ => warnings.push(unknown_key(&at(), key)),
            }
        }
        Ok((settings, warnings))
    }
}

fn unknown_key(place: &str, key: &str) -> String {
    let help = match nearest(key, KEYS) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the keys are {}", KEYS.join(", ")),
    };
    format!("`{place}` means nothing\nhelp: {help}")
}

fn bad_value(place: String, known: &'static str, found: &Value) -> Error {
    Error::BadValue { place, known, found: found.to_string() }
}

fn runtime_named(place: &str, name: &str) -> Result<Runtime> {
    match name {
        "lazy" => Ok(Runtime::Lazy),
        "linked" => Ok(Runtime::Linked),
        _ => Err(bad_value(place.to_owned(), "\"lazy\" or \"linked\"", &name.into())),
    }
}

/// What the libraries are called.
const VECTOR_MATHS: &str = "\"libmvec\" or \"none\"";

fn vector_math_named(place: &str, name: &str) -> Result<VectorMath> {
    VectorMath::from_str(name, false).map_err(|_| bad_value(place.to_owned(), VECTOR_MATHS, &name.into()))
}

fn strings(value: &Value, place: impl Fn() -> String) -> Result<Vec<String>> {
    let texts =
        value.as_array().and_then(|values| values.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    let texts = texts.ok_or_else(|| bad_value(place(), "a list of texts", value))?;
    Ok(texts.into_iter().map(ToOwned::to_owned).collect())
}

fn split(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
}

/// What devices are called, beside names with a number in them.
const DEVICES: [&str; 5] = ["host", "x86_64", "nvptx64", "amdgcn", "spirv64"];

/// Whether `name` can be a device: what is behind the architecture, device-link judges.
pub(crate) fn check_device(name: &str) -> Result<()> {
    let architecture = name.split([':', '+']).next().unwrap_or(name);
    let numbered = |prefix: &str| {
        let number = architecture.strip_prefix(prefix);
        number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
    };
    if DEVICES.contains(&architecture) || numbered("sm_") || numbered("gfx") {
        return Ok(());
    }
    let help = match nearest(architecture, DEVICES) {
        Some(known) => format!("did you mean `{known}`?"),
        None => {
            "devices are host, sm_90 and the like for NVIDIA, gfx90a and the like for AMD, spirv64".into()
        }
    };
    Err(Error::UnknownDevice { name: name.to_owned(), help })
}

#[cfg(test)]
mod tests;
