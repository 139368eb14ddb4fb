//! rustc's own offload (`core::intrinsics::offload`, `-Zoffload=Test`) on stock toolchains: one rustc command
//! with `offload-embed`, a run on libomptarget's host device, and the bytes that the run moved.
//!
//! A case is `tests/cases/rustc_offload/NAME.rs`, a module with `pub fn run()` and lines that say
//! `//@ prints: TEXT`, `//@ moves: N to the device, M from it`, and `//@ since: 1.97` where older rustcs get it
//! wrong (docs/rustc-offload.md), with `//@ before: ERROR`, which the pass makes of it. All kernels are in
//! `kernels.c`.

use std::path::{Path, PathBuf};

use tests::{Ran, Run, Scratch, device_link, llvm, nightly, plugin, rustcs, stable, workspace};
use xtask::tools::Toolchain;

fn cases_folder() -> PathBuf {
    workspace().join("tests/cases/rustc_offload")
}

struct Case {
    name: String,
    path: PathBuf,
    since: Option<String>,
    before: Option<String>,
    prints: String,
    moves: String,
}

fn cases() -> Vec<Case> {
    programs(&cases_folder()).into_iter().map(read_case).collect()
}

/// The Rust sources in a folder.
fn programs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    paths
}

fn read_case(path: PathBuf) -> Case {
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let required =
        |key| directive(&text, key).unwrap_or_else(|| panic!("{} has no `//@ {key}:`", path.display()));
    Case {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        since: directive(&text, "since"),
        before: directive(&text, "before"),
        prints: required("prints"),
        moves: required("moves"),
        path,
    }
}

fn directive(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("//@ ")?.strip_prefix(key)?.strip_prefix(": "));
    line.map(str::to_owned)
}

/// Whether `rustc` is `since` or later: both are 1.N.
fn has(rustc: &Toolchain, since: &str) -> bool {
    let minor = |version: &str| version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
    minor(&rustc.release) >= minor(since)
}

/// A program that runs the case its argument names.
fn main_of(cases: &[Case]) -> String {
    let modules = cases.iter().map(|c| format!("#[path = {:?}]\nmod {};\n", c.path, c.name));
    let arms = cases.iter().map(|c| format!("        Some({0:?}) => {0}::run(),\n", c.name));
    format!(
        "#![feature(core_intrinsics)]\n#![allow(internal_features, improper_ctypes, clashing_extern_declarations)]\n{}fn main() {{\n    match \
         std::env::args().nth(1).as_deref() {{\n{}        other => panic!(\"no case {{other:?}}\"),\n    }}\n}}\n",
        modules.collect::<String>(),
        arms.collect::<String>()
    )
}

/// The entries of `kernels.c`.
fn entries() -> Vec<String> {
    let text = std::fs::read_to_string(cases_folder().join("kernels.c")).expect("the kernels are there");
    let name = |line: &str| Some(line.strip_prefix("void ")?.split_once('(')?.0.to_owned());
    text.lines().filter_map(name).collect()
}

/// A container with the image of `kernels.c`.
fn container(scratch: &Scratch) -> PathBuf {
    let bitcode = scratch.path("kernels.bc");
    Run::new(llvm().tool("clang"))
        .args(["-O2", "-ffreestanding", "-fPIC", "-c", "-emit-llvm", "-o"])
        .arg(&bitcode)
        .arg(cases_folder().join("kernels.c"))
        .ok();
    link(scratch, &bitcode, "--entry", &entries())
}

/// A container with the image of `bitcode` and its kernels: of device-link's making, or entries of their own. Some
/// count their calls in a variable of the image's own.
fn link(scratch: &Scratch, bitcode: &Path, kind: &str, kernels: &[String]) -> PathBuf {
    let container = scratch.path("kernels.offload");
    let kernels = kernels.iter().flat_map(|name| [kind, name]);
    let link = Run::new(device_link()).args(["link", "--allow-mutable-statics"]).args(kernels);
    link.arg("-o").arg(&container).arg(bitcode).ok();
    container
}

/// A container whose image is for a processor that no device of this machine has.
fn foreign_container(scratch: &Scratch) -> PathBuf {
    let (image, container) = (scratch.path("kernels.so"), scratch.path("kernels.offload"));
    Run::new(llvm().tool("clang"))
        .args(["--target=aarch64-unknown-linux-gnu", "-ffreestanding", "-shared", "-fPIC", "-nostdlib"])
        .args(["-fuse-ld=lld", "-o"])
        .arg(&image)
        .arg(cases_folder().join("kernels.c"))
        .ok();
    let image = format!("--image=file={},triple=aarch64-unknown-linux-gnu,kind=openmp", image.display());
    Run::new(device_link()).args(["pack", &image, "-o"]).arg(&container).ok();
    container
}

