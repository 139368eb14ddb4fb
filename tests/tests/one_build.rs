//! One build by stock cargo: the flags are in `.cargo/config.toml`, the plugin stores records, the linker step makes
//! the images, and every kernel of the workspace runs on a device. One test for each way to build.

use std::path::Path;
use tests::{Run, Scratch, outboard_link, plugin, stable, workspace};
use xtask::tools::Toolchain;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What the program of the workspace prints.
fn report(ran: &str) -> String {
    let launches = ["generic f32", "generic f64", "of the library", "capturing", "parsing"];
    launches.map(|launch| format!("{launch}: {ran}\n")).concat()
}

/// A copy of the workspace, with its configuration.
struct Build {
    scratch: Scratch,
    toolchain: &'static Toolchain,
}

impl Build {
    /// The plugin and the linker, as a user writes them down.
    fn new() -> Self {
        Self::with(&[], "")
    }

    /// The same with more flags for rustc, and more configuration.
    fn with(flags: &[&str], configuration: &str) -> Self {
        let plugin = format!("-Zllvm-plugins={}", plugin().display());
        let all: Vec<_> =
            [plugin.as_str(), "-Cpasses=offload-records"].iter().chain(flags).copied().collect();
        let linker = format!("linker = {:?}\n", outboard_link());
        Self::configured(&format!("{linker}rustflags = {all:?}\n"), configuration)
    }

    /// With this about the target.
    fn configured(target: &str, configuration: &str) -> Self {
        let scratch = Scratch::new();
        copy(&workspace().join("tests/cases/one_build"), scratch.folder());
        let text = format!(
            "[env]\nRUSTC_BOOTSTRAP = \"1\"\n\n[build]\ntarget = \"{TARGET}\"\n\n[target.{TARGET}]\n{target}\n{configuration}"
        );
        scratch.write(".cargo/config.toml", text);
        Self { scratch, toolchain: stable() }
    }

    fn cargo(&self, arguments: &[&str]) -> Run {
        Run::new(self.toolchain.rustc.with_file_name("cargo"))
            .env("RUSTC", &self.toolchain.rustc)
            .env("CARGO_TARGET_DIR", self.scratch.path("target"))
            .env("OMP_TARGET_OFFLOAD", "MANDATORY")
            .dir(self.scratch.folder())
            .args(["--config", "net.offline=true"])
            .args(arguments)
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the case is there") {
        let entry = entry.expect("the case is readable");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a file");
        }
    }
}

/// The default program, built and run so, launches everything on a device.
#[track_caller]
fn check(build: &Build, arguments: &[&str]) {
    let arguments: Vec<_> =
        ["run", "--quiet", "-p", "app", "--bin", "app"].iter().chain(arguments).copied().collect();
    build.cargo(&arguments).ok().prints(&report("Device"));
}

#[test]
fn dev() {
    let build = Build::new();
    check(&build, &[]);
    // What changes in a library that is only called is in the new image.
    let path = build.scratch.path("kernels/src/lib.rs");
    let text = std::fs::read_to_string(&path).expect("just written");
    std::fs::write(&path, text.replace("number * number", "number * number * number")).expect("writable");
    let ran = build.cargo(&["run", "--quiet", "-p", "app", "--bin", "app"]).fails();
    ran.says("left: [1, -8, 27]");
}

#[test]
fn release() {
    check(&Build::new(), &["--release"]);
}

/// A release build with these settings of the profile.
#[track_caller]
fn check_profile(profile: &str) {
    check(&Build::with(&[], &format!("[profile.release]\n{profile}\n")), &["--release"]);
}

#[test]
fn thin_lto() {
    check_profile("lto = \"thin\"");
}

#[test]
fn fat_lto() {
    check_profile("lto = \"fat\"");
}

#[test]
fn one_codegen_unit() {
    check_profile("codegen-units = 1");
}

#[test]
fn many_codegen_units_at_o1() {
    check_profile("codegen-units = 256\nopt-level = 1");
}

#[test]
fn small_aborting_and_stripped() {
    check_profile("opt-level = \"s\"\npanic = \"abort\"\nstrip = true");
}

#[test]
fn gnu_ld() {
    check(
        &Build::with(&["-Zunstable-options", "-Clinker-features=-lld", "-Clink-arg=-fuse-ld=bfd"], ""),
        &[],
    );
}

#[test]
fn lto_by_the_linker() {
    let build = Build::with(&["-Clinker-plugin-lto", "-Clink-arg=-fuse-ld=lld"], "");
    check(&build, &["--release"]);
}

#[test]
fn fixed_addresses() {
    check(&Build::with(&["-Crelocation-model=static"], ""), &[]);
}

#[test]
fn the_standard_library_as_a_shared_library() {
    let build = Build::with(&["-Cprefer-dynamic"], "");
    check(&build, &[]);
}
