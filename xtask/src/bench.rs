//! `cargo xtask bench`: runs the programs of `bench/src/bin`, and prints what they measured.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{run, setup};
use xtask::record::{self, Record};

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The benches to run; all when none is named
    names: Vec<String>,
    /// One JSON object a line instead of the table
    #[arg(long)]
    json: bool,
}

/// The task.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let known = find_benches(&run::root().join("bench/src/bin"))?;
    if let Some(unknown) = arguments.names.iter().find(|name| !known.contains(*name)) {
        let known: Vec<_> = known.into_iter().collect();
        bail!("no bench is called {unknown}; there are: {}", known.join(", "));
    }
    let wanted: Vec<_> =
        if arguments.names.is_empty() { known.into_iter().collect() } else { arguments.names.clone() };
    // With --json, standard output is for records alone.
    if arguments.json {
        setup::require()?
    } else {
        setup::ensure(setup::Purpose::Test)?
    }
    let mut records = Vec::new();
    for name in &wanted {
        eprintln!("bench {name} ...");
        records.extend(run_bench(name)?);
    }
    if arguments.json {
        records.iter().for_each(|record| println!("{}", record.line()));
    } else {
        println!("{}", record::table(&records));
    }
    Ok(())
}

/// The names of the programs in a folder: files, and folders with a main.rs.
fn find_benches(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("no benches in {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let is_program = path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").is_file();
        if let (true, Some(name)) = (is_program, path.file_stem()) {
            names.insert(name.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn run_bench(name: &str) -> Result<Vec<Record>> {
    let mut build = run::cargo();
    build.args(["build", "--quiet", "--release", "--package", "bench", "--bin", name]);
    run::unshown(&mut build)?;
    let mut bench = Command::new(run::built("release").join(name));
    bench.current_dir(run::root()).stderr(Stdio::inherit());
    let (records, _) = run::captured(&mut bench)?;
    parse_records(name, &records)
}

fn parse_records(bench: &str, text: &str) -> Result<Vec<Record>> {
    let parse = |line| serde_json::from_str(line).with_context(|| format!("bench {bench} printed `{line}`"));
    let records: Vec<Record> = text.lines().map(parse).collect::<Result<_>>()?;
    if records.is_empty() {
        bail!("bench {bench} printed no record");
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::{find_benches, parse_records};

    #[test]
    fn files_and_folders_are_benches() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("load")).expect("a folder");
        std::fs::create_dir(at("inputs")).expect("a folder");
        for file in ["launch.rs", "load/main.rs", "inputs/a.c", "notes.md"] {
            std::fs::write(at(file), "").expect("a file");
        }
        let names: Vec<_> = find_benches(folder.path()).expect("a folder").into_iter().collect();
        assert_eq!(names, ["launch", "load"]);
    }

    #[test]
    fn a_bench_prints_records_and_nothing_else() {
        let error = parse_records("launch", "hello").expect_err("no record");
        assert_eq!(error.to_string(), "bench launch printed `hello`");
        assert_eq!(
            parse_records("launch", "").expect_err("nothing").to_string(),
            "bench launch printed no record"
        );
    }
}
