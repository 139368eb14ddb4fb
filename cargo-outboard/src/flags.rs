//! Settings in, the flags of one build out.

use crate::args::{Runtime, VectorMath};
use crate::cargo_config::{CargoConfig, Flags, Found, SEPARATOR, config_argument, is_own_linker, linker_of};
use crate::config::Settings;
use crate::store::Kept;
use crate::toolchain::TARGET;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is added to a call of cargo.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Additions {
    pub(crate) arguments: Vec<OsString>,
    pub(crate) variables: Vec<(&'static str, String)>,
}

/// The variable with the linker step's options, one a line. cargo compares it for programs alone, so that another
/// device costs a link, where another flag costs all crates.
pub(crate) const LINK_OPTIONS: &str = "OUTBOARD_LINK_OPTIONS";

/// Our flags for rustc, in the order in which they are documented: the same for all devices.
pub(crate) fn own_flags(kept: &Kept, helpers: &[PathBuf]) -> Vec<String> {
    let mut passes = Vec::new();
    if !helpers.is_empty() {
        let parameters: Vec<_> = helpers.iter().map(|file| format!("bitcode={}", parameter(file))).collect();
        // First: what records have for devices calls helpers too.
        passes.push(format!("-Cpasses=inline-helpers<{}>", parameters.join(";")));
    }
    passes.push("-Cpasses=offload-records".to_owned());
    let mut flags = vec![format!("-Zllvm-plugins={}", kept.plugin.display())];
    flags.append(&mut passes);
    flags.extend([
        // A barrier that rustc's own passes have put into two arms of a branch is another barrier.
        "-Zmir-enable-passes=-JumpThreading".to_owned(),
        "-Clink-arg=--outboard-assume-convergent-source".to_owned(),
        "--cfg=outboard".to_owned(),
        // Among the flags and not as cargo's setting, so that build scripts and macros are linked as ever.
        format!("-Clinker={}", kept.linker.display()),
    ]);
    flags
}

/// A path as a pass takes it: LLVM and rustc keep some bytes for themselves.
fn parameter(path: &Path) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@=~#".contains(c) || !c.is_ascii();
    path.to_string_lossy()
        .chars()
        .map(|c| if is_plain(c) { c.to_string() } else { format!("%{:02X}", u32::from(c)) })
        .collect()
}

/// The linker step's options, one a line.
pub(crate) fn link_options(settings: &Settings, linker: Option<&str>, reports: &Path) -> String {
    let mut lines = String::new();
    let mut option = |name: &str, value: &str| {
        let _ = writeln!(lines, "--outboard-{name}={value}");
    };
    if let Some(devices) = &settings.devices {
        option("device", &devices.join(","));
    }
    if settings.runtime == Some(Runtime::Linked) {
        option("runtime", "linked");
    }
    if settings.vector_math == Some(VectorMath::None) {
        option("vector-math", "none");
    }
    for file in settings.runtime_files.iter().flatten() {
        option("runtime-file", &file.display().to_string());
    }
    if let Some(cache) = &settings.cache {
        option("cache", &cache.display().to_string());
    }
    if let Some(linker) = linker.filter(|linker| !is_own_linker(linker)) {
        option("linker", linker);
    }
    option("report", &reports.display().to_string());
    lines
}

/// What adds `own` to the user's flags, for rustc and for rustdoc.
pub(crate) fn additions(config: &CargoConfig, own: &[String]) -> Additions {
    let mut added = Additions { arguments: Vec::new(), variables: Vec::new() };
    for (kind, key) in [(Flags::Rustc, "rustflags"), (Flags::Rustdoc, "rustdocflags")] {
        let key = format!("target.{TARGET}.{key}");
        let mut configure = |flags: &[String]| {
            added.arguments.extend(["--config".into(), config_argument(&key, flags)]);
        };
        match config.flags(kind) {
            Found::Environment(flags) => {
                let separator = SEPARATOR.to_string();
                let all = [&flags, own].concat().join(&separator);
                added.variables.push((kind.encoded_variable(), all));
            }
            // Lists of several places are joined.
            Found::Target(_) => configure(own),
            Found::Build(flags) => configure(&[&flags, own].concat()),
        }
    }
    added
}

/// The linker that the user links with, however it is named.
pub(crate) fn users_linker(config: &CargoConfig) -> Option<String> {
    let found = config.flags(Flags::Rustc);
    linker_of(found.flags()).map(ToOwned::to_owned).or_else(|| config.linker())
}
