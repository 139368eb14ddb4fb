//! `cargo xtask dictionary`: trains the dictionary that records are compressed with, on the records of the programs in
//! `examples/programs` and all that they use.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{run, setup};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The dictionary, in the repository.
const DICTIONARY: &str = "offload-records/src/dictionary.zdict";

/// The task.
pub(crate) fn run() -> Result<()> {
    setup::ensure(setup::Purpose::Test)?;
    let mut plugin = run::cargo();
    run::shown(plugin.args(["build", "--release", "--package", "outboard-pass"]))?;
    let plugin = run::built("release").join("liboutboard_pass.so");
    let folder = run::built("dictionary");
    let flags = format!(
        "target.{TARGET}.rustflags=[\"-Zllvm-plugins={}\", \"-Cpasses=offload-records\"]",
        plugin.display()
    );
    for profile in ["dev", "release"] {
        let mut programs = run::cargo();
        programs.args(["build", "--package", "outboard-examples", "--target", TARGET, "--profile", profile]);
        programs.arg("--target-dir").arg(&folder).args(["--config", &flags]);
        run::shown(programs.env("RUSTC_BOOTSTRAP", "1"))?;
    }
    let mut libraries = Vec::new();
    for profile in ["debug", "release"] {
        libraries.extend(libraries_in(&folder.join(TARGET).join(profile).join("deps"))?);
    }
    let mut train = run::cargo();
    train.args(["run", "--quiet", "--release", "--package", "offload-records", "--example", "train", "--"]);
    run::unshown(train.arg(run::root().join(DICTIONARY)).args(libraries))?;
    println!("{DICTIONARY} is new. Where records with the old one may be around, give it a new number");
    Ok(())
}

fn libraries_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))?;
    let mut libraries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    libraries.retain(|path| path.extension().is_some_and(|extension| extension == "rlib"));
    Ok(libraries)
}
