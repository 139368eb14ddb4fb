//! Installing packages with apt: directly as root, else through sudo and only when told to.

use std::io::{IsTerminal, Write};
use std::process::Command;

use anyhow::{Result, bail};

use super::needs::{Needs, Package, is_llvm_version};
use crate::run;
use xtask::tools::{self, DEBIAN_PREFIX, LLVM_CONFIG, PREFIX_VARIABLE};

/// The version that everything is tested with. Others of 22.1 are taken when it is gone.
const PINNED: &str = "1:22.1.8-1~deb12u1";

/// Installs the packages.
pub(crate) fn install(packages: &[&Package], needs: &Needs) -> Result<()> {
    if tools::on_path("apt-get").is_none() {
        bail!(
            "this system has no apt-get, and something is missing\n{}\n\
             LLVM was looked for in {PREFIX_VARIABLE}, {DEBIAN_PREFIX} and through {LLVM_CONFIG} on the PATH\n\
             help: install LLVM 22.1 with clang, lld, its OpenMP offload runtime and its tools, \
             and set {PREFIX_VARIABLE} to the folder that holds its bin and lib",
            needs.table()
        );
    }
    let root = tools::output("id", &["-u"]).is_some_and(|uid| uid == "0");
    if !root {
        ask_for_sudo(packages)?;
    }
    run::shown(&mut apt_get(root, &["update"]))?;
    let version = if packages.iter().any(|p| p.llvm) { Some(version_on_offer()?) } else { None };
    let words = install_words(packages, version.as_deref());
    run::shown(&mut apt_get(root, &words.iter().map(String::as_str).collect::<Vec<_>>()))
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
    let text = format!(
        "these packages are missing, and installing them needs root:\n  \
         sudo apt-get update && sudo apt-get {}",
        install_words(packages, Some(PINNED)).join(" ")
    );
    if !std::io::stdin().is_terminal() || tools::on_path("sudo").is_none() {
        bail!("{text}\nhelp: run that, then this command again");
    }
    print!("{text}\nrun it now? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if answer.trim().eq_ignore_ascii_case("y") { Ok(()) } else { bail!("nothing installed") }
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
        println!("note: apt has no llvm-22 {PINNED} any more; taking {version}");
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
        None => bail!(
            "apt offers no llvm-22 of version 22.1 (offered: {})\n\
             help: Debian 12 has it in bookworm-security; elsewhere add the LLVM project's own packages \
             (https://apt.llvm.org), or set {PREFIX_VARIABLE} to an LLVM 22.1",
            if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::needs::PACKAGES;
    use super::{choose_version, install_words};

    fn check(madison: &str, expected: Result<&str, &str>) {
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
        let words = install_words(&[&PACKAGES[0], &PACKAGES[9]], Some("1:22.1.8-1"));
        assert_eq!(words, ["install", "--no-install-recommends", "-y", "llvm-22=1:22.1.8-1", "g++"]);
    }
}
