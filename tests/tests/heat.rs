//! The demo's program, examples/heat: stock rustc, the plugin, device-link, a run on the host device.

use tests::{Run, Scratch, device_link, llvm, plugin, rustcs, workspace};

/// Every toolchain, optimised and not: the program itself compares with plain Rust.
#[test]
fn the_heat_equation_runs_on_the_device() {
    for rustc in rustcs() {
        for level in ["-Copt-level=0", "-O"] {
            let scratch = Scratch::new();
            let heat = workspace().join("examples/heat");
            Run::new(&rustc.rustc)
                .args(["--edition=2024", "--crate-type=lib", "--emit=llvm-bc", "-O", "-Cpanic=abort"])
                .arg(heat.join("kernels.rs"))
                .args(["-o", "kernels.bc"])
                .dir(scratch.folder())
                .ok();
            Run::new(device_link())
                .args(["link", "kernels.bc", "-o", "heat.offload"])
                .dir(scratch.folder())
                .ok();
            let lib = llvm().lib_dir();
            Run::new(&rustc.rustc)
                .env("RUSTC_BOOTSTRAP", "1")
                .args(["--edition=2024", level, "-lomptarget", "-lomp"])
                .arg(format!("-Zllvm-plugins={}", plugin().display()))
                .arg(format!("-Cpasses=offload-host<images={}>", scratch.path("heat.offload").display()))
                .arg(format!("-Lnative={}", lib.display()))
                .arg(format!("-Clink-arg=-Wl,-rpath,{}", lib.display()))
                .arg(heat.join("main.rs"))
                .args(["-o", "heat"])
                .dir(scratch.folder())
                .ok();
            let ran = Run::new(scratch.path("heat")).env("LIBOMPTARGET_INFO", "32").ok().says("same result");
            // 20 steps and the search for the largest change: each grid that moves is one line of the runtime's.
            let copies = |direction: &str| ran.stderr.lines().filter(|line| line.contains(direction)).count();
            assert_eq!(copies("from host to device"), 20 + 2, "{ran}");
            assert_eq!(copies("from device to host"), 20 + 1, "{ran}");
        }
    }
}
