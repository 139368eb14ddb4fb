//! What cargo is configured to do already: flags, linkers and targets of the user's, to which ours are added.

use crate::args::CargoOptions;
use crate::error::{Error, Result};
use crate::toolchain::{TARGET, output};
use cargo_platform::{Cfg, Platform};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::process::Command;
use std::str::FromStr as _;

/// The environment, as far as it matters here.
pub(crate) type Environment = BTreeMap<String, String>;

/// Flags of which sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flags {
    Rustc,
    Rustdoc,
}

impl Flags {
    fn key(self) -> &'static str {
        match self {
            Self::Rustc => "rustflags",
            Self::Rustdoc => "rustdocflags",
        }
    }

    /// The variable that cargo reads before all others: flags with a byte between them that is in none.
    pub(crate) fn encoded_variable(self) -> &'static str {
        match self {
            Self::Rustc => "CARGO_ENCODED_RUSTFLAGS",
            Self::Rustdoc => "CARGO_ENCODED_RUSTDOCFLAGS",
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Rustc => "RUSTFLAGS",
            Self::Rustdoc => "RUSTDOCFLAGS",
        }
    }
}

/// Between the flags of [`Flags::encoded_variable`].
pub(crate) const SEPARATOR: char = '\u{1f}';

/// Where the flags are that cargo takes. It takes those of one place alone, and the first of these that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// The environment, which hides all configuration.
    Environment(Vec<String>),
    /// What is configured for the target: more configuration is added to it.
    Target(Vec<String>),
    /// What is configured for all targets, which anything for the target hides.
    Build(Vec<String>),
}

impl Found {
    /// The flags.
    pub(crate) fn flags(&self) -> &[String] {
        match self {
            Self::Environment(flags) | Self::Target(flags) | Self::Build(flags) => flags,
        }
    }
}

/// cargo's configuration.
#[derive(Debug)]
pub(crate) struct CargoConfig {
    config: Value,
    environment: Environment,
    cfgs: Vec<Cfg>,
}

/// The cargo that runs us, else the one on the PATH.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl CargoConfig {
    /// Asks cargo.
    pub(crate) fn read(options: &CargoOptions) -> Result<Self> {
        let mut command = Command::new(cargo());
        // What stable cargo shows of its configuration with this variable alone.
        command.env("RUSTC_BOOTSTRAP", "1").args(["-Zunstable-options", "config", "get", "--format=json"]);
        options.configs.iter().for_each(|config| {
            command.arg("--config").arg(config);
        });
        let text = output(&mut command, "install Rust with cargo")?;
        let json = |source| Error::Json { program: "cargo config get".into(), source };
        let config = serde_json::from_str(&text).map_err(json)?;
        let environment = std::env::vars_os().filter_map(|(key, value)| {
            let (key, value) = (key.into_string().ok()?, value.into_string().ok()?);
            (key.starts_with("CARGO") || key.starts_with("RUST")).then_some((key, value))
        });
        let mut read = Self { config, environment: environment.collect(), cfgs: Vec::new() };
        let mut rustc = Command::new(read.rustc());
        let cfgs = output(rustc.args(["--print=cfg", "--target", TARGET]), "install Rust")?;
        read.cfgs = cfgs.lines().filter_map(|line| Cfg::from_str(line).ok()).collect();
        Ok(read)
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// The rustc that cargo runs.
    pub(crate) fn rustc(&self) -> OsString {
        let variable = self.variable("RUSTC").or_else(|| self.variable("CARGO_BUILD_RUSTC"));
        let configured = || self.config["build"]["rustc"].as_str();
        variable.or_else(configured).filter(|rustc| !rustc.is_empty()).unwrap_or("rustc").into()
    }

    /// When cargo shows its progress: always, never, or where it makes sense.
    pub(crate) fn progress_when(&self) -> Option<&str> {
        self.variable("CARGO_TERM_PROGRESS_WHEN").or_else(|| self.config["term"]["progress"]["when"].as_str())
    }

    /// Whether cargo prints no more than it must.
    pub(crate) fn is_quiet(&self) -> bool {
        match self.variable("CARGO_TERM_QUIET") {
            Some(quiet) => quiet == "true",
            None => self.config["term"]["quiet"] == true,
        }
    }

    /// The targets that are built for without a word on the command line.
    pub(crate) fn targets(&self) -> Vec<String> {
        match self.variable("CARGO_BUILD_TARGET") {
            Some(target) => vec![target.to_owned()],
            None => list(&self.config["build"]["target"]).unwrap_or_default(),
        }
    }

    /// The linker that the user has named for the target.
    pub(crate) fn linker(&self) -> Option<String> {
        let variable = self.variable(&target_variable("LINKER")).map(ToOwned::to_owned);
        let of_entry = |entry: &Value| entry["linker"].as_str().map(ToOwned::to_owned);
        variable.or_else(|| self.target_entries().find_map(of_entry))
    }

    /// The user's flags.
    pub(crate) fn flags(&self, kind: Flags) -> Found {
        if let Some(encoded) = self.variable(kind.encoded_variable()) {
            let flags = encoded.split(SEPARATOR).filter(|flag| !flag.is_empty());
            return Found::Environment(flags.map(ToOwned::to_owned).collect());
        }
        if let Some(plain) = self.variable(kind.variable()) {
            return Found::Environment(split(plain));
        }
        let of_entries = self.target_entries().filter_map(|entry| list(&entry[kind.key()]));
        let mut target: Vec<String> = of_entries.flatten().collect();
        let upper = kind.key().to_uppercase();
        target.extend(self.variable(&target_variable(&upper)).map(split).unwrap_or_default());
        if !target.is_empty() {
            return Found::Target(target);
        }
        let mut build = list(&self.config["build"][kind.key()]).unwrap_or_default();
        build.extend(self.variable(&format!("CARGO_BUILD_{upper}")).map(split).unwrap_or_default());
        Found::Build(build)
    }

    /// What is configured for the target by its name, and by what is true of it.
    fn target_entries(&self) -> impl Iterator<Item = &Value> {
        let entries = self.config["target"].as_object().into_iter().flatten();
        entries.filter(|(name, _)| self.is_target(name)).map(|(_, entry)| entry)
    }

    fn is_target(&self, name: &str) -> bool {
        name == TARGET
            || name.starts_with("cfg(")
                && Platform::from_str(name).is_ok_and(|platform| platform.matches(TARGET, &self.cfgs))
    }
}

