//! `bitcode-link -r`, as a user runs it: bitcode and objects of any mix to one relocatable object.

use crate::support::{Files, bitcode_link};
use std::process::Command;

/// How many functions of Rust's call how many helpers of C's.
const FUNCTIONS: usize = 24;
const HELPERS: usize = 6;

fn helpers() -> String {
    let helper = |index| format!("int helper_{index}(int *p) {{ return p[{index}] + {index}; }}\n");
    (0..HELPERS).map(helper).collect()
}

/// Functions that each call two helpers, and one that sums them up.
fn source() -> String {
    let mut text = "#![no_std]\nunsafe extern \"C\" {\n".to_owned();
    (0..HELPERS).for_each(|index| text += &format!("fn helper_{index}(p: *mut i32) -> i32;\n"));
    text += "}\n";
    for index in 0..FUNCTIONS {
        let (first, second) = (index % HELPERS, (index + 1) % HELPERS);
        text += &format!(
            "#[unsafe(no_mangle)] #[inline(never)] pub unsafe extern \"C\" fn own_{index}(p: *mut i32) -> i32 {{ unsafe {{ (helper_{first}(p) ^ helper_{second}(p)) + {index} }} }}\n"
        );
    }
    text += "#[unsafe(no_mangle)] pub unsafe extern \"C\" fn total(p: *mut i32) -> i32 { unsafe { 0";
    (0..FUNCTIONS).for_each(|index| text += &format!(" + own_{index}(p)"));
    text + " } }\n"
}

