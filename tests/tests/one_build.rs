//! One build by stock cargo: the flags are in `.cargo/config.toml`, the plugin stores records, the linker step makes
//! the images, and every kernel of the workspace runs on a device. One test for each way to build.

use tests::one_build::{Build, report};
use tests::{Run, nightly, outboard_link, plugin};

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
    build.edit("kernels/src/lib.rs", "number * number", "number * number * number");
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

#[test]
fn nightly_rust() {
    let Some(nightly) = nightly() else { return };
    check(&Build::new().on(nightly), &[]);
    check(&Build::new().on(nightly), &["--release"]);
}

#[test]
fn tests_of_every_kind_examples_and_several_programs() {
    let build = Build::new();
    let configuration = build.scratch.path(".cargo/config.toml");
    let text = std::fs::read_to_string(&configuration).expect("just written");
    // Documentation's tests are compiled by rustdoc, which has flags of its own.
    std::fs::write(&configuration, text.replace("rustflags =", "rustdocflags = FLAGS\nrustflags ="))
        .expect("writable");
    let text = std::fs::read_to_string(&configuration).expect("just written");
    let flags =
        text.lines().find_map(|line| line.strip_prefix("rustflags = ")).expect("just written").to_owned();
    let linker = format!("\"-Clinker={}\", ", outboard_link().display());
    let flags = flags.replace('[', &format!("[{linker}"));
    std::fs::write(&configuration, text.replace("FLAGS", &flags)).expect("writable");

    let tests = build.cargo(&["test", "--workspace"]).env("EXPECTED", "Device").ok();
    let tests = tests.says("test tests::unit ... ok").says("test integration ... ok");
    tests.says("test kernels/src/lib.rs - documented");
    // And they would fail if they expected anything else.
    build.cargo(&["test", "--workspace", "--lib"]).fails().says("test tests::unit ... FAILED");
    build.cargo(&["test", "-p", "kernels", "--doc"]).fails().says("left: \"Device\"");

    build.cargo(&["run", "--quiet", "-p", "app", "--example", "example"]).ok().prints("Device");
    let launching = ["run", "--quiet", "-p", "app", "--bin", "quiet", "--", "launch"];
    build.cargo(&launching).ok().prints(&format!("{}runtime: true", report("Device")));
}

#[test]
fn a_program_that_does_not_launch_does_not_open_the_runtime() {
    let build = Build::new();
    build.cargo(&["run", "--quiet", "-p", "app", "--bin", "quiet"]).ok().prints("runtime: false");
    let needed = Run::new("readelf").arg("-d").arg(build.made("quiet")).ok();
    needed.says("NEEDED").says_not("libomptarget").says_not("libLLVM");
}

#[test]
fn the_runtime_may_be_asked_for_before_the_first_launch() {
    let build = Build::new();
    build
        .cargo(&["run", "--quiet", "-p", "app", "--bin", "runtime"])
        .ok()
        .prints(&format!("true\n{}", report("Device")));
}

#[test]
fn a_machine_without_the_runtime_runs_the_fallback() {
    let build = Build::with(&["-Clink-arg=--outboard-runtime-file=libomptarget-of-nobody.so"], "");
    build.cargo(&["run", "--quiet", "-p", "app", "--bin", "app"]).ok().prints(&report("Host"));
    build
        .cargo(&["run", "--quiet", "-p", "app", "--bin", "runtime"])
        .ok()
        .prints(&format!("false\n{}", report("Host")));
}

#[test]
fn a_program_that_is_linked_with_the_runtime() {
    let build = Build::with(&["-Clink-arg=--outboard-runtime=linked"], "");
    check(&build, &[]);
    Run::new("readelf").arg("-d").arg(build.made("app")).ok().says("libomptarget");
    build
        .cargo(&["run", "--quiet", "-p", "app", "--bin", "runtime"])
        .ok()
        .prints(&format!("true\n{}", report("Device")));
}

#[test]
fn without_a_device_the_same_program_runs_the_fallback() {
    let build = Build::new();
    check(&build, &[]);
    Run::new(build.made("app")).env("OMP_TARGET_OFFLOAD", "DISABLED").ok().prints(&report("Host"));
}

#[test]
fn the_plugin_alone_the_linker_alone_and_neither() {
    let plugin =
        format!("rustflags = [\"-Zllvm-plugins={}\", \"-Cpasses=offload-records\"]\n", plugin().display());
    let linker = format!("linker = {:?}\n", outboard_link());
    for target in [&plugin, &linker, ""] {
        let build = Build::configured(target, "");
        build.cargo(&["run", "--quiet", "-p", "app", "--bin", "app"]).ok().prints(&report("Host"));
    }
}

#[test]
fn a_plugin_that_is_loaded_twice_stores_one_record() {
    let plugin = format!("-Zllvm-plugins={}", plugin().display());
    let build = Build::with(&[&plugin, "-Cpasses=offload-records"], "");
    check(&build, &[]);
    let files =
        std::fs::read_dir(build.made("deps")).expect("built").filter_map(|entry| Some(entry.ok()?.path()));
    let libraries: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "rlib")).collect();
    assert_eq!(libraries.len(), 3, "{libraries:?}");
    let sections = Run::new("readelf").args(["-S", "-W"]).args(libraries).ok().stdout;
    let objects = sections.split("File: ").filter(|object| object.contains(".text")).collect::<Vec<_>>();
    assert!(objects.iter().all(|object| object.matches(".outboard.records").count() == 1), "{sections}");
}

#[test]
fn a_shared_library_of_rust_and_a_program_that_uses_it() {
    let build = Build::with(&["-Cprefer-dynamic"], "");
    build.edit("kernels/Cargo.toml", "[dependencies]", "[lib]\ncrate-type = [\"dylib\"]\n\n[dependencies]");
    build.edit("launching/Cargo.toml", "edition", "# A library once in a process.\nedition");
    build.edit("launching/Cargo.toml", "[package]", "[lib]\ncrate-type = [\"dylib\"]\n\n[package]");
    check(&build, &[]);
}

#[test]
fn images_for_several_devices() {
    let build = Build::with(
        &["-Clink-arg=--outboard-device=host,gfx90a", "-Clink-arg=--outboard-report=reports"],
        "",
    );
    check(&build, &[]);
    let files = std::fs::read_dir(build.scratch.path("reports"))
        .expect("made")
        .map(|entry| entry.expect("readable").path());
    // The images lie beside it.
    let reports = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let texts: Vec<_> = reports.map(|path| std::fs::read_to_string(path).expect("a report")).collect();
    let report: serde_json::Value = serde_json::from_str(&texts[0]).expect("JSON");
    let targets: Vec<_> = report["images"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|image| {
            (image["triple"].as_str(), image["arch"].as_str(), image["kernels"].as_array().map(Vec::len))
        })
        .collect();
    let expected = [
        (Some("x86_64-unknown-linux-gnu"), Some(""), Some(5)),
        (Some("amdgcn-amd-amdhsa"), Some("gfx90a"), Some(5)),
    ];
    assert_eq!(targets, expected, "{report}");
}
