//! A C program that clang compiled with the plugin runs on libomptarget's host devices.

use tests::compile::{clang, link_flags, offload_host};
use tests::images::case;
use tests::{Run, Scratch, images, llvm};

/// What program.c prints, wherever its launches run.
const ANSWERS: &str = "\
several 4 5 6
loop and branch 1042
threads 0 50 100 150 200 250 300 350
literals -5 -1.09951e+12 0.5 -2.25 1 0
sixteen 10761672
no arguments 1
";
const ON_A_DEVICE: &str = "1407 on a device, 0 on the host, 0 nowhere";
const ON_THE_HOST: &str = "0 on a device, 1407 on the host, 0 nowhere";

const BUILDS: &[&[&str]] = &[
    &["-O0"],
    &["-O0", "-g"],
    &["-O2"],
    &["-O3", "-g", "-fPIC"],
    &["-Os"],
    &["-O2", "-flto=thin", "-fuse-ld=lld"],
    &["-O2", "-flto=full", "-fuse-ld=lld"],
];

#[test]
fn every_build() {
    let scratch = Scratch::new();
    let pass = offload_host(&images::kernels(&scratch));
    let bodies = scratch.path("bodies.o");
    Run::new(llvm().tool("clang"))
        .args(["-O2", "-DBODIES", "-c", "-o"])
        .arg(&bodies)
        .arg(case("kernels.c"))
        .ok();
    let program = scratch.path("program");
    for flags in BUILDS {
        // The plugin sees fallback.c too, which defines launch functions and launches nothing.
        let build = clang(&pass).args(*flags).args([case("program.c"), case("fallback.c")]).arg(&bodies);
        build
            .args(link_flags())
            .args(["-Wall", "-Wextra", "-Wno-unused-parameter", "-o"])
            .arg(&program)
            .ok()
            .says_not("warning");
        let run = |policy| Run::new(&program).env("OMP_TARGET_OFFLOAD", policy).ok();
        run("MANDATORY").prints(&format!("{ANSWERS}{ON_A_DEVICE}"));
        run("DISABLED").prints(&format!("{ANSWERS}{ON_THE_HOST}"));
    }
}