/// A list, or text with blanks between its parts, as cargo takes either for flags.
fn list(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(split(text)),
        Value::Array(values) => {
            Some(values.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
        }
        _ => None,
    }
}

fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(ToOwned::to_owned).collect()
}

/// The variable that stands for a key of the target's configuration.
fn target_variable(key: &str) -> String {
    format!("CARGO_TARGET_{}_{key}", TARGET.to_uppercase().replace('-', "_"))
}

/// `--config KEY=VALUE`, the value as TOML: JSON's texts and lists are TOML's.
pub(crate) fn config_argument(key: &str, value: &[String]) -> OsString {
    format!("{key}={}", Value::from(value)).into()
}

/// The linker that flags name, as rustc reads them: the last one.
pub(crate) fn linker_of(flags: &[String]) -> Option<&str> {
    let mut linker = None;
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        let value = match flag.as_str() {
            "-C" | "--codegen" => flags.next().map(String::as_str),
            flag => flag.strip_prefix("-C").or_else(|| flag.strip_prefix("--codegen=")),
        };
        linker = value.and_then(|value| value.strip_prefix("linker=")).or(linker);
    }
    linker
}

/// Whether a linker is ours already, set by hand.
pub(crate) fn is_own_linker(linker: &str) -> bool {
    std::path::Path::new(linker).file_name() == Some(OsStr::new(crate::store::LINKER))
}

#[cfg(test)]
mod tests {
    use super::{CargoConfig, Flags, Found, config_argument, linker_of};
    use serde_json::{Value, json};
    use std::str::FromStr as _;

    fn config(config: Value, environment: &[(&str, &str)]) -> CargoConfig {
        let environment = environment.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        CargoConfig { config, environment, cfgs: vec![cargo_platform::Cfg::from_str("unix").expect("a cfg")] }
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(ToOwned::to_owned).collect()
    }

    #[test]
    fn flags_are_found_where_cargo_takes_them() {
        let both = json!({
            "build": { "rustflags": ["-Ca"], "target": "x86_64-unknown-linux-gnu" },
            "target": {
                "cfg(unix)": { "rustflags": "-Cb -Cc" },
                "cfg(windows)": { "rustflags": ["-Cx"], "linker": "link" },
                "x86_64-unknown-linux-gnu": { "rustflags": ["-Cd"], "linker": "clang" },
            },
        });
        let flags = |config: &CargoConfig| config.flags(Flags::Rustc);
        let read = config(both.clone(), &[]);
        assert_eq!(flags(&read), Found::Target(words("-Cb -Cc -Cd")));
        assert_eq!(read.flags(Flags::Rustdoc), Found::Build(Vec::new()));
        assert_eq!(read.linker().as_deref(), Some("clang"));
        assert_eq!(read.targets(), ["x86_64-unknown-linux-gnu"]);
        let variable = [("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "gcc"), ("RUSTFLAGS", "-g  -O")];
        let read = config(both, &variable);
        assert_eq!(flags(&read), Found::Environment(words("-g -O")));
        assert_eq!(read.linker().as_deref(), Some("gcc"));
        let term = config(json!({ "term": { "quiet": true, "progress": { "when": "never" } } }), &[]);
        assert_eq!((term.is_quiet(), term.progress_when()), (true, Some("never")));
        let build = json!({ "build": { "rustflags": ["-Ca", "-Cb c"] } });
        assert_eq!(flags(&config(build, &[])), Found::Build(vec!["-Ca".into(), "-Cb c".into()]));
        let encoded = config(json!({}), &[("CARGO_ENCODED_RUSTFLAGS", "-Ca b\u{1f}-g"), ("RUSTFLAGS", "-O")]);
        assert_eq!(flags(&encoded), Found::Environment(vec!["-Ca b".into(), "-g".into()]));
    }

    #[test]
    fn the_linker_in_flags() {
        assert_eq!(linker_of(&words("-Clinker=a -C linker=b -g")), Some("b"));
        assert_eq!(linker_of(&words("-Clink-arg=-s --codegen=linker=c")), Some("c"));
        assert_eq!(linker_of(&words("-Clink-arg=-s -C")), None);
    }

    #[test]
    fn values_are_toml() {
        let argument = config_argument("a.b", &["x\"y".into(), "c\\d".into()]);
        assert_eq!(argument, r#"a.b=["x\"y","c\\d"]"#);
    }
}
