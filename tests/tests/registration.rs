//! A program holds its container once and registers it once, whatever the number of its modules, codegen units
//! and crates. Calls are counted at run time, copies of the image in the executable's bytes.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use tests::compile::{clang, link_flags, offload_host, rustc};
use tests::images::case;
use tests::{Run, Scratch, images, llvm, rustcs};
use xtask::tools::Toolchain;

/// Modules of the generated program, with one launch each: more than the most codegen units.
const MODULES: usize = 70;
/// Modules of the generated library, and of the program that uses it.
const FEW: usize = 9;

/// A folder with an image and what counts its registrations.
struct Counted {
    scratch: Scratch,
    pass: String,
    image: Vec<u8>,
    preload: PathBuf,
}

impl Counted {
    fn new() -> Self {
        let scratch = Scratch::new();
        let pass = offload_host(&images::kernels(&scratch));
        let image = read(&scratch.path("dev.so"));
        let preload = scratch.path("count_registrations.so");
        let clang = Run::new(llvm().tool("clang")).args(["-shared", "-fPIC", "-o"]);
        clang.arg(&preload).arg(case("count_registrations.c")).arg("-ldl").ok();
        Self { scratch, pass, image, preload }
    }

    /// The program prints `text` and registers so often, and holds one image.
    #[track_caller]
    fn check(&self, program: &Path, text: &str, registrations: usize) {
        let run = Run::new(program).env("OMP_TARGET_OFFLOAD", "MANDATORY").env("LD_PRELOAD", &self.preload);
        let counts = format!("registered {registrations}, unregistered {registrations}");
        let ran = run.ok().prints(text).says(&counts);
        assert_eq!(count(&read(program), &self.image), 1, "copies of the image:\n{ran}");
    }
}

