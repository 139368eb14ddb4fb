//! The rustc that builds, and whether the plugin can be loaded into it.

use crate::error::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::process::Command;

/// The target whose programs can launch.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The LLVM that the plugin is for.
pub(crate) const LLVM_MAJOR: u32 = 22;

/// What rustc says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toolchain {
    pub(crate) rustc: OsString,
    pub(crate) release: String,
    pub(crate) commit: String,
    pub(crate) llvm: String,
}

impl Toolchain {
    /// Asks `rustc`.
    pub(crate) fn of(rustc: &OsStr) -> Result<Self> {
        let text = output(Command::new(rustc).arg("-vV"), "install Rust, or set `RUSTC` to a rustc")?;
        Self::parse(rustc, &text)
    }

    fn parse(rustc: &OsStr, text: &str) -> Result<Self> {
        let value = |key: &'static str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
            let rustc = || rustc.to_string_lossy().into_owned();
            line.map(ToOwned::to_owned).ok_or_else(|| Error::NoVersion { rustc: rustc(), what: key })
        };
        Ok(Self {
            rustc: rustc.to_owned(),
            release: value("release")?,
            commit: value("commit-hash")?,
            llvm: value("LLVM version")?,
        })
    }

    /// Whether the plugin can be loaded into it.
    pub(crate) fn check(&self) -> Result<()> {
        let major = self.llvm.split('.').next().and_then(|major| major.parse().ok());
        if major == Some(LLVM_MAJOR) {
            return Ok(());
        }
        let (rustc, found) = (self.release.clone(), self.llvm.clone());
        Err(Error::OtherLlvm { rustc, found, wanted: LLVM_MAJOR })
    }
}

/// What a program prints, if it succeeds.
pub(crate) fn output(command: &mut Command, help: &'static str) -> Result<String> {
    let output = match command.output() {
        Ok(output) => output,
        Err(source) => return Err(Error::Run { program: command_line(command), help, source }),
    };
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Failed { program: command_line(command), text })
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Toolchain;

    const TEXT: &str = "rustc 1.95.0 (abc 2026-04-14)\nbinary: rustc\ncommit-hash: abcdef\nhost: x86_64-unknown-linux-gnu\n\
                        release: 1.95.0\nLLVM version: 22.1.2\n";

    #[test]
    fn versions_are_read_and_compared() {
        let toolchain = Toolchain::parse("rustc".as_ref(), TEXT).expect("all is there");
        assert_eq!((&*toolchain.commit, &*toolchain.llvm), ("abcdef", "22.1.2"));
        toolchain.check().expect("LLVM 22");
        let other = Toolchain { llvm: "21.1.8".into(), release: "1.91.0".into(), ..toolchain };
        assert_eq!(
            other.check().expect_err("LLVM 21").to_string(),
            "the plugin is for LLVM 22, and rustc 1.91.0 has LLVM 21.1.8\n\
             help: install a toolchain whose LLVM is 22 and name it: `rustup toolchain install 1.95.0`, then \
             `cargo +1.95.0 outboard ...`"
        );
        let error = Toolchain::parse("x".as_ref(), "release: 1\n").expect_err("no commit").to_string();
        assert_eq!(
            error,
            "`x -vV` does not tell its commit-hash\nhelp: `RUSTC` and `build.rustc` may name no rustc"
        );
    }
}
