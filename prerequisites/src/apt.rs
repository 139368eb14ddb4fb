//! Installing packages with apt: directly as root, else through sudo and only when told to.

use crate::command::{as_typed, say, shown};
use crate::error::{Error, Result};
use crate::packages::{Package, is_llvm_version};
use crate::tools::{self, PREFIX_VARIABLE};
use std::io::{IsTerminal as _, Write as _};
use std::process::Command;

/// The version that everything is tested with. Others of 22.1 are taken when it is gone.
const PINNED: &str = "1:22.1.8-1~deb12u1";

/// Installs the packages; each command is shown.
///
/// # Errors
/// No apt, no LLVM 22.1 on offer, nobody who agrees to root's work, a command that failed.
pub fn install(packages: &[&Package]) -> Result<()> {
    if tools::on_path("apt-get").is_none() {
        let packages: Vec<_> = packages.iter().map(|package| package.name).collect();
        return Err(Error::NoApt { packages: packages.join(", "), variable: PREFIX_VARIABLE });
    }
    let root = tools::output("id", &["-u"]).is_some_and(|uid| uid == "0");
    if !root {
        ask_for_sudo(packages)?;
    }
    shown(&mut apt_get(root, &["update"]))?;
    let version = if packages.iter().any(|p| p.llvm) { Some(version_on_offer()?) } else { None };
    let words = install_words(packages, version.as_deref());
    shown(&mut apt_get(root, &words.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn apt_get(root: bool, words: &[&str]) -> Command {
    let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
    if root {
        command.env("DEBIAN_FRONTEND", "noninteractive");
    } else {
        command.arg("apt-get");
    }
    command.args(words);
    command
}

/// Says what needs root, and goes on only if the user says so.
fn ask_for_sudo(packages: &[&Package]) -> Result<()> {
    let words = install_words(packages, Some(PINNED));
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let commands = [&["update"][..], &words].map(|words| as_typed(&apt_get(false, words))).join(" && ");
    if !std::io::stdin().is_terminal() || tools::on_path("sudo").is_none() {
        return Err(Error::NeedsRoot { commands });
    }
    say(&format!("these packages are missing, and installing them needs root:\n  {commands}"));
    let failed = |source| Error::Terminal { source };
    let mut terminal = std::io::stdout();
    terminal.write_all(b"run it now? [y/N] ").and_then(|()| terminal.flush()).map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(failed)?;
    if answer.trim().eq_ignore_ascii_case("y") { Ok(()) } else { Err(Error::Refused) }
}

fn install_words(packages: &[&Package], llvm_version: Option<&str>) -> Vec<String> {
    let mut words: Vec<String> = ["install", "--no-install-recommends", "-y"].map(String::from).into();
    words.extend(packages.iter().map(|package| match llvm_version {
        Some(version) if package.llvm => format!("{}={version}", package.name),
        _ => package.name.to_owned(),
    }));
    words
}

/// The version of LLVM's packages to install.
fn version_on_offer() -> Result<String> {
    let madison = tools::output("apt-cache", &["madison", "llvm-22"]).unwrap_or_default();
    let version = choose_version(&madison)?;
    if version != PINNED {
        say(&format!("note: apt has no llvm-22 {PINNED} any more; taking {version}"));
    }
    Ok(version)
}

/// Picks from what `apt-cache madison llvm-22` lists: lines of `package | version | source`, newest first.
fn choose_version(madison: &str) -> Result<String> {
    let offered: Vec<&str> =
        madison.lines().filter_map(|line| line.split('|').nth(1)).map(str::trim).collect();
    let pinned = offered.iter().find(|version| **version == PINNED);
    match pinned.or_else(|| offered.iter().find(|version| is_llvm_version(version))) {
        Some(version) => Ok((*version).to_owned()),
        None => Err(Error::NoVersion {
            offered: if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") },
            variable: PREFIX_VARIABLE,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{choose_version, install_words};
    use crate::packages::{GCC, LLVM_TOOLS};

    fn check(madison: &str, expected: std::result::Result<&str, &str>) {
        let chosen = choose_version(madison).map_err(|error| error.to_string());
        match expected {
            Ok(version) => assert_eq!(chosen.as_deref(), Ok(version)),
            Err(text) => assert_eq!(chosen.expect_err("no version fits").lines().next(), Some(text)),
        }
    }

    #[test]
    fn the_pinned_version_is_preferred() {
        check(
            " llvm-22 | 1:22.1.9-1~deb12u1 | http://deb.example bookworm/main\n \
              llvm-22 | 1:22.1.8-1~deb12u1 | http://deb.example bookworm/main\n",
            Ok("1:22.1.8-1~deb12u1"),
        );
    }

    #[test]
    fn another_22_1_will_do() {
        check("llvm-22 | 1:22.1.9-1~deb12u1 | http://deb.example", Ok("1:22.1.9-1~deb12u1"));
    }

    #[test]
    fn nothing_else_will_do() {
        check("", Err("apt offers no llvm-22 of version 22.1 (offered: nothing)"));
        check(
            "llvm-22 | 1:22.2.0-1 | http://deb.example",
            Err("apt offers no llvm-22 of version 22.1 (offered: 1:22.2.0-1)"),
        );
    }

    #[test]
    fn only_llvm_packages_are_pinned() {
        let words = install_words(&[&LLVM_TOOLS, &GCC], Some("1:22.1.8-1"));
        assert_eq!(words, ["install", "--no-install-recommends", "-y", "llvm-22=1:22.1.8-1", "gcc"]);
    }
}
