//! The programs of examples/programs: as plain Rust on the CPU, and with the plugin on libomptarget's host devices,
//! with the same results to the last bit.

use std::path::PathBuf;
use std::sync::OnceLock;
use tests::cargo_with_plugin::{built_with_plugin, cargo_with_plugin};
use tests::workspace::target;
use tests::{Ran, Run, Scratch, stable, workspace};

const PROGRAMS: [&str; 9] = [
    "babel_stream",
    "conjugate_gradient",
    "heat_2d",
    "histogram",
    "mandelbrot",
    "matrix_multiply",
    "monte_carlo",
    "n_body",
    "ordinary_crates",
];

const PACKAGE: [&str; 2] = ["-p", "outboard-examples"];

/// The program, built without the plugin, by all programs' one build.
fn plain(program: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let cargo = Run::new(stable().rustc.with_file_name("cargo")).env("RUSTC", &stable().rustc);
        cargo.dir(workspace()).args(["build", "--quiet"]).args(PACKAGE).ok();
    });
    target().join("debug").join(program)
}

/// The program, built with the plugin, by all programs' one build.
fn with_plugin(program: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let programs = PROGRAMS.iter().flat_map(|program| ["--bin", program]);
        cargo_with_plugin(&[]).args(["build", "--quiet"]).args(PACKAGE).args(programs).ok();
    });
    built_with_plugin(program)
}

/// What a program has done: its results, and what its devices have counted. What it measured is indented.
fn split(ran: &Ran) -> (Vec<&str>, Vec<&str>) {
    let lines = ran.stdout.lines().filter(|line| !line.starts_with("  "));
    lines.partition(|line| !line.contains(" launches on a device, "))
}

/// The program gives the same results everywhere, and counts this on a device.
#[track_caller]
fn check(program: &str, arguments: &[&str], expected: &[&str]) -> Ran {
    let on_cpu = Run::new(plain(program)).args(arguments).ok();
    let on_device = Run::new(with_plugin(program))
        .args(arguments)
        .env("OUTBOARD_REQUIRE", "1")
        .env("OMP_TARGET_OFFLOAD", "MANDATORY")
        .ok();
    let chosen = Run::new(with_plugin(program)).args(arguments).env("OUTBOARD_DEVICE", "cpu").ok();

    let (results, counted) = split(&on_device);
    assert!(!results.is_empty(), "no results:\n{on_device}");
    assert_eq!(counted, expected, "{on_device}");
    for cpu in [&on_cpu, &chosen] {
        let (same, counted) = split(cpu);
        assert_eq!(same, results, "results differ:\n{cpu}\n{on_device}");
        let nothing = |line: &&str| {
            line.starts_with("0 launches on a device") && line.ends_with("0 bytes to the device, 0 from it")
        };
        assert!(counted.len() == expected.len() && counted.iter().all(nothing), "{cpu}");
    }
    on_device
}

#[test]
fn babel_stream() {
    // The arrays are the device's own: the parts of two dot products in five rounds come back, and the arrays once,
    // of 4 and 8 bytes an element. A part is 1,024 elements.
    let from = (4 + 8) * (5 * 10 + 3 * 10_000);
    let counted = format!("56 launches on a device, 0 on the CPU, 0 bytes to the device, {from} from it");
    check("babel_stream", &["10000", "5"], &[&counted]).says("  Triad");
}

#[test]
fn heat() {
    // A plate is 40,000 bytes, and moves twice, however many steps there are.
    check(
        "heat_2d",
        &["100", "60"],
        &[
            "7 launches on a device, 0 on the CPU, 40000 bytes to the device, 40000 from it",
            "61 launches on a device, 0 on the CPU, 40000 bytes to the device, 40000 from it",
        ],
    );
}

#[test]
fn mandelbrot() {
    let scratch = Scratch::new();
    let picture = scratch.path("mandelbrot.png");
    let file = picture.to_string_lossy();
    let drawn = || std::fs::read(&picture).expect("a picture");
    check(
        "mandelbrot",
        &["120", &file],
        &["1 launches on a device, 0 on the CPU, 0 bytes to the device, 28800 from it"],
    );
    // The last one was the CPU's.
    let on_cpu = drawn();
    assert_eq!(on_cpu[..8], *b"\x89PNG\r\n\x1a\n");
    Run::new(with_plugin("mandelbrot")).args(["120", &file]).env("OUTBOARD_REQUIRE", "1").ok();
    assert_eq!(drawn(), on_cpu);
}

#[test]
fn n_body() {
    // Bodies are 56 bytes: 64 go there for the energy before, for all steps, and for the energy after.
    let to = 3 * 64 * 56;
    let energies = 2 * 64 * 8;
    let from = 64 * 56 + energies + 2 * 8;
    let counted = format!(
        "25 launches on a device, 0 on the CPU, {} bytes to the device, {from} from it",
        to + 2 * energies
    );
    check("n_body", &["64", "20"], &[&counted]);
}

#[test]
fn histogram() {
    let counted = "1 launches on a device, 0 on the CPU, 10104 bytes to the device, 104 from it";
    check("histogram", &["10000"], &[counted]);
}

#[test]
fn conjugate_gradient() {
    let counted = "426 launches on a device, 0 on the CPU, 51208 bytes to the device, 5700 from it";
    check("conjugate_gradient", &["20"], &[counted]);
}

#[test]
fn monte_carlo() {
    let counted = "1 launches on a device, 0 on the CPU, 0 bytes to the device, 784 from it";
    check("monte_carlo", &["100000"], &[counted]);
}

#[test]
fn ordinary_crates() {
    let counted = "3 launches on a device, 0 on the CPU, 24000 bytes to the device, 30000 from it";
    check("ordinary_crates", &["1000"], &[counted]);
}

#[test]
fn matrix_multiply() {
    // Blocks whose items share memory and meet at barriers.
    let bytes = 64 * 64 * 4;
    let (to, from) = (3 * bytes, bytes);
    let counted = format!("1 launches on a device, 0 on the CPU, {to} bytes to the device, {from} from it");
    check("matrix_multiply", &["64"], &[&counted]);
    let error = "the size has to be a multiple of 16, which 100 is not";
    Run::new(plain("matrix_multiply")).arg("100").fails().says(error);
}

#[test]
fn matrix_multiply_linked_for_gpus() {
    let program = ["--bin", "matrix_multiply"];
    let devices = "-Clink-arg=--outboard-device=sm_90,gfx90a,spirv64";
    cargo_with_plugin(&[]).args(["rustc", "--quiet"]).args(PACKAGE).args(program).args(["--", devices]).ok();
    let program = built_with_plugin("matrix_multiply");
    // What is in the program is for none of the devices here.
    let host = Run::new(&program).arg("64").env("OUTBOARD_REQUIRE", "1").fails();
    host.says(
        "no device ran the launch: the program has images for nvptx64-nvidia-cuda sm_90, amdgcn-amd-amdhsa gfx90a, \
         spirv64-unknown-unknown, and the machine has no such device\n\
         help: build with the host device too",
    );
    let (on_cpu, plain) =
        (Run::new(&program).arg("64").ok(), Run::new(plain("matrix_multiply")).arg("64").ok());
    assert_eq!(on_cpu.stdout, plain.stdout);
}
