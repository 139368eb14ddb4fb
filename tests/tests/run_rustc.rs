//! Programs that rustc compiled with the plugin run on libomptarget's host devices: each way to build on stable
//! and on nightly, and what a launch can be.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use tests::compile::{offload_host, rustc};
use tests::images::case;
use tests::{Run, Scratch, images, nightly, rustcs, stable};
use xtask::tools::Toolchain;

/// What battery.rs prints, wherever its launches run.
const ANSWERS: &str = "\
several [2.0, 2.0, 2.0, 2.0, 2.0] [4.0, 5.0, 6.0, 7.0, 8.0]
loop 1000
branch 42 38
threads [0, 50, 100, 150, 200, 250, 300, 350]
literals [-5.0, -1099511627776.0, 0.5, -2.25, 1.0, 0.0]
struct -13
sixteen 10761672
resident [14.0]
no arguments 2
no wait 2
";
const ON_A_DEVICE: &str = "1413 on a device, 0 on the host, 0 nowhere";
const ON_THE_HOST: &str = "0 on a device, 1413 on the host, 0 nowhere";

/// A way to build, by its flags: what changes the modules that the plugin sees, or when it sees them.
const BUILDS: &[&[&str]] = &[
    &[],
    &["-Ccodegen-units=16", "-Cdebuginfo=2"],
    &["-Copt-level=2", "-Ccodegen-units=1"],
    &["-Copt-level=2", "-Clto=thin", "-Ccodegen-units=16"],
    &["-Copt-level=3", "-Ccodegen-units=64", "-Cdebuginfo=2"],
    &["-Copt-level=3", "-Clto=fat"],
    &["-Copt-level=s", "-Clto=off", "-Cpanic=abort"],
    &["-Copt-level=z", "-Clinker-plugin-lto", "-Clink-arg=-fuse-ld=lld"],
    &["-Copt-level=3", "-Cno-prepopulate-passes"],
];

fn on_a_device(program: &Path) -> Run {
    Run::new(program).env("OMP_TARGET_OFFLOAD", "MANDATORY")
}

fn without_devices(program: &Path) -> Run {
    Run::new(program).env("OMP_TARGET_OFFLOAD", "DISABLED")
}

/// The battery gives its answers on a device, and the same ones without.
#[track_caller]
fn check_battery(program: &Path) {
    on_a_device(program).ok().prints(&format!("{ANSWERS}{ON_A_DEVICE}"));
    without_devices(program).ok().prints(&format!("{ANSWERS}{ON_THE_HOST}"));
}

fn check_builds(toolchain: &Toolchain) {
    let scratch = Scratch::new();
    let pass = offload_host(&images::kernels(&scratch));
    let program = scratch.path("program");
    for flags in BUILDS {
        rustc(toolchain, &pass)
            .args(*flags)
            .arg(case("program.rs"))
            .arg("-o")
            .arg(&program)
            .ok()
            .says_not("warning");
        check_battery(&program);
    }
}

#[test]
fn every_build_of_stable() {
    check_builds(stable());
}

#[test]
fn every_build_of_nightly() {
    nightly().into_iter().for_each(check_builds);
}

/// Kernels without an entry of their own: device-link makes it, and loops over the geometry.
#[test]
fn kernels_that_device_link_linked() {
    let scratch = Scratch::new();
    let bitcode = scratch.path("kernels.bc");
    let clang = Run::new(tests::llvm().tool("clang")).args(["-O1", "-DBODIES", "-emit-llvm", "-c", "-o"]);
    clang.arg(&bitcode).arg(case("kernels.c")).ok();
    let pass = offload_host(&images::linked(&scratch, "linked", &[bitcode]));
    let program = scratch.path("program");
    for toolchain in rustcs() {
        rustc(toolchain, &pass).arg("-O").arg(case("program.rs")).arg("-o").arg(&program).ok();
        check_battery(&program);
    }
}

/// Kernels in Rust, from stock rustc's own bitcode, over geometry that is known at run time.
#[test]
fn rust_kernels_over_three_dimensions() {
    const GEOMETRY: [&str; 18] =
        ["1", "1", "1", "1", "1", "1", "7", "1", "1", "13", "1", "1", "2", "3", "5", "4", "3", "2"];
    for toolchain in rustcs() {
        let scratch = Scratch::new();
        let bitcode = scratch.path("kernels.bc");
        let rustc_alone =
            Run::new(&toolchain.rustc).args(["--edition=2024", "--crate-type=lib", "--emit=llvm-bc"]);
        rustc_alone.args(["-O", "-Cpanic=abort", "-o"]).arg(&bitcode).arg(case("geometry_kernels.rs")).ok();
        let pass = offload_host(&images::linked(&scratch, "kernels", &[bitcode]));
        let program = scratch.path("program");
        for level in ["-Copt-level=0", "-Copt-level=3"] {
            rustc(toolchain, &pass).arg(level).arg(case("geometry.rs")).arg("-o").arg(&program).ok();
            on_a_device(&program).args(GEOMETRY).ok().prints("1 of 1\n91 of 91\n720 of 720");
        }
    }
}

#[test]
fn test_harness() {
    let scratch = Scratch::new();
    let pass = offload_host(&images::kernels(&scratch));
    let program = scratch.path("program");
    for toolchain in rustcs() {
        rustc(toolchain, &pass).arg("--test").arg(case("program.rs")).arg("-o").arg(&program).ok();
        on_a_device(&program).arg("--nocapture").ok().says(ON_A_DEVICE).says("1 passed");
    }
}

