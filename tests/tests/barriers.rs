//! What stock rustc does to a barrier between two uses of one condition, and what is done about it.
//!
//! MIR's jump threading gives each outcome of the condition a way of its own through the rest of the function, with a
//! barrier of its own: threads wait at different ones, and read what the others have not written yet.

use std::path::{Path, PathBuf};

use tests::kernels::devices::Devices;
use tests::kernels::{Kernel, Target, all, build};
use tests::{Run, Scratch, device_link, stable};

/// What is said of the module of stock rustc.
const REFUSAL: &str = "\
error[OB0022]: kernel `exchange` reaches `__outboard_dev_barrier`, and its compiler may have put that under a condition that not all threads share
  in `exchange` (DIR/stock.ll)
help: compile with -Zmir-enable-passes=-JumpThreading -Cno-prepopulate-passes and give --assume-convergent-source; in C, declare it __attribute__((convergent))";

/// The flag that crates with kernels need.
const FLAG: &str = "-Zmir-enable-passes=-JumpThreading";

fn kernel(name: &str) -> Kernel {
    all().into_iter().find(|kernel| kernel.name == name).expect("the suite has it")
}

/// The IR of `exchange` from rustc with `flags`, and how many calls of the barrier it has.
fn compile(scratch: &Scratch, name: &str, flags: &[&str]) -> (PathBuf, usize) {
    compile_kernel(scratch, &kernel("exchange"), name, flags)
}

fn compile_kernel(scratch: &Scratch, kernel: &Kernel, name: &str, flags: &[&str]) -> (PathBuf, usize) {
    let root = build::crate_of(scratch, "crate.rs", [kernel].into_iter());
    let output = scratch.path(name);
    let rustc = Run::new(&stable().rustc).env("RUSTC_BOOTSTRAP", "1").args(flags);
    let rustc = rustc.args(["--edition=2024", "--crate-type=lib", "--emit=llvm-ir", "-Awarnings"]);
    rustc.args(["-Copt-level=3", "-Ccodegen-units=1"]).arg(root).arg("-o").arg(&output).ok();
    let text = std::fs::read_to_string(&output).expect("rustc wrote it");
    let calls = text.matches("call void @__outboard_dev_barrier()").count();
    (output, calls)
}

#[test]
fn rustc_duplicates_a_barrier_and_the_flag_keeps_it() {
    let scratch = Scratch::new();
    assert_eq!(compile(&scratch, "stock.ll", &[]).1, 2, "a barrier in each arm, by default");
    assert_eq!(compile(&scratch, "stock-early.ll", &[build::BEFORE_PASSES]).1, 2, "before LLVM sees it");
    assert_eq!(compile(&scratch, "kept.ll", &[FLAG]).1, 1, "one barrier with the flag");
}

/// Links for a target and returns the one image, with `flags` in addition.
fn link(scratch: &Scratch, module: &Path, target: &str, flags: &[&str]) -> tests::Ran {
    let command = Run::new(device_link()).args(["link", "--target", target]).args(flags);
    command.arg(module).arg("-o").arg(scratch.path("exchange.offload")).run()
}

#[test]
fn a_barrier_that_may_have_moved_is_refused() {
    let scratch = Scratch::new();
    let (stock, _) = compile(&scratch, "stock.ll", &[]);
    for target in ["nvptx64:sm_80", "amdgcn:gfx90a", "spirv64"] {
        let ran = link(&scratch, &stock, target, &[]).failed();
        let text = ran.stderr.replace(&scratch.folder().display().to_string(), "DIR");
        assert_eq!(text.trim_end(), REFUSAL, "{target}");
        assert_eq!(ran.code(), Some(1));
    }
    assert!(!scratch.path("exchange.offload").exists());
}

#[test]
fn one_barrier_in_the_source_is_one_in_the_image() {
    let scratch = Scratch::new();
    let barriers = |name: &str, flags: &[&str]| {
        let (module, _) = compile(&scratch, name, flags);
        link(&scratch, &module, "nvptx64:sm_80", &["--assume-convergent-source", "--emit=ptx"]).succeeded();
        let ptx = build::image(&scratch, &scratch.path("exchange.offload"), name);
        std::fs::read_to_string(ptx).expect("PTX is text").matches("bar.sync").count()
    };
    assert_eq!(barriers("kept.ll", &[FLAG]), 1);
    assert_eq!(barriers("stock.ll", &[]), 2, "what the refusal is for: two barriers that no thread shares");
}

/// The same executed: each thread reads what another one wrote before the barrier. What MIR does shows in
/// `exchange`, what LLVM's passes on the host do in `reduce_shared`.
#[test]
fn threads_see_what_others_wrote_before_the_barrier() {
    let scratch = Scratch::new();
    let target = Target::named("spirv64").expect("a target");
    for (name, not_enough) in [("exchange", &[][..]), ("reduce_shared", &[FLAG][..])] {
        let kernel = kernel(name);
        let devices = Devices::new(&scratch, std::slice::from_ref(&kernel));
        if let Some(why) = devices.missing(target) {
            report(&format!("left out: {why}"));
            return;
        }
        let run = |file: &str, flags: &[&str]| {
            let (module, _) = compile_kernel(&scratch, &kernel, file, flags);
            link(&scratch, &module, "spirv64", &["--assume-convergent-source"]).succeeded();
            let image = build::image(&scratch, &scratch.path("exchange.offload"), file);
            devices.check(&kernel, target, &image)
        };
        assert_eq!(run("kept.ll", &[FLAG, build::BEFORE_PASSES]), Ok(()), "{name}");
        let wrong = run("moved.ll", not_enough).expect_err("barriers in two arms");
        assert!(wrong.contains("argument 2") && wrong.contains("differ"), "{name}: {wrong}");
    }
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn report(what: &str) {
    eprintln!("{what}");
}
