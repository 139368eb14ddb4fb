//! clang's OpenMP without clang-linker-wrapper: the host side compiled with `offload-embed`, the device side
//! linked into an image of its own, the program linked by an ordinary linker, and run on the host device.
//!
//! A case is `tests/cases/clang_openmp/NAME.c` with lines that say `// prints: TEXT`, `// units: N` where it is
//! N translation units, and `// warns: TEXT`.

use std::path::{Path, PathBuf};

use tests::{Run, Scratch, device_link, llvm, plugin, workspace};

const OPENMP: [&str; 2] = ["-fopenmp", "-fopenmp-targets=x86_64-unknown-linux-gnu"];

struct Case {
    source: PathBuf,
    units: u32,
    prints: String,
    warns: Option<String>,
}

fn read_case(name: &str) -> Case {
    let source = workspace().join("tests/cases/clang_openmp").join(name).with_extension("c");
    let text = std::fs::read_to_string(&source).unwrap_or_else(|e| panic!("{}: {e}", source.display()));
    let directive = |key: &str| {
        let line =
            text.lines().find_map(|line| line.strip_prefix("// ")?.strip_prefix(key)?.strip_prefix(": "));
        line.map(str::to_owned)
    };
    Case {
        units: directive("units").map_or(1, |units| units.parse().expect("a number of units")),
        prints: directive("prints").unwrap_or_else(|| panic!("{} prints nothing", source.display())),
        warns: directive("warns"),
        source,
    }
}

fn clang() -> Run {
    Run::new(llvm().tool("clang"))
}

/// The image of all units' device sides, in a container.
fn container(scratch: &Scratch, case: &Case) -> PathBuf {
    let objects: Vec<_> = (0..case.units).map(|unit| scratch.path(&format!("device{unit}.o"))).collect();
    for (unit, object) in objects.iter().enumerate() {
        clang()
            .args(OPENMP)
            .args(["-O2", "-fPIC", "--offload-device-only", "-c", "-o"])
            .arg(object)
            .arg(format!("-DUNIT={unit}"))
            .arg(&case.source)
            .ok();
    }
    let (image, container) = (scratch.path("device.so"), scratch.path("device.offload"));
    clang().args(["-shared", "-fuse-ld=lld", "-o"]).arg(&image).args(&objects).ok();
    let image = format!("--image=file={},triple=x86_64-unknown-linux-gnu,kind=openmp", image.display());
    Run::new(device_link()).args(["pack", &image, "-o"]).arg(&container).ok();
    container
}

/// The host sides as objects, or bitcode under -flto.
fn host_objects(scratch: &Scratch, case: &Case, container: &Path, options: &[&str]) -> Vec<PathBuf> {
    let compile = |unit: u32| {
        let object = scratch.path(&format!("host{unit}.o"));
        let compiled = clang()
            .env("OUTBOARD_PASSES", format!("offload-embed<images={}>", container.display()))
            .args(OPENMP)
            .args(options)
            .arg(format!("-fpass-plugin={}", plugin().display()))
            .args(["--offload-host-only", "-Werror", "-Wno-error=inline-asm", "-c", "-o"])
            .arg(&object)
            .arg(format!("-DUNIT={unit}"))
            .arg(&case.source)
            .ok();
        match &case.warns {
            Some(warning) => compiled.says(warning),
            None => compiled.says_not("warning"),
        };
        object
    };
    (0..case.units).map(compile).collect()
}

#[track_caller]
fn check(name: &str) {
    let case = read_case(name);
    let scratch = Scratch::new();
    let container = container(&scratch, &case);
    for options in [&["-O0", "-g"][..], &["-O2"], &["-O2", "-flto"], &["-O2", "-flto=thin"]] {
        let objects = host_objects(&scratch, &case, &container, options);
        for linker in ["bfd", "lld"] {
            let program = scratch.path("program");
            let lib_dir = llvm().lib_dir();
            clang()
                .args(options)
                .arg(format!("-fuse-ld={linker}"))
                .arg("-Wl,--gc-sections")
                .args(&objects)
                .arg(format!("-L{}", lib_dir.display()))
                .args(["-lomptarget", "-lomp"])
                .arg(format!("-Wl,-rpath,{}", lib_dir.display()))
                .arg("-o")
                .arg(&program)
                .ok();
            let run = |policy| Run::new(&program).env("OMP_TARGET_OFFLOAD", policy);
            run("MANDATORY").ok().prints(&case.prints);
            // clang's host versions of the regions are the fallback.
            run("DISABLED").ok().prints(&case.prints);
        }
    }
}

#[test]
fn target() {
    check("target");
}

#[test]
fn parallel_for() {
    check("parallel_for");
}

#[test]
fn data_region() {
    check("data_region");
}

#[test]
fn two_units() {
    check("two_units");
}

#[test]
fn declare_target() {
    check("declare_target");
}

#[test]
fn requires() {
    check("requires");
}

/// The entries are taken over: a second run has nothing to do.
#[test]
fn a_second_run_changes_nothing() {
    let case = read_case("target");
    let scratch = Scratch::new();
    let container = container(&scratch, &case);
    let module = scratch.path("host.ll");
    clang()
        .args(OPENMP)
        .args(["-O0", "--offload-host-only", "-S", "-emit-llvm", "-o"])
        .arg(&module)
        .arg(&case.source)
        .ok();
    let embed = format!("offload-embed<images={}>", container.display());
    let opt = |passes: &str| {
        let opt = Run::new(llvm().tool("opt")).arg(format!("-load-pass-plugin={}", plugin().display()));
        opt.arg(format!("-passes={passes}")).args(["-S", "-o", "-"]).arg(&module).ok().stdout
    };
    let once = opt(&embed);
    let left = once.lines().find(|line| line.contains("section \"llvm_offload_entries\""));
    assert_eq!(left, None, "entries are left");
    assert_eq!(once, opt(&format!("{embed},{embed}")));
}