#[test]
fn library_that_launches() {
    let scratch = Scratch::new();
    let pass = offload_host(&images::kernels(&scratch));
    let program = scratch.path("uses_launching");
    for toolchain in rustcs() {
        for flags in
            [&[][..], &["-Copt-level=3"], &["-Copt-level=2", "-Clto=fat"], &["-Copt-level=2", "-Clto=thin"]]
        {
            let library = rustc(toolchain, &pass).args(flags.iter().filter(|flag| !flag.contains("lto")));
            library
                .args(["--crate-type=rlib", "--out-dir"])
                .arg(scratch.folder())
                .arg(case("launching.rs"))
                .ok();
            let uses =
                rustc(toolchain, &pass).args(flags).arg("--extern=launching").arg("-L").arg(scratch.folder());
            uses.arg(case("uses_launching.rs")).arg("-o").arg(&program).ok();
            on_a_device(&program).ok().prints(&format!("own 42 0\n{ANSWERS}{ON_A_DEVICE}"));
            without_devices(&program).ok().prints(&format!("own 42 1\n{ANSWERS}{ON_THE_HOST}"));
        }
    }
}

/// What a program of cases/run prints on a device, and what without, at -O0 and -O3 on each toolchain.
fn check_program(name: &str, arguments: &[&str], on_device: &str, without: Option<&str>) {
    let scratch = Scratch::new();
    let pass = offload_host(&images::kernels(&scratch));
    let program = scratch.path("program");
    for toolchain in rustcs() {
        for level in ["-Copt-level=0", "-Copt-level=3"] {
            rustc(toolchain, &pass)
                .arg(level)
                .arg(case(name))
                .arg("-o")
                .arg(&program)
                .ok()
                .says_not("warning");
            on_a_device(&program).args(arguments).ok().prints(on_device);
            if let Some(text) = without {
                without_devices(&program).args(arguments).ok().prints(text);
            }
        }
    }
}

#[test]
fn four_devices_have_memory_of_their_own() {
    let text = "host 100
device 0: 101 after 1 launches
device 1: 104 after 2 launches
device 2: 109 after 3 launches
device 3: 116 after 4 launches";
    check_program("devices.rs", &[], text, None);
}

#[test]
fn required_launch_says_that_no_device_took_it() {
    check_program("required.rs", &[], "status 0, x 42", Some("status 2, x 1"));
}

#[test]
fn fallback_that_panics_is_caught() {
    let without = "dropped\ncaught: no device adds 41";
    check_program("unwinding.rs", &[], "dropped\nstatus 0, x 42", Some(without));
}

/// 16 bytes a launch would be enough to overflow the 64 KiB, a launch allocates well over 100.
#[test]
fn launches_do_not_grow_the_stack() {
    // 300,000 launches in the loop, and one for each odd number: the sum of those is 150,000 squared.
    check_program("small_stack.rs", &["300000"], "22500300000", None);
}

/// Inodes of the objects that the last incremental build kept: rustc links the ones that it reuses.
fn objects(cache: &Path) -> BTreeMap<String, u64> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("the incremental folder can be read");
        entries.map(|entry| entry.expect("the incremental folder can be read").path()).collect()
    };
    let of_crate = entries(cache).pop().expect("a folder of the crate");
    // `s-TIME-...`: older sessions stay for some seconds.
    let session = entries(&of_crate).into_iter().filter(|path| path.is_dir()).max().expect("a session");
    let objects =
        entries(&session).into_iter().filter(|path| path.extension().is_some_and(|found| found == "o"));
    let inode = |path: &PathBuf| std::fs::metadata(path).expect("the object is there").ino();
    objects
        .map(|path| (path.display().to_string().replace(&*session.to_string_lossy(), ""), inode(&path)))
        .collect()
}

#[test]
fn incremental_builds_compile_again_what_changed() {
    let scratch = Scratch::new();
    let container = images::kernels(&scratch);
    for name in ["program.rs", "battery.rs", "launch.rs", "fallback.rs"] {
        scratch.write(&format!("src/{name}"), std::fs::read(case(name)).expect("the case is there"));
    }
    let other_container = scratch.path("other.offload");
    std::fs::copy(&container, &other_container).expect("the container can be copied");
    let program = scratch.path("program");
    for toolchain in rustcs() {
        let cache = scratch.path(&toolchain.release);
        let build = |container: &Path| {
            let rustc = rustc(toolchain, &offload_host(container)).arg(scratch.path("src/program.rs"));
            rustc.arg(format!("-Cincremental={}", cache.display())).arg("-o").arg(&program).ok();
            objects(&cache)
        };
        let changed = |before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>| {
            assert_eq!(before.len(), after.len(), "the same codegen units");
            after.iter().filter(|(name, inode)| before[*name] != **inode).count()
        };
        let battery = std::fs::read_to_string(case("battery.rs")).expect("the case is there");
        scratch.write("src/battery.rs", &battery);
        let first = build(&container);
        assert!(first.len() > 5, "a codegen unit a module: {first:?}");
        check_battery(&program);

        let again = build(&container);
        assert_eq!(changed(&first, &again), 0, "nothing changed");
        check_battery(&program);

        scratch.write("src/battery.rs", battery.replace("in_a_loop(1000)", "in_a_loop(1007)"));
        let edited = build(&container);
        assert_eq!(changed(&again, &edited), 1, "one function changed");
        on_a_device(&program).ok().says("loop 1007\n").says("1420 on a device, 0 on the host");

        // The pass's text is a flag of rustc, and tracked.
        let moved = build(&other_container);
        assert_eq!(changed(&edited, &moved), moved.len(), "the images are other ones");
        on_a_device(&program).ok().says("1420 on a device, 0 on the host");
    }
}