fn read(file: &Path) -> Vec<u8> {
    std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn count(text: &[u8], part: &[u8]) -> usize {
    memchr::memmem::find_iter(text, part).count()
}

/// Objects of codegen units that launch, as `-Csave-temps` keeps them.
fn units_that_launch(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("the output folder can be read");
    let paths = entries.map(|entry| entry.expect("the output folder can be read").path());
    let launches = |path: &PathBuf| {
        path.to_string_lossy().ends_with(".rcgu.o") && count(&read(path), b"__tgt_target_kernel") > 0
    };
    paths.filter(launches).count()
}

/// Modules that add 1 each, by a launch each; `run` calls them all.
fn modules(count: usize) -> String {
    let mut text = format!(
        "#[path = {:?}] mod launch;\nunsafe extern \"C\" {{ fn add(); }}\n",
        case("launch.rs").display().to_string()
    );
    for number in 0..count {
        write!(
            text,
            "mod m{number} {{\n    #[inline(never)]\n    pub fn add_one(x: &mut [i64]) -> i32 {{\n        \
             use crate::{{add, launch::launch}};\n        \
             launch!(__outboard_launch_2: add on -1, crate::launch::REQUIRED; VALUE 1_i64, TOFROM &mut x[..])\n    }}\n}}\n"
        )
        .expect("a string takes text");
    }
    text += "pub fn run(x: &mut [i64]) {\n";
    for number in 0..count {
        writeln!(text, "    assert_eq!(m{number}::add_one(x), 0);").expect("a string takes text");
    }
    text + "}\n"
}

const MAIN: &str = "fn main() { let mut x = [0_i64]; run(&mut x); println!(\"{}\", x[0]); }\n";
const MAIN_WITH_LIBRARY: &str =
    "fn main() { let mut x = [0_i64]; run(&mut x); many::run(&mut x); println!(\"{}\", x[0]); }\n";

/// Flags, and the fewest codegen units that must launch for the build to prove anything.
const UNITS: &[(&[&str], usize)] = &[
    (&["-Ccodegen-units=1"], 1),
    (&["-Ccodegen-units=16"], 10),
    (&["-Ccodegen-units=64", "-Copt-level=2"], 40),
];

fn check_units(counted: &Counted, toolchain: &Toolchain) {
    let source = counted.scratch.write("alone.rs", modules(MODULES) + MAIN);
    for (number, (flags, units)) in UNITS.iter().enumerate() {
        let out = counted.scratch.path(&format!("{}-{number}", toolchain.release));
        let rustc = rustc(toolchain, &counted.pass).args(*flags).arg("-Csave-temps");
        rustc.arg("--out-dir").arg(&out).arg(&source).ok();
        let found = units_that_launch(&out);
        assert!(found >= *units, "{flags:?}: {found} codegen units launch, fewer than {units}");
        counted.check(&out.join("alone"), "70", 1);
    }
}

/// Flags of a library and of the program that uses it, and flags of the program alone.
const CRATES: &[(&[&str], &[&str])] = &[
    (&["-Ccodegen-units=1"], &[]),
    (&["-Ccodegen-units=64", "-Copt-level=3"], &[]),
    (&["-Ccodegen-units=16", "-Copt-level=2"], &["-Clto=thin"]),
    (&["-Ccodegen-units=16", "-Copt-level=1"], &["-Clto=fat"]),
];

fn check_crates(counted: &Counted, toolchain: &Toolchain) {
    let library = counted.scratch.write("many.rs", modules(FEW));
    let source = counted.scratch.write("with_library.rs", modules(FEW) + MAIN_WITH_LIBRARY);
    let out = counted.scratch.path(&toolchain.release);
    for (flags, of_program) in CRATES {
        let rustc = || rustc(toolchain, &counted.pass).args(*flags).arg("--out-dir").arg(&out);
        rustc().arg("--crate-type=rlib").arg(&library).ok();
        rustc().args(*of_program).arg("--extern=many").arg("-L").arg(&out).arg(&source).ok();
        counted.check(&out.join("with_library"), "18", 1);
    }
}

#[test]
fn once_for_all_codegen_units() {
    let counted = Counted::new();
    rustcs().into_iter().for_each(|toolchain| check_units(&counted, toolchain));
}

#[test]
fn once_for_all_crates() {
    let counted = Counted::new();
    rustcs().into_iter().for_each(|toolchain| check_crates(&counted, toolchain));
}

#[test]
fn once_a_c_program() {
    let counted = Counted::new();
    let part = |number: usize| {
        let text = format!(
            "#include \"{}\"\nvoid add_one(void);\nint part{number}(int64_t *x) {{ return \
             __outboard_launch_1(add_one, -1, 2, ONE_THREAD, TOFROM(x, 8)); }}\n",
            case("launch.h").display()
        );
        counted.scratch.write(&format!("part{number}.c"), text)
    };
    let parts = [0, 1, 2].map(part);
    let main = "#include <stdint.h>\n#include <stdio.h>\nint part0(int64_t *), part1(int64_t *), part2(int64_t *);\n\
                int main(void) { int64_t x = 0; int failed = part0(&x) | part1(&x) | part2(&x); \
                printf(\"%d\", (int)x); return failed; }\n";
    let main = counted.scratch.write("main.c", main);
    let program = counted.scratch.path("program");
    for flags in [
        &["-O0"][..],
        &["-O2"],
        &["-O2", "-flto=thin", "-fuse-ld=lld"],
        &["-O2", "-flto=full", "-fuse-ld=lld"],
    ] {
        let build = clang(&counted.pass).args(flags).args(&parts).arg(&main);
        build.args(link_flags()).arg("-o").arg(&program).ok();
        counted.check(&program, "3", 1);
    }
}

#[test]
fn call_sites_register_for_themselves() {
    let mut counted = Counted::new();
    counted.pass = counted.pass.replace('>', ";registration=call-site>");
    let source = counted.scratch.write("few.rs", modules(FEW) + MAIN);
    let out = counted.scratch.path("out");
    for toolchain in rustcs() {
        for flags in [&["-Ccodegen-units=16"][..], &["-Copt-level=3", "-Clto=fat"]] {
            rustc(toolchain, &counted.pass).args(flags).arg("--out-dir").arg(&out).arg(&source).ok();
            counted.check(&out.join("few"), "9", FEW);
        }
    }
}
