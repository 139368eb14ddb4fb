//! `cargo xtask bless`: what the tests produce now becomes what they expect.

use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

use crate::{run, setup, test};

/// cargo-insta rewrites the snapshots that stand in the sources; insta itself only writes those in files.
const CARGO_INSTA: &str = "^1.43";

/// The task.
pub(crate) fn run() -> Result<()> {
    setup::ensure(setup::Purpose::Test)?;
    run::build_tested()?;
    // Passing whatever a snapshot says, a test reaches its last one: one run is enough.
    let accept_all = [("INSTA_UPDATE", "always"), ("INSTA_FORCE_PASS", "1"), ("OUTBOARD_BLESS", "1")];
    test::cargo_test(&[], &accept_all)?;
    if has_pending(&run::root())? {
        run::shown(&mut cargo_insta()?)?;
    }
    let (tally, success) = test::cargo_test(&["--quiet".into()], &[])?;
    if !(success && tally.is_clean()) {
        bail!("tests still fail that no snapshot decides");
    }
    Ok(())
}

/// `cargo insta accept`, installed into the target folder when it isn't there.
fn cargo_insta() -> Result<Command> {
    let tools = run::root().join("target/tools");
    let program = tools.join("bin/cargo-insta");
    if !program.exists() {
        let mut install = run::cargo();
        install
            .args(["install", "--locked", "--version", CARGO_INSTA, "--root"])
            .arg(&tools)
            .arg("cargo-insta");
        run::shown(&mut install)?;
    }
    let mut command = Command::new(program);
    command.current_dir(run::root()).args(["accept", "--workspace"]);
    Ok(command)
}

/// Whether insta left a snapshot to be written into a source file.
fn has_pending(folder: &Path) -> Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let pending = name.ends_with(".pending-snap");
        let searched = path.is_dir() && !name.starts_with('.') && name != "target";
        if pending || searched && has_pending(&path)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::has_pending;

    #[test]
    fn pending_snapshots_are_found_outside_of_target() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            std::fs::write(path, "").expect("a file can be written");
            has_pending(folder.path()).expect("the folder can be read")
        };
        assert!(!write("target/x/.a.rs.pending-snap"));
        assert!(!write("tests/a.rs"));
        assert!(write("tests/.a.rs.pending-snap"));
    }
}
