//! The bitcode of Rust's standard library, which the toolchain ships in its `.rlib` files: found by the
//! release that made other bitcode.

use crate::input::Input;
use crate::library::{Library, Take};
use crate::origin::Origin;
use crate::source::ModuleSource;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use thiserror::Error;

/// Where a toolchain has the libraries of the host.
///
/// Source: `rustc --print target-libdir`, rustc 1.95.
const LIBRARIES: &str = "lib/rustlib/x86_64-unknown-linux-gnu/lib";

/// Why there is no standard library.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ToolchainError {
    /// No toolchain of that release.
    #[error(
        "no toolchain of rustc {} was found; looked at {}\n\
         help: give the one that made the bitcode with --sysroot", releases.join(" or "), looked_at.join(", ")
    )]
    NoToolchain {
        /// The releases that would do.
        releases: Vec<String>,
        /// What was found instead.
        looked_at: Vec<String>,
    },
    /// A folder that is no sysroot.
    #[error("`{}` has no libraries for x86_64-unknown-linux-gnu", sysroot.display())]
    NoLibraries {
        /// The folder.
        sysroot: PathBuf,
    },
    /// A library that can't be read.
    #[error(transparent)]
    Library(Arc<crate::Error>),
}

/// The standard library in `sysroot`, or that of a toolchain of one of `releases` (`1.95.0-stable`).
pub fn rust_library(sysroot: Option<&Path>, releases: &[String]) -> Result<Library, ToolchainError> {
    let sysroot = match sysroot {
        Some(sysroot) => sysroot.to_owned(),
        None => find_sysroot(releases)?,
    };
    let no_libraries = || ToolchainError::NoLibraries { sysroot: sysroot.clone() };
    let paths = rlibs_in(&sysroot).map_err(|_| no_libraries())?;
    let mut library = Library::default();
    for path in paths {
        add_rlib(&path, &mut library).map_err(|error| ToolchainError::Library(Arc::new(error)))?;
    }
    if library.is_empty() { Err(no_libraries()) } else { Ok(library) }
}

fn rlibs_in(sysroot: &Path) -> std::io::Result<Vec<PathBuf>> {
    let folder = std::fs::read_dir(sysroot.join(LIBRARIES))?;
    let mut paths: Vec<_> = folder.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension() == Some(OsStr::new("rlib")));
    paths.sort();
    Ok(paths)
}

/// The files that [`rust_library`] depends on: the standard library in `sysroot`, else every rustc that may be taken.
/// Nightly toolchains of different days have one release and, one after the other, one folder.
pub fn rust_library_files(sysroot: Option<&Path>) -> Vec<PathBuf> {
    match sysroot {
        Some(sysroot) => rlibs_in(sysroot).unwrap_or_default(),
        None => candidates(),
    }
}

fn add_rlib(path: &Path, library: &mut Library) -> crate::Result<()> {
    // Every rlib has one object that matters, and its file's name says enough.
    let name = Origin::file(Path::new(path.file_name().unwrap_or_default()));
    for part in Input::read(path)?.parts()? {
        for mut source in ModuleSource::of_part(&part)? {
            source.origin = name.clone();
            library.add(source, Take::Needed);
        }
    }
    Ok(())
}

/// The sysroot of the first rustc of one of `releases`: the one of the environment, those on the path, those
/// that rustup installed.
fn find_sysroot(releases: &[String]) -> Result<PathBuf, ToolchainError> {
    let mut looked_at = Vec::new();
    for rustc in candidates() {
        let Some(release) = release_of(&rustc) else { continue };
        if releases.contains(&release)
            && let Some(sysroot) = ask(&rustc, &["--print", "sysroot"])
        {
            return Ok(PathBuf::from(sysroot.trim_end()));
        }
        looked_at.push(format!("{} ({release})", rustc.display()));
    }
    if looked_at.is_empty() {
        looked_at.push("RUSTC, the path and rustup's toolchains".to_owned());
    }
    Err(ToolchainError::NoToolchain { releases: releases.to_owned(), looked_at })
}

fn candidates() -> Vec<PathBuf> {
    let mut candidates: Vec<PathBuf> = std::env::var_os("RUSTC").map(PathBuf::from).into_iter().collect();
    let path = std::env::var_os("PATH").unwrap_or_default();
    candidates.extend(std::env::split_paths(&path).map(|folder| folder.join("rustc")));
    let home = std::env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".rustup")));
    if let Some(toolchains) = home.and_then(|home| std::fs::read_dir(home.join("toolchains")).ok()) {
        let mut installed: Vec<_> = toolchains.filter_map(|entry| Some(entry.ok()?.path())).collect();
        installed.sort();
        candidates.extend(installed.into_iter().map(|toolchain| toolchain.join("bin/rustc")));
    }
    candidates.retain(|candidate| candidate.is_file());
    candidates.dedup();
    candidates
}

/// The release of `rustc` as bitcode has it.
fn release_of(rustc: &Path) -> Option<String> {
    let text = ask(rustc, &["--version", "--verbose"])?;
    text.lines().find_map(|line| line.strip_prefix("release: ")).map(release_in_bitcode)
}

/// rustc says `1.95.0` of a stable release and `1.96.0-beta.3` of a beta; its bitcode says `1.95.0-stable` and
/// `1.96.0-beta`.
fn release_in_bitcode(release: &str) -> String {
    match release.split_once('-') {
        None => format!("{release}-stable"),
        Some((number, channel)) => format!("{number}-{}", channel.split('.').next().unwrap_or(channel)),
    }
}

fn ask(rustc: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(rustc).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::release_in_bitcode;

    #[test]
    fn releases_as_bitcode_has_them() {
        let pairs = [
            ("1.95.0", "1.95.0-stable"),
            ("1.96.0-beta.3", "1.96.0-beta"),
            ("1.97.0-nightly", "1.97.0-nightly"),
        ];
        for (rustc, bitcode) in pairs {
            assert_eq!(release_in_bitcode(rustc), bitcode);
        }
    }
}
