//! What programs and tests are built of is compiled once: for both, dependencies have the same features.

use std::collections::BTreeSet;
use tests::{Run, workspace};

/// Each dependency with its features, as it is built when the whole workspace is.
fn dependencies(edges: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = ["tree", "--offline", "--workspace", "--prefix=none", "--no-dedupe", "--format={p} [{f}]"];
    let listed = Run::new(cargo).dir(workspace()).args(tree).args(["--edges", edges]).ok();
    listed.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn tests_ask_for_no_feature_that_programs_lack() {
    let with_tests = dependencies("normal,build,dev");
    let twice: Vec<_> = dependencies("normal,build").difference(&with_tests).cloned().collect();
    assert!(
        twice.is_empty(),
        "compiled a second time for the tests, with all that depends on it: {}\n\
         give it the features that dev-dependencies ask for, in the workspace's Cargo.toml",
        twice.join(", ")
    );
}
