//! C helpers inlined into Rust without LTO: by the plugin in rustc, in cargo and in clang, and for code as a kernel's.

use std::path::{Path, PathBuf};

use tests::compile::{clang, rustc};
use tests::{Run, Scratch, llvm, plugin, rustcs, stable, workspace};
use xtask::tools::Toolchain;

const HELPERS: &str = "
struct item { int value; struct item *next; };
static int count;
int helper_value(struct item *p) { return p->value; }
struct item *helper_next(struct item *p) { return p->next; }
int helper_count(void) { return ++count; }
";

/// Two modules, so that there are several codegen units; each calls every helper.
const PROGRAM: &str = r#"
#[repr(C)] pub struct Item { value: i32, next: *mut Item }
unsafe extern "C" {
    fn helper_value(p: *mut Item) -> i32;
    fn helper_next(p: *mut Item) -> *mut Item;
    fn helper_count() -> i32;
}
mod near {
    #[inline(never)] pub fn sum(p: *mut super::Item) -> i32 {
        unsafe { super::helper_value(p) + super::helper_value(super::helper_next(p)) + super::helper_count() }
    }
}
mod far {
    #[inline(never)] pub fn difference(p: *mut super::Item) -> i32 {
        unsafe { super::helper_value(p) - super::helper_value(super::helper_next(p)) + super::helper_count() }
    }
}
fn main() {
    let mut second = Item { value: 2, next: std::ptr::null_mut() };
    let mut first = Item { value: 40, next: &mut second };
    println!("{} {}", near::sum(&mut first), far::difference(&mut first));
}
"#;
/// The count goes on from one codegen unit to the other.
const ANSWER: &str = "43 40";

/// Ways to build, and whether the inliner runs.
const BUILDS: &[(&[&str], bool)] = &[
    (&[], false),
    (&["-Ccodegen-units=16", "-Cdebuginfo=2"], false),
    (&["-Copt-level=1"], true),
    (&["-Copt-level=2", "-Ccodegen-units=1"], true),
    (&["-Copt-level=3", "-Ccodegen-units=16", "-Cdebuginfo=2"], true),
    (&["-Copt-level=s", "-Clto=off"], true),
    (&["-Copt-level=3", "-Clto=fat"], true),
    (&["-Copt-level=2", "-Clto=thin"], true),
    (&["-Copt-level=2", "-Clinker-plugin-lto", "-Clink-arg=-fuse-ld=lld"], true),
    // Where bitcode of clang's on the linker's line would be left alone.
    (&["-Copt-level=2", "-Clinker-plugin-lto", "-Clto=fat", "-Clink-arg=-fuse-ld=lld"], true),
];

fn compile(scratch: &Scratch, source: &str, name: &str, flags: &[&str]) -> PathBuf {
    let (input, output) = (scratch.write(&format!("{name}.c"), source), scratch.path(name));
    Run::new(llvm().tool("clang")).args(["-O2", "-c"]).args(flags).arg(input).arg("-o").arg(&output).ok();
    output
}

fn symbols(file: &Path, flags: &[&str]) -> String {
    Run::new(llvm().tool("llvm-nm")).args(["--format=just-symbols"]).args(flags).arg(file).ok().stdout
}

fn pass(bitcode: &Path) -> String {
    format!("inline-helpers<bitcode={}>", bitcode.display())
}

/// `helper_count` alone needs the helpers' own object, whatever the build.
fn check_builds(toolchain: &Toolchain) {
    let scratch = Scratch::new();
    let bitcode = compile(&scratch, HELPERS, "helpers.bc", &["-emit-llvm"]);
    let shared = compile(&scratch, &HELPERS.replace("helper_value", "unused_value"), "shared.o", &[]);
    let source = scratch.write("program.rs", PROGRAM);
    let program = scratch.path("program");
    for (flags, inlines) in BUILDS {
        let build = rustc(toolchain, &pass(&bitcode)).args(*flags).arg(&source);
        // `helper_next` is in both: two definitions for others to see would be an error.
        let linked = build.arg(format!("-Clink-arg={}", shared.display())).arg("-o").arg(&program).ok();
        linked.says_not("warning");
        Run::new(&program).ok().prints(ANSWER);
        let left = symbols(&program, &[]);
        assert!(left.lines().any(|symbol| symbol == "helper_count"), "{flags:?}: {left}");
        assert_eq!(left.lines().any(|symbol| symbol == "helper_value"), !inlines, "{flags:?}: {left}");
    }
}

#[test]
fn every_build_of_stable_and_nightly() {
    rustcs().into_iter().for_each(check_builds);
}