/// The one command.
fn compile(rustc: &Toolchain, source: &Path, container: &Path, program: &Path, options: &[&str]) -> Run {
    let lib_dir = llvm().lib_dir();
    Run::new(&rustc.rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["--edition=2024", "-Zunstable-options", "-Zoffload=Test", "-Clto=fat"])
        .args(options)
        .arg(format!("-Zllvm-plugins={}", plugin().display()))
        .arg(format!("-Cpasses=offload-embed<images={}>", container.display()))
        .arg(format!("-Lnative={}", lib_dir.display()))
        .args(["-lomptarget", "-lomp"])
        .arg(format!("-Clink-arg=-Wl,-rpath,{}", lib_dir.display()))
        .arg("-o")
        .arg(program)
        .arg(source)
}

/// `N to the device, M from it`, of what the runtime reports.
fn moved(ran: &Ran) -> String {
    let sum = |direction: &str| -> u64 {
        let copies = ran.stderr.lines().filter(|line| line.contains(direction));
        copies.map(|line| size_of_copy(line).unwrap_or_else(|| panic!("no size in `{line}`"))).sum()
    };
    let (to, from) = (sum("Copying data from host to device"), sum("Copying data from device to host"));
    format!("{to} to the device, {from} from it")
}

fn size_of_copy(line: &str) -> Option<u64> {
    line.split_once("Size=")?.1.split(',').next()?.trim().parse().ok()
}

#[track_caller]
fn check(rustc: &Toolchain, options: &[&str]) {
    let scratch = Scratch::new();
    let cases: Vec<Case> =
        cases().into_iter().filter(|case| case.since.as_ref().is_none_or(|s| has(rustc, s))).collect();
    let source = scratch.write("main.rs", main_of(&cases));
    let program = scratch.path("main");
    compile(rustc, &source, &container(&scratch), &program, options).ok().says_not("warning");
    for case in cases {
        // 32: libomptarget reports copies.
        let ran = Run::new(&program).arg(&case.name).env("LIBOMPTARGET_INFO", "32").ok();
        assert_eq!(moved(&ran), case.moves, "case {} on {} moved\n{ran}", case.name, rustc.release);
        ran.prints(&case.prints);
    }
}

#[test]
fn battery_on_stable() {
    check(stable(), &["-Copt-level=3"]);
}

#[test]
fn battery_in_many_codegen_units() {
    check(stable(), &["-Copt-level=0", "-Ccodegen-units=64", "-Cdebuginfo=2"]);
}

#[test]
fn battery_on_nightly() {
    if let Some(nightly) = nightly() {
        check(nightly, &["-Copt-level=s"]);
    }
}

/// What an old rustc would get wrong without a word.
#[test]
fn miscompiled_launches_are_errors() {
    let scratch = Scratch::new();
    let container = container(&scratch);
    for case in cases().into_iter().filter(|case| case.since.as_ref().is_some_and(|s| !has(stable(), s))) {
        let error = case.before.clone().unwrap_or_else(|| panic!("{} has no `//@ before:`", case.name));
        let source = scratch.write("main.rs", main_of(&[case]));
        let program = scratch.path("main");
        compile(stable(), &source, &container, &program, &["-Copt-level=2"]).fails().says(&error);
    }
}

/// What every rustc gets wrong, or those since the one that is named: in `refused`, with the pass's error.
#[test]
fn launches_that_are_refused() {
    for path in programs(&cases_folder().join("refused")) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let since = directive(&text, "since");
        let refused = directive(&text, "refused").expect("a case says why it is refused");
        for rustc in rustcs().into_iter().filter(|rustc| since.as_ref().is_none_or(|s| has(rustc, s))) {
            let scratch = Scratch::new();
            let bitcode = rust_kernels(&scratch, REFUSED_KERNEL);
            let container = link(&scratch, &bitcode, "--entry", &["kernel".to_owned()]);
            let program = scratch.path("main");
            compile(rustc, &path, &container, &program, &[]).fails().says(&refused);
        }
    }
}

