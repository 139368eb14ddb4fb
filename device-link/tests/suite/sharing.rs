//! Threads that share a launch: a thread sanitizer, in the code of the image too, sees no race, also where items fail.

use crate::support::{device_link, llvm, printed};
use std::path::Path;
use std::process::{Command, Output};

/// What device-link calls functions of the system that its runtime needs.
const SYSTEM: &str = "outboard.system.";

/// A program with the code of checks.c's image, both with a thread sanitizer.
fn build(folder: &Path) {
    let file = |name: &str| folder.join(name);
    printed(llvm("clang").args(["-O1", "-emit-llvm", "-c", "checks.c", "-o"]).arg(file("k.bc")));
    let mut link = device_link();
    link.args(["link", "--panic=record"]).arg(format!("--save-temps={}", file("temps").display()));
    printed(link.arg(file("k.bc")).arg("-o").arg(file("dev.offload")));
    let module = std::fs::read_to_string(file("temps/optimized.ll")).expect("kept");
    let module = module.replace(&format!("@\"{SYSTEM}"), "@\"").replace(&format!("@{SYSTEM}"), "@");
    let mark = |line: &str| match line.split_once(" = {") {
        Some((name, rest)) if line.starts_with("attributes #") => {
            format!("{name} = {{ sanitize_thread {rest}\n")
        }
        _ => format!("{line}\n"),
    };
    std::fs::write(file("module.ll"), module.lines().map(mark).collect::<String>()).expect("writable");
    let passes = "-passes=module(tsan-module),function(tsan)";
    printed(llvm("opt").arg(passes).arg(file("module.ll")).arg("-o").arg(file("module.bc")));
    let mut clang = llvm("clang");
    clang.args(["-O1", "-fsanitize=thread", "-Wno-override-module", "sharing.c"]).arg(file("module.bc"));
    printed(clang.args(["-ldl", "-lpthread", "-o"]).arg(file("program")));
}

/// Runs it on four threads, with the tool that tells the sanitizer what libomp's threads wait for.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let libraries = Path::new(env!("LLVM_BINDIR")).join("../lib");
    let mut program = Command::new(folder.join("program"));
    program.args(arguments).env("OMP_NUM_THREADS", "4").env("LD_LIBRARY_PATH", &libraries);
    program.env("OMP_TOOL_LIBRARIES", libraries.join("libarcher.so"));
    program.env("TSAN_OPTIONS", "ignore_noninstrumented_modules=1");
    program.output().expect("the program was built")
}

#[test]
fn threads_that_share_a_launch_do_not_race() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    build(folder.path());
    for arguments in [&[][..], &["two"]] {
        let ran = run(folder.path(), arguments);
        assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(
            String::from_utf8_lossy(&ran.stdout),
            "1 panicked: thread 5 of block 0\n",
            "{arguments:?}"
        );
    }
    let ran = run(folder.path(), &["racing"]);
    let text = String::from_utf8_lossy(&ran.stderr);
    assert!(!ran.status.success() && text.contains("data race"), "a race is seen: {text}");
}