const MAIN: &str = "#include <stdio.h>
int total(int *); int main(void) { int p[] = {1, 2, 4, 8, 16, 32}; printf(\"%d\\n\", total(p)); }";

/// What `total` gives back, computed here.
fn answer() -> i32 {
    let helper = |index: usize| (1 << index) + i32::try_from(index).expect("small");
    let own = |index| helper(index % HELPERS) ^ helper((index + 1) % HELPERS);
    (0..FUNCTIONS).map(|index| own(index) + i32::try_from(index).expect("small")).sum()
}

/// Global symbols that an object defines, and those that it needs.
fn symbols(files: &Files, object: &str) -> (Vec<String>, Vec<String>) {
    let list = |flags: &[&str]| {
        let flags = [&["--extern-only", "--format=just-symbols"], flags, &[object]].concat();
        let text = files.llvm_printed("llvm-nm", &flags);
        text.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
    };
    (list(&["--defined-only"]), list(&["--undefined-only"]))
}

/// The calls of helpers in an object's code: relocations, and calls within a section by name.
fn calls(files: &Files, object: &str) -> usize {
    let code = files.llvm_printed("llvm-objdump", &["-d", "-r", "--no-show-raw-insn", object]);
    let is_call = |line: &&str| line.contains("helper_") && !line.ends_with(">:");
    code.lines().filter(is_call).count()
}

fn combine(files: &Files, arguments: &[&str]) -> String {
    files.printed(bitcode_link().arg("-r").args(arguments).args(["-v", "-o", "all.o"]))
}

fn refused(files: &Files, arguments: &[&str]) -> String {
    let said = files.refused(bitcode_link().arg("-r").args(arguments).args(["-o", "refused.o"]));
    assert!(!files.path("refused.o").exists(), "{said}");
    said
}

/// The answer, once `objects` are linked with a program that asks for it.
fn run(files: &Files, objects: &[&str]) -> String {
    files.write("main.c", MAIN);
    files.llvm("clang", &[&["main.c", "-o", "main"], objects].concat());
    files.printed(&mut Command::new(files.path("main")))
}

/// rustc --emit llvm-bc, clang -emit-llvm, ld.lld -r: the two languages end up in two links, and every call stays.
#[test]
fn the_local_lto_recipe() {
    let files = Files::new();
    files.rustc(&source(), "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.clang(&helpers(), "helpers.bc", &["-O2", "-emit-llvm"]);
    files.llvm("ld.lld", &["-r", "crate.bc", "helpers.bc", "-o", "stock.o"]);
    assert!(calls(&files, "stock.o") >= 2 * FUNCTIONS, "ld.lld has learnt to inline across summaries");
    assert!(symbols(&files, "stock.o").0.iter().any(|symbol| symbol == "helper_0"));

    combine(&files, &["crate.bc", "--helpers", "helpers.bc"]);
    assert_eq!(calls(&files, "all.o"), 0);
    let (defined, undefined) = symbols(&files, "all.o");
    assert!(defined.iter().all(|symbol| !symbol.starts_with("helper_")), "{defined:?}");
    assert_eq!((defined.len(), undefined), (FUNCTIONS + 1, Vec::new()));
    assert_eq!(run(&files, &["all.o"]), format!("{}\n", answer()));
}

/// Every form that compilers give bitcode, each of Rust's with each of C's.
#[test]
fn any_mix_of_bitcode() {
    let files = Files::new();
    let library = "--crate-type=lib";
    files.rustc(&source(), "plain.bc", &[library, "--emit=llvm-bc"]);
    files.rustc(&source(), "raw.bc", &[library, "--emit=llvm-bc", "-Cno-prepopulate-passes"]);
    files.rustc(&source(), "plugin-lto.o", &[library, "--emit=obj", "-Clinker-plugin-lto"]);
    files.rustc(&source(), "libdemo.rlib", &[library]);
    files.rustc(&source(), "units.rlib", &[library, "-Ccodegen-units=8"]);
    files.llvm("opt", &["-passes=", "plain.bc", "-o", "no-summary.bc"]);
    files.clang(&helpers(), "c.bc", &["-O2", "-emit-llvm"]);
    files.clang(&helpers(), "c-raw.bc", &["-O2", "-Xclang", "-disable-llvm-passes", "-emit-llvm"]);
    files.clang(&helpers(), "c-thin.o", &["-O2", "-flto=thin"]);
    files.clang(&helpers(), "c-full.o", &["-O2", "-flto"]);
    files.clang(&helpers(), "c-fat.o", &["-O2", "-flto=thin", "-ffat-lto-objects"]);
    files.clang(&helpers(), "c-embedded.o", &["-O2", "-fembed-bitcode"]);
    files.llvm("llvm-ar", &["rcs", "libc-helpers.a", "c-thin.o"]);
    let rust = ["plain.bc", "raw.bc", "plugin-lto.o", "libdemo.rlib", "units.rlib", "no-summary.bc"];
    let c = ["c.bc", "c-raw.bc", "c-thin.o", "c-full.o", "c-fat.o", "c-embedded.o", "libc-helpers.a"];
    for rust in rust {
        for c in c {
            // As helpers; and once in each form as an input like any other.
            let as_helpers = vec![rust, "--helpers", c];
            let as_input = vec![rust, c, "--whole-archive", "--export", "total"];
            let again = rust == "plain.bc" || c == "c.bc";
            for arguments in [Some(as_helpers), again.then_some(as_input)].into_iter().flatten() {
                let said = combine(&files, &arguments);
                assert_eq!(calls(&files, "all.o"), 0, "{arguments:?}: {said}");
                let (defined, undefined) = symbols(&files, "all.o");
                let helper = defined.iter().chain(&undefined).find(|symbol| symbol.contains("helper"));
                assert_eq!(helper, None, "{arguments:?}");
                assert!(
                    !arguments.contains(&"--export") || defined == ["total"],
                    "{arguments:?}: {defined:?}"
                );
            }
        }
    }
    assert_eq!(run(&files, &["all.o"]), format!("{}\n", answer()));
}

/// What was optimized is cleaned up, what was compiled for LTO gets the rest, and nothing goes through it all twice.
#[test]
fn each_module_gets_the_passes_that_it_lacks() {
    let files = Files::new();
    files.rustc(&source(), "plain.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let variable = "#![no_std]\n#[unsafe(no_mangle)] pub fn total(n: u32) -> u32 { let mut x = n; while x > 9 { x /= 3 } x }\n";
    files.rustc(variable, "raw.bc", &["--crate-type=lib", "--emit=llvm-bc", "-Cno-prepopulate-passes"]);
    files.rustc(&source(), "libdemo.rlib", &["--crate-type=lib"]);
    files.clang(&helpers(), "c.bc", &["-O2", "-emit-llvm"]);
    files.clang(&helpers(), "thin.o", &["-O2", "-flto=thin"]);
    let pipeline = |inputs: &[&str]| {
        let mut command = bitcode_link();
        command.args(["--message-format=json", "-r"]).args(inputs).args(["-o", "all.o"]);
        let json: serde_json::Value = serde_json::from_str(&files.printed(&mut command)).expect("JSON");
        json["pipeline"].as_str().expect("a word").to_owned()
    };
    assert_eq!(pipeline(&["plain.bc", "c.bc"]), "cleanup");
    assert_eq!(pipeline(&["plain.bc", "thin.o"]), "late");
    assert_eq!(pipeline(&["libdemo.rlib", "c.bc", "--whole-archive"]), "late");
    assert_eq!(pipeline(&["plain.bc", "c.bc", "--optimize=full"]), "full");
    assert_eq!(pipeline(&["raw.bc", "c.bc"]), "full");
}

/// rustc marks nothing that it compiles for LTO: its loops tell, and get what they lack.
#[test]
fn what_rustc_leaves_for_the_link_is_done() {
    let files = Files::new();
    let loops = "#![no_std]
        #[unsafe(no_mangle)] pub fn sum(x: &[u32]) -> u32 { x.iter().fold(0, |sum, x| sum.wrapping_add(*x)) }
        #[unsafe(no_mangle)] pub fn pick(x: u32) -> u32 { match x { 0 => 12, 1 => 77, 2 => 9, 3 => 1, 4 => 8, _ => 0 } }\n";
    files.clang(&helpers(), "c.bc", &["-O2", "-emit-llvm"]);
    files.rustc(loops, "plain.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let for_lto = ["--crate-type=lib", "-Clinker-plugin-lto"];
    files.rustc(loops, "lto.o", &[&for_lto[..], &["--emit=obj"]].concat());
    files.rustc(loops, "lto.bc", &[&for_lto[..], &["--emit=llvm-bc"]].concat());
    for (input, expected) in [("plain.bc", "cleanup"), ("lto.o", "late"), ("lto.bc", "late")] {
        let mut command = bitcode_link();
        command.args(["--message-format=json", "-r", input, "c.bc", "--emit-ir", "-o", "all.ll"]);
        let json: serde_json::Value = serde_json::from_str(&files.printed(&mut command)).expect("JSON");
        assert_eq!(json["pipeline"], expected, "{input}");
        let ir = String::from_utf8(files.bytes("all.ll")).expect("IR is text");
        assert!(ir.contains("<4 x i32>") && ir.contains("switch.table"), "{input}: {ir}");
    }
    // Loops that neither of the two looks at say nothing: this one calls, and nobody counts the steps of that one.
    let others = "#![no_std]
        unsafe extern \"C\" { fn helper_0(p: *mut i32) -> i32; }
        #[unsafe(no_mangle)] pub unsafe fn calls(p: *mut i32, n: i32) -> i32 { unsafe { (0..n).fold(0, |sum, _| sum ^ helper_0(p)) } }
        #[unsafe(no_mangle)] pub unsafe fn walk(mut p: *const [usize; 2]) -> usize {
            let mut n = 0; unsafe { while !p.is_null() { n += (*p)[1]; p = (*p)[0] as _; } } n }\n";
    files.rustc(others, "others.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let mut command = bitcode_link();
    command.args(["--message-format=json", "-r", "others.bc", "--helpers", "c.bc", "-o", "all.o"]);
    let json: serde_json::Value = serde_json::from_str(&files.printed(&mut command)).expect("JSON");
    assert_eq!(json["pipeline"], "cleanup");
    // Without a loop there is nothing to go by; a switch is a table all the same.
    let pick = loops.lines().filter(|line| !line.contains("sum")).collect::<Vec<_>>().join("\n");
    files.rustc(&pick, "lto.o", &[&for_lto[..], &["--emit=obj"]].concat());
    files.printed(bitcode_link().args(["-r", "lto.o", "--emit-ir", "-o", "all.ll"]));
    let ir = String::from_utf8(files.bytes("all.ll")).expect("IR is text");
    assert!(ir.contains("switch.table"), "{ir}");
}

/// Two crates with the same helpers in them go together, whatever the file's name says.
#[test]
fn two_objects_with_the_same_helpers() {
    let files = Files::new();
    files.rustc(&source(), "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.clang(&helpers(), "helpers.txt", &["-O2", "-emit-llvm"]);
    combine(&files, &["crate.bc", "--helpers", "helpers.txt"]);
    std::fs::rename(files.path("all.o"), files.path("first.o")).expect("the object is there");
    let other = "#![no_std]\nunsafe extern \"C\" { fn helper_0(p: *mut i32) -> i32; }
        #[unsafe(no_mangle)] pub unsafe extern \"C\" fn other(p: *mut i32) -> i32 { unsafe { helper_0(p) } }\n";
    files.rustc(other, "other.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    combine(&files, &["other.bc", "--helpers", "helpers.txt"]);
    assert_eq!(run(&files, &["first.o", "all.o"]), format!("{}\n", answer()));
}

/// Objects without bitcode are joined, with what they need and give; members of archives come when they are needed.
#[test]
fn objects_and_archives() {
    let files = Files::new();
    let crate_source = "#![no_std]\nunsafe extern \"C\" { fn native(x: i32) -> i32; fn member(x: i32) -> i32; fn outside(x: i32) -> i32; }
        #[unsafe(no_mangle)] pub extern \"C\" fn for_native(x: i32) -> i32 { x + 1 }
        #[unsafe(no_mangle)] pub extern \"C\" fn for_nobody(x: i32) -> i32 { x + 2 }
        #[unsafe(no_mangle)] pub unsafe extern \"C\" fn total(p: *mut i32) -> i32 { unsafe { native(*p) + member(1) + outside(0) } }\n";
    files.rustc(crate_source, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.clang(
        "int for_native(int); int native(int x) { return 10 * for_native(x); }",
        "native.o",
        &["-O2"],
    );
    files.clang("int deeper(int); int member(int x) { return deeper(x) + 100; }", "member.o", &["-O2"]);
    files.clang("int deeper(int x) { return 1000 * x; }", "deeper.bc", &["-O2", "-emit-llvm"]);
    files.clang(
        "int unneeded(int x) { return not_there(x); } ",
        "unneeded.bc",
        &["-O2", "-emit-llvm", "-Wno-error=implicit-function-declaration"],
    );
    files.llvm("llvm-ar", &["rcs", "libmembers.a", "unneeded.bc", "member.o", "deeper.bc"]);
    combine(&files, &["crate.bc", "native.o", "libmembers.a"]);
    let (defined, undefined) = symbols(&files, "all.o");
    assert_eq!(defined, ["deeper", "for_native", "for_nobody", "member", "native", "total"]);
    assert_eq!(undefined, ["outside"]);
    combine(&files, &["crate.bc", "native.o", "libmembers.a", "--export", "total"]);
    assert_eq!(symbols(&files, "all.o"), (vec!["total".to_owned()], vec!["outside".to_owned()]));
    files.clang("int outside(int x) { return x + 5; }", "outside.o", &["-O2"]);
    assert_eq!(run(&files, &["all.o", "outside.o"]), "1125\n");
    combine(&files, &["crate.bc", "libmembers.a", "--whole-archive"]);
    assert!(symbols(&files, "all.o").0.contains(&"unneeded".to_owned()));
}

/// Assembly of whole files is kept, and what it names is there.
#[test]
fn assembly_of_files() {
    let files = Files::new();
    let source = "#![no_std]\ncore::arch::global_asm!(\".globl from_assembly\", \"from_assembly: jmp for_assembly\");
        unsafe extern \"C\" { fn from_assembly() -> i32; }
        #[unsafe(no_mangle)] extern \"C\" fn for_assembly() -> i32 { 42 }
        #[unsafe(no_mangle)] pub unsafe extern \"C\" fn total(_: *mut i32) -> i32 { unsafe { from_assembly() } }\n";
    files.rustc(source, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.write("names", "# what others may call\ntotal\n\n");
    combine(&files, &["crate.bc", "--export-list", "names"]);
    assert_eq!(symbols(&files, "all.o"), (vec!["total".to_owned()], Vec::new()));
    assert_eq!(run(&files, &["all.o"]), "42\n");
}

/// What `#[used]` or `__attribute__((used))` keeps stays, and constructors run.
#[test]
fn what_must_stay_stays() {
    let files = Files::new();
    files.clang(
        "static int set; __attribute__((constructor)) static void start(void) { set = 42; }
         __attribute__((used, section(\"kept_section\"))) static int kept = 7; int total(int *p) { return set; }",
        "c.bc",
        &["-O2", "-emit-llvm"],
    );
    combine(&files, &["c.bc", "--export", "total"]);
    assert_eq!(run(&files, &["all.o"]), "42\n");
    assert!(files.llvm_printed("llvm-readelf", &["--sections", "all.o"]).contains(" kept_section "));
}

#[test]
fn errors() {
    let files = Files::new();
    files.rustc(&source(), "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.clang("int total(int *p) { return 0; }", "twice.bc", &["-O2", "-emit-llvm"]);
    files.clang("int one(void) { return 1; }", "native.o", &["-O2"]);
    files.clang("int one(void) { return 1; }", "large.bc", &["-O2", "-emit-llvm", "-mcmodel=large"]);
    files.clang(
        "int two(void) { return 2; }",
        "kernel.bc",
        &["-O2", "-emit-llvm", "-mcmodel=kernel", "-fno-pie"],
    );
    files.clang(
        "int one(void) { return 1; }",
        "arm.bc",
        &["-O2", "-emit-llvm", "--target=aarch64-linux-gnu"],
    );
    files.llvm("clang", &["-shared", "native.o", "-o", "library.so"]);
    files.rustc(&source(), "machine-code.rlib", &["--crate-type=lib", "-Cembed-bitcode=no"]);
    files.write("other.ll", "target triple = \"pdp11-unknown-none\"\ndefine i32 @f() { ret i32 1 }");
    files.write("bad.ll", "define i32 @f( {");
    let bytes = files.bytes("crate.bc");
    files.write("cut.bc", &bytes[..bytes.len() / 2]);
    let cases: [&[&str]; 12] = [
        &["machine-code.rlib"],
        &["other.ll"],
        &["crate.bc", "twice.bc"],
        &["native.o"],
        &["large.bc", "kernel.bc"],
        &["crate.bc", "arm.bc"],
        &["crate.bc", "library.so"],
        &["bad.ll"],
        &["cut.bc"],
        &["nowhere.bc"],
        &["crate.bc", "--export", "totals"],
        &["crate.bc", "--export-list", "nowhere"],
    ];
    let text: String =
        cases.iter().map(|case| format!("{}\n{}\n", case.join(" "), refused(&files, case))).collect();
    insta::assert_snapshot!(text);
}

/// ld.lld joins what needs no compiling.
#[test]
fn without_a_linker() {
    let files = Files::new();
    files.clang("int one(void) { return 1; }", "native.o", &["-O2"]);
    files.clang("int two(void) { return 2; }", "two.bc", &["-O2", "-emit-llvm"]);
    let mut command = bitcode_link();
    command.env("LLVM_SYS_221_PREFIX", "nowhere").env("PATH", "nowhere");
    let said = files.refused(command.args(["-r", "two.bc", "native.o", "-o", "all.o"]));
    insta::assert_snapshot!(said, @r"
    error[OB0706]: `nowhere/bin/ld.lld` can't be run: No such file or directory (os error 2)
    help: install LLVM 22 with lld, or set LLVM_SYS_221_PREFIX
    ");
}

/// Names of files are bytes.
#[test]
fn odd_names_of_files() {
    use std::os::unix::ffi::OsStrExt as _;
    let files = Files::new();
    let odd = std::ffi::OsStr::from_bytes(b"a b,\xff;(c).bc");
    let made = files.clang("int f(void) { return 1; }", "plain.bc", &["-O2", "-emit-llvm"]);
    std::fs::rename(made, files.path("plain.bc").with_file_name(odd)).expect("a name like any other");
    files.printed(bitcode_link().arg("-r").arg(odd).args(["-o", "all.o"]));
    assert_eq!(symbols(&files, "all.o").0, ["f"]);
}

/// Another target than this machine's.
#[test]
fn objects_for_other_machines() {
    let files = Files::new();
    for target in ["aarch64-linux-gnu", "riscv64-linux-gnu"] {
        let target = format!("--target={target}");
        files.clang(&helpers(), "helpers.bc", &["-O2", "-emit-llvm", &target]);
        files.clang(
            "int helper_0(int *); int total(int *p) { return helper_0(p); }",
            "c.bc",
            &["-O2", "-emit-llvm", &target],
        );
        combine(&files, &["c.bc", "--helpers", "helpers.bc"]);
        assert_eq!(symbols(&files, "all.o"), (vec!["total".to_owned()], Vec::new()), "{target}");
    }
}
