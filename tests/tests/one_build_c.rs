//! One build with C in it: libraries of Rust in programs of C, and launches in C.

use std::path::{Path, PathBuf};
use tests::one_build::Build;
use tests::{Run, Scratch, device_link, llvm, outboard_link, plugin};

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
    let report = format!("--outboard-report={}", scratch.path("reports").display());
    Run::new(outboard_link()).arg(&object).arg(report).arg("-o").arg(&program).ok();
    Run::new(&program).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok().prints("device: 3 5 7");
    let report = std::fs::read_to_string(scratch.path("reports/main.json")).expect("written");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let image = &report["images"][0];
    assert!(image["kernels"][0]["name"].as_str().is_some_and(|name| name.starts_with("each.")), "{report}");
    assert_eq!(
        (&image["triple"], &report["diagnostics"]),
        (&"x86_64-unknown-linux-gnu".into(), &serde_json::json!([]))
    );
    Run::new(&program).env("OMP_TARGET_OFFLOAD", "DISABLED").ok().prints("fallback: 3 5 7");
}

/// Links with `arguments` and runs on the device; gives the levels that the image has code for.
fn levels(scratch: &Scratch, arguments: &[&Path]) -> Vec<&'static str> {
    let (program, image) = (scratch.path("main"), scratch.path("image.so"));
    Run::new(outboard_link()).args(arguments).arg("-o").arg(&program).ok();
    Run::new(&program).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok().prints("device: 3 5 7");
    Run::new(device_link()).arg("extract").arg(&program).arg("-o").arg(&image).ok();
    let symbols = Run::new(llvm().tool("llvm-nm")).arg("-j").arg(&image).ok().stdout;
    let has = |level: &&str| symbols.lines().any(|symbol| symbol.ends_with(&format!(".{level}")));
    ["x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"].into_iter().filter(has).collect()
}

#[test]
fn optimized_programs_have_code_for_several_levels() {
    let scratch = Scratch::new();
    let [optimized, generic, linker] =
        ["-Wl,-O1", "--outboard-device=x86_64", "-Wl,--as-needed"].map(Path::new);
    let object = clang_object(&scratch);
    let all = ["x86-64", "x86-64-v3", "x86-64-v4"];
    assert_eq!(levels(&scratch, &[&object, linker]), [""; 0]);
    assert_eq!(levels(&scratch, &[&object, linker, optimized]), all);
    assert_eq!(levels(&scratch, &[&object, optimized, generic]), [""; 0]);
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
