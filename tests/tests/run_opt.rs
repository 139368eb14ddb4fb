//! A module that opt rewrote becomes a program that runs on libomptarget's host devices.

use std::path::{Path, PathBuf};

use tests::compile::{link_flags, offload_host, opt};
use tests::images::case;
use tests::{Run, Scratch, images, llvm};

/// opt with `pass`, then llc and the linker: the program.
fn build(scratch: &Scratch, pass: &str) -> PathBuf {
    let (rewritten, object, program) =
        (scratch.path("rewritten.bc"), scratch.path("program.o"), scratch.path("program"));
    opt(pass).arg(case("program.ll")).arg("-o").arg(&rewritten).ok();
    let llc = Run::new(llvm().tool("llc")).args(["-filetype=obj", "-relocation-model=pic", "-o"]);
    llc.arg(&object).arg(&rewritten).ok();
    Run::new(llvm().tool("clang")).arg(&object).args(link_flags()).arg("-o").arg(&program).ok();
    program
}

/// 200,000 launches in a loop, on a stack that is too small for one allocation each.
fn run(program: &Path, policy: &str) -> tests::Ran {
    Run::new("sh")
        .args(["-c", "ulimit -s 256; exec \"$0\""])
        .arg(program)
        .env("OMP_TARGET_OFFLOAD", policy)
        .run()
}

#[test]
fn rewritten_module_runs() {
    let scratch = Scratch::new();
    let pass = offload_host(&images::kernels(&scratch));
    for pass in [pass.clone(), format!("{pass},default<O3>"), format!("default<O2>,{pass}")] {
        let program = build(&scratch, &pass);
        run(&program, "MANDATORY").succeeded().prints("x 200040, 0 on the host");
        // The launch in the loop falls back, the REQUIRED one returns 2.
        let ran = run(&program, "DISABLED").prints("x 0, 200000 on the host");
        assert_eq!(ran.code(), Some(2), "{ran}");
    }
}
