//! What must not compile, and what the compiler tells a newcomer then. `TRYBUILD=overwrite` accepts new texts.
#![cfg(not(miri))]

use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn misuse_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// What the build with the plugin sets; the test runs itself with it. `RUSTFLAGS` would not reach the cases.
const FLAGS: [(&str, &str); 1] = [("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "--cfg outboard")];

/// With the plugin the compiler looks into captures that are `Copy` and `'static`, and mean nothing on a device.
#[test]
fn misuse_does_not_compile_with_the_plugin() {
    if FLAGS.iter().all(|(name, value)| env::var(name).is_ok_and(|found| found == *value)) {
        trybuild::TestCases::new().compile_fail("tests/compile_fail_with_plugin/*.rs");
        return;
    }
    let program = env::current_exe().expect("this program");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("with_plugin");
    let output = Command::new(program)
        .args(["--exact", "misuse_does_not_compile_with_the_plugin"])
        // The compiler's own trait needs what is unstable in this release.
        .env("RUSTC_BOOTSTRAP", "1")
        .envs(FLAGS)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}");
}
