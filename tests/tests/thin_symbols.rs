//! Which symbols `bitcode-link thin` keeps: the objects must be ld.lld's, whatever the modules have and however they
//! are linked.

use std::path::Path;

use tests::{Run, Scratch, bitcode_link, llvm};

/// Weak and strong definitions, groups, common symbols, hidden and protected ones, sections with bounds, aliases,
/// constructors: what a linker decides about.
const FIRST: &str = r#"
extern "C" {
int other(int);
__attribute__((weak)) int weak_here(int x) { return x + 1; }
int strong_here(int x) { return weak_here(x) + other(x); }
__attribute__((visibility("hidden"))) int hidden_here(int x) { return x * 5; }
__attribute__((visibility("protected"))) int protected_here(int x) { return hidden_here(x); }
__attribute__((section("table"))) __attribute__((used)) int entry_one = 1;
extern int __start_table, __stop_table;
long entries() { return &__stop_table - &__start_table; }
int native(int);
int to_native(int x) { return native(x) + protected_here(x); }
int old_name(int x) { return x - 1; }
int new_name(int) __attribute__((alias("old_name")));
}
inline int grouped(int x) { static int calls; return calls += x; }
int uses_group(int x) { return grouped(x); }
struct Start { Start() { strong_here(1); } } start;
"#;

const SECOND: &str = r#"
extern "C" {
int strong_here(int);
int hidden_here(int);
int weak_here(int x) { return x + 2; }
__attribute__((section("unbounded"))) int lonely = 3;
__attribute__((section("table"))) int entry_two = 2;
int other(int x) { return x > 9 ? strong_here(x - 1) : hidden_here(x); }
int for_native(int x) { return other(x) + lonely; }
int unused_here(int x) { return x * 7; }
}
inline int grouped(int x) { static int calls; return calls += x; }
int uses_group_too(int x) { return grouped(x) + 1; }
"#;

const NATIVE: &str = "extern int common_one;\nint for_native(int);\n\
                      int native(int x) { return for_native(x) + common_one; }\nvoid _start(void) { native(1); }\n";

const COMMON: &str = "int common_one;\nint common_two;\nint sum(void) { return common_one + common_two; }\n";

/// A shared library that refers to a symbol of the program.
const SHARED: &str = "int unused_here(int);\nint from_library(int x) { return unused_here(x); }\n";

fn clang(scratch: &Scratch, name: &str, source: &str, flags: &[&str]) {
    let source = scratch.write(&format!("{name}.source"), source);
    let clang = Run::new(llvm().tool("clang")).dir(scratch.folder()).args(flags).arg(source);
    clang.args(["-o", &format!("{name}.o")]).ok();
}

fn compile(scratch: &Scratch) {
    let thin = |language| ["-O2", "-fPIC", "-flto=thin", "-c", "-fcommon", "-x", language];
    clang(scratch, "first", FIRST, &thin("c++"));
    clang(scratch, "second", SECOND, &thin("c++"));
    clang(scratch, "common", COMMON, &thin("c"));
    clang(scratch, "native", NATIVE, &["-O2", "-fPIC", "-c", "-x", "c"]);
    clang(scratch, "library", SHARED, &["-O2", "-fPIC", "-shared", "-nostdlib", "-fuse-ld=lld", "-x", "c"]);
    let archive = Run::new(llvm().tool("llvm-ar")).dir(scratch.folder());
    archive.args(["rc", "rest.a", "second.o", "common.o"]).ok();
}

/// Links in both ways, and compares the objects by their content: their order is that of the link.
#[track_caller]
fn check(ours: &[&str], theirs: &[&str], inputs: &[&str]) {
    let scratch = Scratch::new();
    compile(&scratch);
    // Undefined symbols are nobody's concern here.
    let any = "--unresolved-symbols=ignore-all";
    let thin =
        Run::new(bitcode_link()).dir(scratch.folder()).args(["thin", "--objects=ours", "-o", "ours.out"]);
    thin.args(ours).arg(format!("--linker-arg={any}")).args(inputs).ok();
    let lld = Run::new(llvm().tool("ld.lld")).dir(scratch.folder()).args(theirs).arg(any);
    lld.args(["--lto-obj-path=theirs", "-o", "theirs.out"]).args(inputs).ok();
    let read =
        |path: &Path| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let folder = std::fs::read_dir(scratch.path("ours")).expect("the objects");
    let mut our_objects: Vec<_> = folder.map(|entry| read(&entry.expect("an entry").path())).collect();
    let mut their_objects = Vec::new();
    while let path = scratch.path(&format!("theirs{}", their_objects.len() + 1))
        && path.exists()
    {
        their_objects.push(read(&path));
    }
    our_objects.sort();
    their_objects.sort();
    assert!(!our_objects.is_empty() && our_objects == their_objects, "{inputs:?} as {ours:?}");
}

const OBJECTS: &[&str] = &["first.o", "native.o", "second.o", "common.o"];

#[test]
fn of_a_shared_library() {
    check(&["--shared"], &["-shared"], OBJECTS);
}

#[test]
fn of_a_program() {
    check(&[], &[], OBJECTS);
}

#[test]
fn of_a_program_at_any_address_with_a_shared_library() {
    check(&["--pie"], &["-pie"], &["first.o", "native.o", "second.o", "common.o", "library.o"]);
}

#[test]
fn of_what_is_needed_of_an_archive() {
    check(&[], &[], &["rest.a", "native.o"]);
    check(&[], &[], &["native.o", "rest.a"]);
    check(&["--shared"], &["-shared"], &["first.o", "rest.a"]);
}

#[test]
fn of_another_link() {
    check(&["--relocatable"], &["-r"], OBJECTS);
}
