//! `cargo xtask test`: set-up, the tests of every crate, the lints, and one line with the sum.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result};
use clap::Args;

use crate::{lint, run, setup};

/// Options of `cargo xtask test`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Handed to `cargo test`, such as a filter or `-p tests`
    #[arg(last = true)]
    cargo_test: Vec<String>,
}

/// What a run of `cargo test` came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: usize,
    failed: usize,
    snapshots_differ: bool,
}

/// The task.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::ensure(setup::Purpose::Test)?;
    run::build_tested()?;
    let (mut tally, status) = cargo_test(&arguments.cargo_test, &[])?;
    for (name, check) in lint::CHECKS {
        match check() {
            Ok(()) => tally.passed += 1,
            Err(error) => {
                tally.failed += 1;
                println!("{name}: {error}");
            }
        }
    }
    if tally.snapshots_differ {
        println!("a snapshot differs: if the new text is right, `cargo xtask bless` accepts it");
    }
    // A crate that doesn't compile, or a test that ends its process, fails without a line of its own.
    if !status && tally.failed == 0 {
        tally.failed = 1;
        println!("cargo test failed before its tests could");
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// Runs `cargo test` on the workspace, showing and counting what it prints. True when it succeeded.
pub(crate) fn cargo_test(arguments: &[String], environment: &[(&str, &str)]) -> Result<(Tally, bool)> {
    let mut command = run::cargo();
    command.args(["test", "--no-fail-fast"]);
    // Naming packages is the caller's affair; cargo refuses both at once.
    if !arguments.iter().any(|word| word == "-p" || word.starts_with("--package")) {
        command.arg("--workspace");
    }
    command.args(arguments).envs(environment.iter().copied());
    println!("$ {}", run::as_typed(&command));
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
    let stdout = child.stdout.take().context("cargo has no standard output")?;
    let mut tally = Tally::default();
    for line in BufReader::new(stdout).lines() {
        let line = line.context("cannot read what cargo prints")?;
        println!("{line}");
        tally.count(&line);
    }
    Ok((tally, child.wait().context("cannot wait for cargo")?.success()))
}

impl Tally {
    /// Counts a line of libtest's: `test result: ok. 3 passed; 0 failed; …`.
    fn count(&mut self, line: &str) {
        // What insta prints above the difference.
        self.snapshots_differ |= line.contains("Snapshot Summary") || line.contains("snapshot assertion for");
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        let number = |word: &str| {
            let end = counts.find(word)?;
            counts[..end].trim_end().rsplit(' ').next()?.parse::<usize>().ok()
        };
        self.passed += number(" passed").unwrap_or(0);
        self.failed += number(" failed").unwrap_or(0);
    }

    /// No test failed.
    pub(crate) fn is_clean(&self) -> bool {
        self.failed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn results_add_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            tally.count(line);
        }
        assert_eq!(tally, Tally { passed: 15, failed: 2, snapshots_differ: false });
    }
}
