//! A launch is rewritten once, whatever rustc does with its codegen unit afterwards: the pass tells of every
//! launch by a remark, and rustc shows the remarks of all its pipelines.

use std::collections::BTreeSet;
use tests::compile::{offload_host, rustc};
use tests::images::{case, kernels};
use tests::{Scratch, rustcs};

const BUILDS: [&[&str]; 5] = [
    &["-Copt-level=0", "-Ccodegen-units=1"],
    &["-Copt-level=0", "-Ccodegen-units=64"],
    &["-Copt-level=2", "-Ccodegen-units=16"],
    &["-Copt-level=2", "-Clto=fat", "-Ccodegen-units=16"],
    &["-Copt-level=2", "-Clto=thin", "-Ccodegen-units=16"],
];

#[test]
fn every_launch_is_rewritten_once() {
    let scratch = Scratch::new();
    let pass = offload_host(&kernels(&scratch));
    for toolchain in rustcs() {
        for flags in BUILDS {
            let ran = rustc(toolchain, &pass)
                .args(flags)
                // One instance of every function, so that a place in the source is one launch.
                .args(["-g", "-Zinline-mir=no", "-Cremark=offload-host", "-o"])
                .arg(scratch.path("program"))
                .arg(case("program.rs"))
                .ok();
            let notes: Vec<&str> =
                ran.stderr.lines().filter(|line| line.contains("launch of kernel")).collect();
            let places: BTreeSet<&str> = notes.iter().copied().collect();
            assert!(notes.len() > 10, "the battery launches more often:\n{ran}");
            assert_eq!(notes.len(), places.len(), "a launch was rewritten twice with {flags:?}:\n{ran}");
        }
    }
}
