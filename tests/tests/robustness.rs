//! The plugin as a shared library: what it needs of the compiler that loads it, compilers that it must not run in,
//! and many runs without a crash.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tests::compile::{offload_host, rustc};
use tests::images::case;
use tests::{Run, Scratch, images, llvm, nightly, plugin, rustcs, stable};
use xtask::tools::Toolchain;

/// libLLVM closes plugins at process exit while rustc's threads still end.
#[test]
fn plugin_stays_loaded() {
    dynamic_section().says("NODELETE");
}

fn dynamic_section() -> tests::Ran {
    Run::new(llvm().tool("llvm-readelf")).arg("--dynamic-table").arg(plugin()).ok()
}

/// A second libLLVM in the process, or a libstdc++ of another version, is what a plugin must not bring.
#[test]
fn plugin_brings_no_other_libraries() {
    let table = dynamic_section();
    let between = |line: &str| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned());
    let needed: BTreeSet<String> =
        table.stdout.lines().filter(|line| line.contains("(NEEDED)")).filter_map(between).collect();
    let allowed = ["ld-linux-x86-64.so.2", "libc.so.6", "libgcc_s.so.1"].map(str::to_owned).into();
    assert!(needed.is_subset(&allowed), "{needed:?}\n{table}");
}

/// Names of the dynamic symbols that llvm-nm lists, without their versions.
fn symbols(library: &Path, which: &str) -> BTreeSet<String> {
    let listed = Run::new(llvm().tool("llvm-nm")).args(["-D", "-j", which]).arg(library).ok();
    let name = |line: &str| line.split('@').next().unwrap_or_default().to_owned();
    listed.stdout.lines().map(name).collect()
}

/// A missing symbol ends the compiler when the plugin is loaded, or in the middle of a pass.
#[track_caller]
fn check_symbols(libllvm: &Path) {
    let ldd = Run::new("ldd").arg(plugin()).ok();
    let system = ldd.stdout.split_whitespace().filter(|word| word.starts_with('/'));
    let mut exported = symbols(libllvm, "--defined-only");
    for library in system {
        exported.extend(symbols(Path::new(library), "--defined-only"));
    }
    let wanted = symbols(plugin(), "--undefined-only");
    assert!(wanted.iter().filter(|name| name.contains("LLVM")).count() > 50, "{wanted:?}");
    // Weak ones that nothing has to define: C's start-up code, what each libc may or may not have, and who would
    // trace zstd.
    const OPTIONAL: [&str; 6] = [
        "_ITM_deregisterTMCloneTable",
        "_ITM_registerTMCloneTable",
        "__cxa_pure_virtual",
        "__gmon_start__",
        "ZSTD_trace_compress_begin",
        "ZSTD_trace_compress_end",
    ];
    let missing: Vec<_> =
        wanted.difference(&exported).filter(|name| !OPTIONAL.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "{} does not export {missing:#?}", libllvm.display());
}

/// The libLLVM of a toolchain, which has its version in its name.
fn libllvm_of(toolchain: &Toolchain) -> PathBuf {
    let folder = toolchain.rustc.with_file_name("../lib");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths = entries.map(|entry| entry.expect("the toolchain's libraries can be listed").path());
    let is_libllvm = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libLLVM.so."))
    };
    paths.find(is_libllvm).unwrap_or_else(|| panic!("no libLLVM.so.* in {}", folder.display()))
}

#[test]
fn symbols_are_in_llvm() {
    check_symbols(&llvm().lib_dir().join("libLLVM.so"));
}

#[test]
fn symbols_are_in_stable_rustc() {
    check_symbols(&libllvm_of(stable()));
}

#[test]
fn symbols_are_in_nightly_rustc() {
    if let Some(toolchain) = nightly() {
        check_symbols(&libllvm_of(toolchain));
    }
}

/// Loads the plugin beside `libllvm` as a compiler does.
fn load_beside(scratch: &Scratch, libllvm: &Path) -> tests::Ran {
    let program = scratch.path("load_plugin");
    let clang = Run::new(llvm().tool("clang")).args(["-Wall", "-Wextra", "-o"]);
    clang.arg(&program).arg(case("load_plugin.c")).arg("-ldl").ok().says_not("warning");
    Run::new(program).arg(libllvm).arg(plugin()).ok()
}

#[test]
fn plugin_registers_in_its_own_llvm() {
    let ran = load_beside(&Scratch::new(), &llvm().lib_dir().join("libLLVM.so"));
    ran.prints("outboard: api version 2, registers").says_not("error");
}

/// Debian's libllvm19: `cargo xtask setup` installs it.
const OTHER_LLVM: &str = "/usr/lib/x86_64-linux-gnu/libLLVM.so.19.1";

#[test]
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn plugin_is_refused_by_another_llvm() {
    if !Path::new(OTHER_LLVM).exists() {
        eprintln!("left out: no {OTHER_LLVM}");
        return;
    }
    load_beside(&Scratch::new(), Path::new(OTHER_LLVM))
        .prints("outboard: api version 0, registers nothing")
        .says("error: outboard is built for LLVM 22, and this compiler has LLVM 19.")
        .says("\nhelp: use a compiler with LLVM 22, for instance rustc 1.95, clang-22 or opt-22\n");
}

/// rustc ends while its codegen threads do, which is where a plugin can crash it: every run must exit by itself.
#[test]
fn fifty_runs_of_rustc() {
    const RUNS: usize = 50;
    let scratch = Scratch::new();
    let pass = offload_host(&images::kernels(&scratch));
    let hello = scratch.write("hello.rs", "pub fn hello(name: &str) { println!(\"hello {name}\"); }\n");
    let sources = [case("launching.rs"), hello];
    let toolchains = rustcs();
    for run in 0..RUNS {
        let (toolchain, source) = (toolchains[run / 2 % toolchains.len()], &sources[run % 2]);
        let rustc =
            rustc(toolchain, &pass).args(["--crate-type=rlib", "-O", "-Ccodegen-units=8", "--out-dir"]);
        rustc.arg(scratch.folder()).arg(source).ok().says_not("error");
    }
}
