//! `bitcode-link inline-helpers`, as a user runs it: C helpers in a Rust crate, and everything that keeps them out.

use crate::support::{Files, bitcode_link};
use std::path::Path;
use std::process::Command;

/// Helpers of each sort that can be copied.
const HELPERS: &str = "
struct item { int value; int uses; struct item *next; };
static const int table[4] = {1, 2, 3, 5};
static int twice(int x) { return x + x; }
int helper_value(struct item *p) { return p->value; }
void helper_use(struct item *p) { __atomic_fetch_add(&p->uses, 1, __ATOMIC_RELAXED); }
int helper_table(int x) { return twice(table[x & 3]); }
struct item *helper_next(struct item *p) { return p->next; }
";

/// A crate that calls them, one twice.
const CRATE: &str = "#![no_std]
#[repr(C)] pub struct Item { value: i32, uses: i32, next: *mut Item }
unsafe extern \"C\" {
    fn helper_value(p: *mut Item) -> i32;
    fn helper_use(p: *mut Item);
    fn helper_table(x: i32) -> i32;
    fn helper_next(p: *mut Item) -> *mut Item;
}
#[unsafe(no_mangle)] pub unsafe extern \"C\" fn total(p: *mut Item) -> i32 {
    unsafe { helper_use(p); helper_value(p) + helper_value(helper_next(p)) + helper_table(3) }
}
";

