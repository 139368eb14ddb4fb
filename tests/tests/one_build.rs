//! One build by stock cargo: the flags are in `.cargo/config.toml`, the plugin stores records, the linker step makes
//! the images, and every kernel of the workspace runs on a device. One test for each way to build.

use std::path::{Path, PathBuf};
use tests::{Run, Scratch, llvm, nightly, outboard_link, plugin, stable, workspace};
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

    fn on(self, toolchain: &'static Toolchain) -> Self {
        Self { toolchain, ..self }
    }

    /// Changes a file of the workspace.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.scratch.path(file);
        let text = std::fs::read_to_string(&path).expect("a file of the workspace");
        assert!(text.contains(from), "{file} has no `{from}`");
        std::fs::write(&path, text.replace(from, to)).expect("writable");
    }

    /// What a development build made.
    fn made(&self, name: &str) -> PathBuf {
        self.scratch.path("target").join(TARGET).join("debug").join(name)
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

/// A library with C's interface, and a program in C that calls it.
const OF_C: &str = "int launch_all(void);\nint main(void) { return launch_all(); }\n";
const FOR_C: &str = "//! For C.\n\n/// Where everything ran: 7 on a device, 9 somewhere else.\n#[unsafe(no_mangle)]\npub extern \"C\" fn launch_all() -> i32 {\n    let ran = app::launch_all();\n    if ran.iter().all(|(_, ran)| *ran == launching::Ran::Device) { 7 } else { 9 }\n}\n";

fn build_for_c(crate_type: &str) -> Build {
    let build = Build::new();
    let manifest = format!(
        "[package]\nname = \"for_c\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"{crate_type}\"]\n\
         [dependencies]\napp = {{ path = \"../app\" }}\nlaunching = {{ path = \"../launching\" }}\n"
    );
    build.scratch.write("for_c/Cargo.toml", manifest);
    build.scratch.write("for_c/src/lib.rs", FOR_C);
    build.scratch.write("main.c", OF_C);
    build.edit("Cargo.toml", "\"app\"", "\"app\", \"for_c\"");
    build.cargo(&["build", "-p", "for_c"]).ok();
    build
}

/// Libraries that Rust's standard library wants of C's.
const NATIVE: [&str; 5] = ["-lpthread", "-ldl", "-lm", "-lgcc_s", "-lrt"];

#[test]
fn a_shared_library_for_c() {
    let build = build_for_c("cdylib");
    let program = build.scratch.path("main");
    let library = build.made("libfor_c.so");
    Run::new("cc").arg(build.scratch.path("main.c")).arg(&library).arg("-o").arg(&program).ok();
    let folder = library.parent().expect("a folder");
    let ran = Run::new(&program).env("LD_LIBRARY_PATH", folder).env("OMP_TARGET_OFFLOAD", "MANDATORY").run();
    assert_eq!(ran.code(), Some(7), "{ran}");
}

#[test]
fn a_static_library_for_c() {
    let build = build_for_c("staticlib");
    let program = build.scratch.path("main");
    let link = |linker: &Path| {
        let run = Run::new(linker).arg(build.scratch.path("main.c")).arg(build.made("libfor_c.a"));
        run.args(NATIVE).arg("-o").arg(&program).ok();
        Run::new(&program).run()
    };
    let ran = link(outboard_link());
    assert_eq!(ran.code(), Some(7), "{ran}");
    let ran = link(Path::new("cc"));
    assert_eq!(ran.code(), Some(9), "without images it runs on the CPU: {ran}");
}

/// An object of C's with launches.
fn clang_object(scratch: &Scratch) -> PathBuf {
    let (source, object) = (scratch.write("main.c", CLANG), scratch.path("main.o"));
    Run::new(llvm().tool("clang"))
        .env("OUTBOARD_PASSES", "offload-records")
        .arg(format!("-fpass-plugin={}", plugin().display()))
        .args(["-O2", "-g", "-c"])
        .arg(&source)
        .arg("-o")
        .arg(&object)
        .ok();
    object
}

#[test]
fn launches_in_c_by_clang() {
    let scratch = Scratch::new();
    let (object, program) = (clang_object(&scratch), scratch.path("main"));
    Run::new(outboard_link()).arg(&object).arg("-o").arg(&program).ok();
    Run::new(&program).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok().prints("device: 3 5 7");
    Run::new(&program).env("OMP_TARGET_OFFLOAD", "DISABLED").ok().prints("fallback: 3 5 7");
}

#[test]
fn a_linker_that_cannot_be_replaced_gets_the_registration_as_an_object() {
    let scratch = Scratch::new();
    let (object, registration, program) =
        (clang_object(&scratch), scratch.path("registration.o"), scratch.path("main"));
    let names = scratch.names();
    let only = |object: &Path| {
        Run::new(outboard_link()).arg("--registration-only").arg(object).arg("-o").arg(&registration)
    };
    let link = || Run::new("cc").arg(&registration).arg(&object).arg("-o").arg(&program).ok();
    only(&object).ok();
    assert_eq!(scratch.names().len(), names.len() + 1, "nothing else is left: {:?}", scratch.names());
    link();
    Run::new(&program).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok().prints("device: 3 5 7");

    // Where nothing launches it is an object all the same.
    let empty = scratch.write("empty.s", "");
    let nothing = scratch.path("nothing.o");
    Run::new("cc").arg("-c").arg(empty).arg("-o").arg(&nothing).ok();
    only(&nothing).ok();
    link();
    Run::new(&program).ok().prints("fallback: 3 5 7");
}

/// A static kernel, whose name another file may have too, and a fallback inside.
const CLANG: &str = r#"
#include <stdint.h>
#include <stdio.h>

int32_t __outboard_launch_2(void (*kernel)(float *, uint64_t), int64_t device, int32_t options, int32_t, int32_t,
                            int32_t, int32_t, int32_t, int32_t, int32_t, uint64_t, void *base0, int64_t, uint64_t,
                            void *base1, int64_t) {
  kernel(base0, (uint64_t)base1);
  return 1;
}

static void each(float *data, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    data[i] = 2 * data[i] + 1;
}

int main(void) {
  float data[] = {1, 2, 3};
  int status = __outboard_launch_2(each, -1, 0, 1, 1, 1, 1, 1, 1, 0, 3, data, sizeof data, 0x100, (void *)3, 8);
  printf("%s: %g %g %g\n", status == 0 ? "device" : "fallback", data[0], data[1], data[2]);
}
"#;