/// It takes two arguments, as all launches of the refused programs pass them.
const REFUSED_KERNEL: &str = "#[unsafe(no_mangle)] pub extern \"C\" fn kernel(_environment: *mut u8, _x: u64, \
                              y: &mut f64) { *y = 1.0; }";

/// A program whose only case is the example, and the folder it is in.
fn example(scratch: &Scratch) -> PathBuf {
    let example = cases().into_iter().filter(|case| case.name == "example").collect::<Vec<_>>();
    scratch.write("main.rs", main_of(&example))
}

#[track_caller]
fn check_launch_that_fails(container: fn(&Scratch) -> PathBuf, policy: &str) {
    let scratch = Scratch::new();
    let program = scratch.path("main");
    compile(stable(), &example(&scratch), &container(&scratch), &program, &["-Copt-level=2"]).ok();
    let ran = Run::new(&program).arg("example").env("OMP_TARGET_OFFLOAD", policy).run();
    assert_eq!(ran.code(), None, "the program aborts\n{ran}");
    ran.prints("").says(
        "outboard: kernel `kernel_1` did not run: offloading is disabled (OMP_TARGET_OFFLOAD), or no device \
         takes an image of this program; the program has no other way to compute its results\n",
    );
}

/// rustc drops the launch's result: without a check the program prints what was never computed.
#[test]
fn disabled_offloading_ends_the_program() {
    check_launch_that_fails(container, "DISABLED");
}

/// rustc starts all devices at start-up, and the runtime would end the program with a word about itself.
#[test]
fn an_image_for_no_device_ends_the_program() {
    check_launch_that_fails(foreign_container, "DEFAULT");
}

/// The bitcode of a `#![no_std]` Rust crate.
fn rust_kernels(scratch: &Scratch, text: &str) -> PathBuf {
    let panic = "#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n";
    let source = scratch.write("kernels.rs", format!("#![no_std]\n{text}\n{panic}"));
    let bitcode = scratch.path("kernels.bc");
    Run::new(&stable().rustc)
        .args(["--edition=2024", "-O", "--crate-type=lib", "--emit=llvm-bc", "-o"])
        .arg(&bitcode)
        .arg(source)
        .ok();
    bitcode
}

#[test]
fn kernels_in_rust() {
    let scratch = Scratch::new();
    let kernels = "#[unsafe(no_mangle)] pub extern \"C\" fn kernel_1(_environment: *mut u8, x: &mut [f64; 128]) \
                   { x[0] = 21.0; }";
    let container = link(&scratch, &rust_kernels(&scratch, kernels), "--entry", &["kernel_1".to_owned()]);
    let source = example(&scratch);
    for rustc in rustcs() {
        let program = scratch.path("main");
        compile(rustc, &source, &container, &program, &["-Copt-level=2"]).ok();
        Run::new(&program).arg("example").ok().prints("21 3");
    }
}

#[track_caller]
fn check_error(kernel: &str, kind: &str, message: &str) {
    let scratch = Scratch::new();
    let text = format!(
        "#[unsafe(no_mangle)] pub extern \"C\" fn {kernel}(_environment: *mut u8, x: &mut f64) {{ *x = 1.0; }}"
    );
    let container = link(&scratch, &rust_kernels(&scratch, &text), kind, &[kernel.to_owned()]);
    let source = example(&scratch);
    let before = scratch.names();
    for rustc in rustcs() {
        let program = scratch.path("main");
        let ran = compile(rustc, &source, &container, &program, &["-Copt-level=2"]).fails();
        assert_eq!(ran.stderr.trim(), message);
        assert_eq!(scratch.names(), before, "nothing half-written stays");
    }
}

#[test]
fn a_kernel_that_no_image_has() {
    check_error(
        "kernel_2",
        "--entry",
        "error: offload-embed[OB0106]: kernel `kernel_1` is not in image 0 (x86_64-unknown-linux-gnu), which has \
         `kernel_2`\n       help: link it into the image, or launch one of these\n\nerror: aborting due to 1 \
         previous error",
    );
}

#[test]
fn a_kernel_made_for_other_launches() {
    check_error(
        "kernel_1",
        "--kernel",
        "error: offload-embed[OB0106]: kernel `kernel_1` of image 0 (x86_64-unknown-linux-gnu) takes geometry slots, \
         which only launches of offload-host pass\n       help: write it as `void kernel_1(void \
         *launch_environment, slot...)`, and link it with device-link link --entry kernel_1\n\nerror: aborting \
         due to 1 previous error",
    );
}