fn crate_and_helpers(flags: &[&str]) -> Files {
    let files = Files::new();
    files.rustc(CRATE, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.clang(HELPERS, "helpers.bc", &[&["-O2", "-emit-llvm"], flags].concat());
    files
}

/// The global symbols of an object, one a line.
fn symbols(files: &Files, name: &str) -> String {
    files.llvm_printed("llvm-nm", &["--extern-only", "--format=just-symbols", name])
}

pub(crate) fn inline(files: &Files, flags: &[&str]) -> String {
    let mut command = bitcode_link();
    command.args(["inline-helpers", "crate.bc", "helpers.bc", "-o", "crate.o", "-v"]).args(flags);
    files.printed(&mut command)
}

pub(crate) fn refused(files: &Files, flags: &[&str]) -> String {
    let mut command = bitcode_link();
    command.args(["inline-helpers", "crate.bc", "helpers.bc", "-o", "refused.o"]).args(flags);
    let message = files.refused(&mut command);
    assert!(!files.path("refused.o").exists(), "{message}");
    message
}

#[test]
fn helpers_become_part_of_the_crate() {
    let files = crate_and_helpers(&[]);
    assert_eq!(inline(&files, &[]), "crate.bc: 4 helpers, 5 calls inlined\n");
    assert_eq!(symbols(&files, "crate.o").trim(), "total");
    // The object does what the crate and the helpers do.
    files.write(
        "main.c",
        "#include <stdio.h>\nstruct item { int value; int uses; struct item *next; };
         int total(struct item *);
         int main(void) { struct item b = {30, 0, 0}, a = {2, 0, &b};
           int sum = total(&a); printf(\"%d %d\\n\", sum, a.uses); }",
    );
    files.llvm("clang", &["main.c", "crate.o", "-o", "main"]);
    assert_eq!(files.printed(&mut Command::new(files.path("main"))), "42 1\n");
}

#[test]
fn unoptimized_crates_and_helpers() {
    let files = Files::new();
    files.rustc(CRATE, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc", "-Cno-prepopulate-passes"]);
    files.clang(HELPERS, "helpers.bc", &["-O2", "-Xclang", "-disable-llvm-passes", "-emit-llvm"]);
    assert_eq!(inline(&files, &[]), "crate.bc: 5 helpers, 6 calls inlined\n");
    assert_eq!(symbols(&files, "crate.o").trim(), "total");
    // Nothing is inlined at -O0, and still nobody else is needed.
    inline(&files, &["-O0"]);
    assert_eq!(symbols(&files, "crate.o").trim(), "total");
}

/// What clang can be told, and whether that keeps helpers out of what rustc makes by default.
const BLOCKERS: &[&[&str]] = &[
    &["-fno-delete-null-pointer-checks"],
    &["-fno-builtin"],
    &["-fno-builtin-wcslen"],
    &["-march=x86-64-v3"],
    &["-mtune=znver4"],
    &["-fsanitize=address"],
    &["-fsanitize=thread"],
    &["-fsanitize=memory"],
    &["-fsanitize=safe-stack"],
    &["-mretpoline"],
    &["-mspeculative-load-hardening"],
    &["-fdenormal-fp-math=preserve-sign"],
    &["-O0"],
];

/// Everything that can be allowed.
const ALLOW: [&str; 3] = [
    "--repair",
    "--allow",
    "sanitizers,speculative-load-hardening,retpoline,denormals,safe-stack,cpu-features",
];

/// One helper, for sanitizers keep others shared.
pub(crate) const VALUE: &str = "int helper_value(int *p) { return *p; }\n";
const VALUE_ALWAYS: &str = "__attribute__((always_inline)) int helper_value(int *p) { return *p; }\n";
pub(crate) const CALLER: &str = "#![no_std]
unsafe extern \"C\" { fn helper_value(p: *mut i32) -> i32; }
#[unsafe(no_mangle)] pub unsafe extern \"C\" fn total(p: *mut i32) -> i32 { unsafe { helper_value(p) } }
";

#[test]
fn each_blocker_is_reported_and_repaired_or_allowed() {
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let mut text = String::new();
    for flags in BLOCKERS {
        files.clang(VALUE, "helpers.bc", &[&["-O2", "-emit-llvm"], *flags].concat());
        let mut section = |what: &str, printed: &str| {
            let lines = printed.lines().skip_while(|line| line.starts_with("crate.bc: 1 helper, 1 call not"));
            let lines = lines.map(|line| format!("  {line}\n")).collect::<String>();
            text += &format!("{}{what}\n{lines}", flags.join(" "));
        };
        section("", &inline(&files, &[]));
        section(" --repair", &inline(&files, &["--repair"]));
        section(" --repair --allow", &inline(&files, &ALLOW));
    }
    insta::assert_snapshot!(text);
}

/// What is harmless is inlined, as `always_inline` wants it; what isn't must be allowed.
#[test]
fn always_inline_over_a_blocker() {
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let mut text = String::new();
    for flags in BLOCKERS {
        files.clang(VALUE_ALWAYS, "helpers.bc", &[&["-O2", "-emit-llvm"], *flags].concat());
        let mut command = bitcode_link();
        command.args(["inline-helpers", "crate.bc", "helpers.bc", "-o", "crate.o", "-v"]);
        let output = files.output(&mut command);
        let said = if output.status.success() { &output.stdout } else { &output.stderr };
        text += &format!("{}\n{}", flags.join(" "), files.masked(&String::from_utf8_lossy(said)));
        assert!(inline(&files, &ALLOW).starts_with("crate.bc: 1 helper, 1 call inlined"), "{flags:?}");
    }
    insta::assert_snapshot!(text);
}

/// What clang can be told that keeps nothing out.
#[test]
fn flags_that_do_not_matter() {
    const FLAGS: &[&[&str]] = &[
        &["-fsanitize=kcfi"],
        &["-fcf-protection=full"],
        &["-mfentry", "-pg"],
        &["-fpatchable-function-entry=4"],
        &["-fsanitize-coverage=trace-pc"],
        &["-fstack-protector-all"],
        &["-fstack-clash-protection"],
        &["-mno-red-zone"],
        &["-ffast-math"],
        &["-Os"],
        &["-Oz"],
        &["-fno-asynchronous-unwind-tables"],
        &["-g"],
        &["-fno-omit-frame-pointer"],
        &["-fno-pic"],
        &["-fPIC"],
        &["-fzero-call-used-regs=used-gpr"],
        &["-flto"],
        &["-flto=thin"],
    ];
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    for flags in FLAGS {
        files.clang(VALUE, "helpers.bc", &[&["-O2", "-emit-llvm"], *flags].concat());
        assert_eq!(inline(&files, &[]).trim(), "crate.bc: 1 helper, 1 call inlined", "{flags:?}");
    }
}

/// Features of the caller's processor, and features that it has in common with the helper's.
#[test]
fn processors_of_both_sides() {
    let files = Files::new();
    let v3 = "-Ctarget-cpu=x86-64-v3";
    for (rust, c) in [(Some(v3), None), (Some(v3), Some("-march=x86-64-v3")), (Some(v3), Some("-mavx2"))] {
        let flags: Vec<_> = ["--crate-type=lib", "--emit=llvm-bc"].into_iter().chain(rust).collect();
        files.rustc(CALLER, "crate.bc", &flags);
        let flags: Vec<_> = ["-O2", "-emit-llvm"].into_iter().chain(c).collect();
        files.clang(VALUE, "helpers.bc", &flags);
        let said = inline(&files, &["--repair"]);
        assert!(said.starts_with("crate.bc: 1 helper, 1 call inlined"), "{rust:?} {c:?}: {said}");
    }
}

/// What has one definition for all: each kind, with its reason.
#[test]
fn helpers_that_stay_shared() {
    const SHARED: &str = "
static int count; int helper_state(void) { return ++count; }
int helper_local(void) { static int calls; return ++calls; }
static __thread int mine; int helper_thread(void) { return ++mine; }
int helper_recursive(int n) { return n < 2 ? n : helper_recursive(n - 1) + helper_recursive(n - 2); }
static int key; void *helper_address(void) { return &key; }
static const int fixed = 7; const void *helper_constant(void) { return &fixed; }
static int one(void) { return 1; } void *helper_function(void) { return (void *)one; }
__attribute__((weak)) int helper_weak(void) { return 3; }
int helper_original(void) { return 4; }
int helper_alias(void) __attribute__((alias(\"helper_original\")));
__attribute__((noinline)) static int deep(void) { return ++count; } int helper_calls(void) { return deep() + 1; }
int helper_assembly(void) { __asm__(\".globl label_of_mine\\nlabel_of_mine: nop\"); return 5; }
__asm__(\".pushsection .data\\nasm_counter: .long 0\\n.popsection\"); extern int asm_counter;
int helper_module_assembly(void) { return asm_counter; }
int shared_variable = 8; int helper_variable(void) { return shared_variable; }
int helper_taken(void) { return 6; }
__attribute__((constructor)) static void start(void) { count = 100; }
";
    let names = SHARED.split("helper_").skip(1).filter_map(|part| part.split_once('('));
    let names: std::collections::BTreeSet<_> = names
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .collect();
    let mut source = String::from("#![no_std]\nunsafe extern \"C\" {\n");
    names.iter().for_each(|name| source += &format!("fn helper_{name}(n: i32) -> i32;\n"));
    source += "}\n#[unsafe(no_mangle)] pub unsafe fn total() -> i32 { unsafe { 0";
    names.iter().for_each(|name| source += &format!(" + helper_{name}(5)"));
    source +=
        " } }\n#[unsafe(no_mangle)] pub fn taken() -> unsafe extern \"C\" fn(i32) -> i32 { helper_taken }\n";
    let files = Files::new();
    files.rustc(&source, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.clang(SHARED, "helpers.bc", &["-O2", "-emit-llvm"]);
    let said = inline(&files, &[]);
    let undefined = files.llvm_printed("llvm-nm", &["--undefined-only", "--format=just-symbols", "crate.o"]);
    insta::assert_snapshot!(format!("{said}\nneeds:\n{undefined}"));
    insta::assert_snapshot!(refused(&files, &["--refuse-shared"]));
}

/// Two crates with the helpers in them share what the helpers share.
#[test]
fn state_is_shared_by_all_who_inline() {
    let files = Files::new();
    files.clang(
        "static int count; int helper_count(void) { return ++count; } int helper_one(void) { return 1; }",
        "helpers.bc",
        &["-O2", "-emit-llvm"],
    );
    files.llvm("clang", &["-c", "helpers.bc", "-o", "helpers.o"]);
    for name in ["first", "second"] {
        let source = format!(
            "#![no_std]\nunsafe extern \"C\" {{ fn helper_count() -> i32; fn helper_one() -> i32; }}
             #[unsafe(no_mangle)] pub unsafe extern \"C\" fn {name}() -> i32 {{ unsafe {{ helper_count() * helper_one() }} }}"
        );
        files.rustc(&source, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
        inline(&files, &[]);
        std::fs::rename(files.path("crate.o"), files.path(&format!("{name}.o")))
            .expect("the object is there");
    }
    files.write(
        "main.c",
        "#include <stdio.h>\nint first(void), second(void);
         int main(void) { first(); second(); printf(\"%d\\n\", first()); }",
    );
    files.llvm("clang", &["main.c", "first.o", "second.o", "helpers.o", "-o", "main"]);
    assert_eq!(files.printed(&mut Command::new(files.path("main"))), "3\n");
}

/// What the code of helpers stands in and how it is unwound is theirs.
#[test]
fn sections_stacks_and_unwinding_survive() {
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    files.clang(
        "__attribute__((noinline, section(\".init.text\"))) int helper_value(int *p)
         { volatile char buffer[64]; buffer[0] = (char)*p; return buffer[0]; }",
        "helpers.bc",
        &[
            "-O2",
            "-emit-llvm",
            "-fstack-protector-strong",
            "-mno-red-zone",
            "-fno-asynchronous-unwind-tables",
        ],
    );
    inline(&files, &["--emit-ir"]);
    let ir = String::from_utf8(files.bytes("crate.o")).expect("IR is text");
    let line = |start: &str| ir.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    let definition = line("define internal");
    assert!(definition.contains("section \".init.text\""), "{definition}");
    let group = definition.split('#').nth(1).and_then(|rest| rest.split(' ').next()).expect("a group");
    let attributes = line(&format!("attributes #{group} ="));
    assert!(attributes.contains("sspstrong") && attributes.contains("noredzone"), "{attributes}");
    assert!(!attributes.contains("uwtable"), "{attributes}");
    let own = line("define noundef i32 @total");
    let group = own.split('#').nth(1).and_then(|rest| rest.split(' ').next()).expect("a group");
    assert!(line(&format!("attributes #{group} =")).contains("uwtable"), "{own}");
}

#[test]
fn debug_info_of_helpers_goes_on_demand() {
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc", "-g"]);
    files.clang(VALUE, "helpers.bc", &["-O2", "-emit-llvm", "-g"]);
    for (flags, there) in [(&[][..], true), (&["--drop-debug-info"], false)] {
        inline(&files, &[&["--emit-ir"], flags].concat());
        let ir = String::from_utf8(files.bytes("crate.o")).expect("IR is text");
        assert_eq!(ir.contains("DW_LANG_C11"), there, "{flags:?}");
        assert!(ir.contains("DW_LANG_Rust"), "{flags:?}");
    }
}

#[test]
fn errors_say_what_does_not_go_together() {
    let files = crate_and_helpers(&[]);
    let mut text = String::new();
    let mut refuse = |what: &str, c: &str, flags: &[&str]| {
        files.clang(c, "helpers.bc", &[&["-O2", "-emit-llvm"], flags].concat());
        text += &format!("{what}:\n{}\n", refused(&files, &[]));
    };
    refuse("another machine", VALUE, &["--target=aarch64-linux-gnu"]);
    refuse("32 bits", VALUE, &["-m32"]);
    refuse("defined twice", &format!("{VALUE} int total(void) {{ return 1; }}"), &[]);
    files.rustc(CRATE, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc", "-Ccode-model=kernel"]);
    let mut refuse = |what: &str, c: &str, flags: &[&str]| {
        files.clang(c, "helpers.bc", &[&["-O2", "-emit-llvm"], flags].concat());
        text += &format!("{what}:\n{}\n", refused(&files, &[]));
    };
    refuse("another code model", VALUE, &["-mcmodel=large"]);
    files.llvm("clang", &["-c", "helpers.bc", "-o", "native.o"]);
    std::fs::copy(files.path("native.o"), files.path("helpers.bc")).expect("writable");
    text += &format!("no bitcode:\n{}\n", refused(&files, &[]));
    files.write("helpers.bc", "int f(void);");
    text += &format!("C:\n{}\n", refused(&files, &[]));
    std::fs::remove_file(files.path("helpers.bc")).expect("it is there");
    text += &format!("nothing:\n{}\n", refused(&files, &[]));
    insta::assert_snapshot!(text);
}

#[test]
fn triples_with_one_data_layout() {
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    for (target, said) in [("x86_64-pc-linux-gnu", ""), ("x86_64-unknown-none-elf", "warning: ")] {
        files.clang(VALUE, "helpers.bc", &["-O2", "-emit-llvm", &format!("--target={target}")]);
        let run = |flags: &[&str]| {
            let mut command = bitcode_link();
            command.args(["inline-helpers", "crate.bc", "helpers.bc", "-o", "crate.o"]).args(flags);
            let output = files.output(&mut command);
            assert!(output.status.success(), "{target}");
            String::from_utf8(output.stderr).expect("text")
        };
        let warning = run(&[]);
        assert!(warning.starts_with(said) && warning.is_empty() == said.is_empty(), "{target}: {warning}");
        assert_eq!(run(&["--any-triple"]), "", "{target}");
        if !said.is_empty() {
            insta::assert_snapshot!(warning);
        }
    }
}

#[test]
fn the_report_as_json() {
    let files = crate_and_helpers(&["-mtune=znver4"]);
    inline(&files, &["--report", "report.json"]);
    let report: serde_json::Value = serde_json::from_slice(&files.bytes("report.json")).expect("JSON");
    let call = &report["calls"][0];
    insta::assert_snapshot!(serde_json::to_string_pretty(call).expect("JSON"));
    assert_eq!(report["calls"].as_array().map(Vec::len), Some(5));
}

/// An output that can't be written leaves nothing behind.
#[test]
fn nothing_is_left_where_nothing_can_be_written() {
    let files = crate_and_helpers(&[]);
    let mut command = bitcode_link();
    command.args(["inline-helpers", "crate.bc", "helpers.bc", "-o", "no/where.o"]);
    insta::assert_snapshot!(files.refused(&mut command));
    assert!(!Path::new(&files.path("no")).exists());
}