/// Other helpers under another name are another build; the same are none.
#[test]
fn incremental_builds_know_the_helpers() {
    let scratch = Scratch::new();
    let first = compile(&scratch, HELPERS, "first.bc", &["-emit-llvm"]);
    let second = compile(
        &scratch,
        &HELPERS.replace("return p->value", "return -p->value"),
        "second.bc",
        &["-emit-llvm"],
    );
    let shared = compile(&scratch, HELPERS, "shared.o", &[]);
    let source = scratch.write("program.rs", PROGRAM);
    let program = scratch.path("program");
    let build = |bitcode: &Path| {
        let build =
            rustc(stable(), &pass(bitcode)).arg(format!("-Cincremental={}", scratch.path("cache").display()));
        build.arg(format!("-Clink-arg={}", shared.display())).arg(&source).arg("-o").arg(&program).ok();
        Run::new(&program).ok()
    };
    build(&first).prints(ANSWER);
    build(&second).prints("-41 -36");
    build(&first).prints(ANSWER);
}

#[test]
fn cargo_takes_it_from_its_configuration() {
    let scratch = Scratch::new();
    let bitcode = compile(&scratch, HELPERS, "helpers.bc", &["-emit-llvm"]);
    let shared = compile(&scratch, HELPERS, "shared.o", &[]);
    scratch.write("Cargo.toml", "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    scratch.write("src/main.rs", PROGRAM);
    let flags = [
        format!("-Zllvm-plugins={}", plugin().display()),
        format!("-Cpasses={}", pass(&bitcode)),
        format!("-Clink-arg={}", shared.display()),
    ];
    let text = format!(
        "[env]\nRUSTC_BOOTSTRAP = \"1\"\n\n[build]\ntarget = \"x86_64-unknown-linux-gnu\"\n\n\
         [target.x86_64-unknown-linux-gnu]\nrustflags = {}\n",
        serde_json::to_string(&flags).expect("strings are JSON, and TOML")
    );
    scratch.write(".cargo/config.toml", text);
    for toolchain in rustcs() {
        let cargo = Run::new(toolchain.rustc.with_file_name("cargo")).env("RUSTC", &toolchain.rustc);
        let cargo = cargo.env("CARGO_TARGET_DIR", scratch.path(&toolchain.release)).dir(scratch.folder());
        cargo
            .args(["--config", "net.offline=true", "run", "--release"])
            .ok()
            .prints(ANSWER)
            .says_not("warning");
    }
}

/// Helpers for C, from C; and at every level.
#[test]
fn clang_takes_it_from_the_environment() {
    let scratch = Scratch::new();
    let bitcode = compile(&scratch, HELPERS, "helpers.bc", &["-emit-llvm"]);
    let source = scratch.write(
        "main.c",
        "struct item { int value; struct item *next; }; int helper_value(struct item *);
         int main(void) { struct item i = {42, 0}; return helper_value(&i) - 42; }",
    );
    let program = scratch.path("main");
    for level in ["-O0", "-O2"] {
        clang(&pass(&bitcode))
            .args([level, "-Wall"])
            .arg(&source)
            .arg("-o")
            .arg(&program)
            .ok()
            .says_not("warning");
        Run::new(&program).ok();
    }
}

/// Each call, whatever the codegen unit, is in a report.
#[test]
fn reports_of_codegen_units() {
    let scratch = Scratch::new();
    let bitcode = compile(&scratch, HELPERS, "helpers.bc", &["-emit-llvm", "-fno-builtin"]);
    let source = scratch.write("program.rs", PROGRAM);
    for (repair, expected) in
        [("no", [("called", 6), ("shared", 2)]), ("yes", [("inlined", 6), ("shared", 2)])]
    {
        let folder = scratch.path(repair);
        let pass =
            format!("{};report={};repair={repair}>", pass(&bitcode).trim_end_matches('>'), folder.display());
        let build = rustc(stable(), &pass).args(["-O", "-Ccodegen-units=4", "-Cdebuginfo=1", "--emit=obj"]);
        build.arg(&source).arg("-o").arg(scratch.path("program.o")).dir(scratch.folder()).ok();
        let mut outcomes = std::collections::BTreeMap::new();
        for report in
            std::fs::read_dir(&folder).expect("reports").map(|entry| entry.expect("a report").path())
        {
            let report: serde_json::Value =
                serde_json::from_slice(&std::fs::read(report).expect("readable")).expect("JSON");
            for call in report["calls"].as_array().expect("a list") {
                *outcomes.entry(call["outcome"].as_str().expect("a word").to_owned()).or_insert(0) += 1;
                assert!(call["place"].as_str().is_some_and(|place| place.contains("program.rs:")), "{call}");
            }
        }
        let outcomes: Vec<_> = outcomes.iter().map(|(outcome, count)| (outcome.as_str(), *count)).collect();
        assert_eq!(outcomes, expected, "repair={repair}");
    }
}

/// Flags as a kernel's for C, and as near as stable rustc comes to them for Rust.
const KERNEL_C: &[&str] = &[
    "-std=gnu11",
    "-emit-llvm",
    "-ffreestanding",
    "-fno-strict-aliasing",
    "-fno-common",
    "-fshort-wchar",
    "-funsigned-char",
    "-fno-PIE",
    "-fcf-protection=branch",
    "-mno-80387",
    "-mstack-alignment=8",
    "-mskip-rax-setup",
    "-march=x86-64",
    "-mtune=generic",
    "-mno-red-zone",
    "-mcmodel=kernel",
    "-fno-asynchronous-unwind-tables",
    "-fno-delete-null-pointer-checks",
    "-fno-builtin-wcslen",
    "-fstack-protector-strong",
    "-fpatchable-function-entry=16,16",
    "-fno-strict-overflow",
    "-ftrivial-auto-var-init=zero",
    "-fno-stack-clash-protection",
    "-falign-functions=16",
    "-g",
];
const KERNEL_RUST: &[&str] = &[
    "--edition=2024",
    "--crate-type=lib",
    "-Copt-level=2",
    "-Ccodegen-units=1",
    "-Cpanic=abort",
    "-Ccode-model=kernel",
    "-Crelocation-model=static",
    "-Cno-redzone=yes",
    "-Cforce-frame-pointers=yes",
    "-Zfunction-sections=no",
];

/// `rust_helper_get` warns once, and that is known to all: it stays shared. Everything else is inlined.
#[test]
fn helpers_as_a_kernel_has_them() {
    let scratch = Scratch::new();
    let case = |name: &str| workspace().join("tests/cases/inline_helpers").join(name);
    let (bitcode, native) = (scratch.path("helpers.bc"), scratch.path("helpers.o"));
    let clang = || Run::new(llvm().tool("clang"));
    clang().args(["-O2", "-c"]).args(KERNEL_C).arg(case("kernel_helpers.c")).arg("-o").arg(&bitcode).ok();
    clang()
        .args(["-O2", "-c", "-fno-PIE", "-mcmodel=kernel"])
        .arg(case("kernel_helpers.c"))
        .arg("-o")
        .arg(&native)
        .ok();
    let object = scratch.path("crate.o");
    let pass = format!("inline-helpers<bitcode={};repair=yes;debug-info=drop>", bitcode.display());
    let in_rustc = |toolchain: &Toolchain| {
        let rustc = Run::new(&toolchain.rustc).env("RUSTC_BOOTSTRAP", "1").args(KERNEL_RUST);
        let rustc =
            rustc.arg(format!("-Zllvm-plugins={}", plugin().display())).arg(format!("-Cpasses={pass}"));
        rustc.arg("--emit=obj").arg(case("kernel_crate.rs")).arg("-o").arg(&object).ok();
    };
    let outside = |toolchain: &Toolchain| {
        let module = scratch.path("crate.bc");
        let rustc = Run::new(&toolchain.rustc).env("RUSTC_BOOTSTRAP", "1").args(KERNEL_RUST);
        rustc.arg("--emit=llvm-bc").arg(case("kernel_crate.rs")).arg("-o").arg(&module).ok();
        let link = Run::new(tests::bitcode_link()).arg("inline-helpers").args([&module, &bitcode]);
        link.args(["--repair", "--drop-debug-info", "--no-separate-sections", "-o"]).arg(&object).ok();
    };
    for toolchain in rustcs() {
        for way in [&in_rustc as &dyn Fn(&Toolchain), &outside] {
            way(toolchain);
            let left = symbols(&object, &[]);
            let helpers: Vec<_> = left.lines().filter(|symbol| symbol.starts_with("rust_helper_")).collect();
            assert_eq!(helpers, ["rust_helper_get"], "{left}");
            assert!(!sections(&object).contains(".debug"), "no debug info of helpers");
            let program = scratch.path("program");
            clang()
                .args(["-O1", "-no-pie", "-fno-PIE"])
                .arg(case("kernel_main.c"))
                .args([&object, &native])
                .arg("-o")
                .arg(&program)
                .ok();
            Run::new(&program).ok().prints("(nil) 1293545 0");
        }
    }
}

fn sections(object: &Path) -> String {
    Run::new(llvm().tool("llvm-readelf")).args(["--sections", "--wide"]).arg(object).ok().stdout
}
