//! Images that are compiled in parts: what they are made of, what is compiled again after a change, and inputs
//! that only the whole can do justice.

use crate::support::{device_link, llvm, printed, run};
use std::path::PathBuf;

/// Three modules: two of kernels, of which the first calls a function of the second, and the third has a function
/// for both.
const MODULES: [(&str, &str); 3] = [
    ("first", "int twice(int); int shared(int); void one(int *p) { *p = twice(*p) + shared(3); }"),
    ("second", "int shared(int); int twice(int x) { return 2 * x; } void two(int *p) { *p += shared(*p); }"),
    ("third", "int shared(int x) { return x * 7; } int unused(void) { return 1; }"),
];

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(modules: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        modules.iter().for_each(|(name, source)| folder.compile(name, source));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn compile(&self, name: &str, source: &str) {
        std::fs::write(self.path("source.c"), source).expect("writable");
        let clang = &mut llvm("clang");
        let clang = clang.args(["-O1", "-c", "-emit-llvm"]).arg(self.path("source.c"));
        printed(clang.arg("-o").arg(self.path(&format!("{name}.bc"))));
    }

    /// Links, and returns the container, how many times code was generated, and what was said.
    fn link(&self, inputs: &[&str], flags: &[&str]) -> (Vec<u8>, usize, String) {
        let mut link = device_link();
        link.arg("link").args(inputs.iter().map(|name| self.path(&format!("{name}.bc")))).args(flags);
        link.arg(format!("--time-trace={}", self.path("trace").display()));
        let output = run(link.arg("-o").arg(self.path("out")));
        let text = String::from_utf8_lossy(&output.stderr).replace(&*self.0.path().to_string_lossy(), "DIR");
        if !output.status.success() {
            return (Vec::new(), 0, text);
        }
        let trace = std::fs::read_to_string(self.path("trace")).expect("written");
        let generated = trace.matches("\"generate code\"").count();
        (std::fs::read(self.path("out")).expect("written"), generated, text)
    }

    /// The kernels of the image.
    fn kernels(&self) -> Vec<String> {
        let listing = printed(device_link().arg("list").arg(self.path("out")));
        let listing = String::from_utf8(listing).expect("text");
        let kernels = listing.lines().filter_map(|line| line.strip_prefix("  ")?.split_once('('));
        kernels.map(|(name, _)| name.to_owned()).collect()
    }
}

const ALL: [&str; 3] = ["first", "second", "third"];

#[test]
fn a_change_is_compiled_where_it_matters() {
    let folder = Folder::with(&MODULES);
    let cache = format!("--cache-dir={}", folder.path("cache").display());
    for target in ["x86_64", "x86_64:x86-64,x86-64-v3", "amdgcn:gfx90a", "amdgcn:gfx1100"] {
        let processors = target.split(',').count();
        let check = |parts: usize, what: &str| {
            let flags = ["--target", target, cache.as_str()];
            let (linked, generated, said) = folder.link(&ALL, &flags);
            assert_eq!((generated, said.as_str()), (parts * processors, ""), "{target}: {what}");
            assert_eq!(folder.kernels(), ["one", "two"], "{target}: {what}");
            let (afresh, ..) = folder.link(&ALL, &flags[..2]);
            assert!(linked == afresh, "{target}: {what}: not the bytes of a link without the cache");
        };
        MODULES.iter().for_each(|(name, source)| folder.compile(name, source));
        check(2, "the first time");
        check(0, "once more");
        folder.compile("first", &MODULES[0].1.replace('3', "4"));
        check(1, "a module that only its own kernels need");
        folder.compile("second", &MODULES[1].1.replace("2 *", "3 *"));
        check(2, "a module of which another kernel needs a function");
        folder.compile("third", &MODULES[2].1.replace('7', "9"));
        check(2, "a module that all need");
        folder.compile("first", &MODULES[0].1.replace('3', "4"));
        check(0, "the same source again");
    }
}

/// What `inputs` are compiled as, and what is said of them; the number of parts is 1 where they are one whole.
#[track_caller]
fn check(modules: &[(&str, &str)], flags: &[&str], parts: usize, expected: &str) {
    let folder = Folder::with(modules);
    let inputs: Vec<_> = modules.iter().map(|(name, _)| *name).collect();
    let (_, generated, said) = folder.link(&inputs, &[&["--target", "x86_64"], flags].concat());
    assert_eq!((generated, said.trim_end()), (parts, expected));
}

#[test]
fn modules_that_only_the_whole_can_do_justice() {
    check(&MODULES, &[], 2, "");
    check(&MODULES, &["--kernel", "two"], 1, "");
    let both = "error[OB0310]: `one` is asked for as --kernel and as --entry";
    let (_, _, said) = Folder::with(&MODULES).link(&ALL, &["--kernel", "one", "--entry", "one"]);
    assert!(said.starts_with(both), "{said}");
    // Both kernels count in the same variable.
    let counting = [
        ("first", "extern int count; void one(void) { count++; }"),
        ("second", "int count; void two(void) { count++; }"),
    ];
    check(&counting, &["--allow-mutable-statics"], 1, "");
    // Whoever replaces a function replaces it for all.
    let replaced = [
        ("first", "__attribute__((weak)) int f(void) { return 1; } void one(int *p) { *p = f(); }"),
        ("second", "int f(void) { return 2; } void two(int *p) { *p = f(); }"),
    ];
    check(&replaced, &[], 1, "");
    let folder = Folder::with(&[]);
    let module = |name: &str, layout: &str| {
        let text = format!(
            "target datalayout = \"{layout}\"\ndefine void @{name}(ptr %p) {{ store i32 1, ptr %p ret void }}\n"
        );
        std::fs::write(folder.path(&format!("{name}.bc")), text).expect("writable");
    };
    module("one", "e-i64:64");
    module("two", "e-i64:32");
    let layouts =
        "error[OB0304]: `DIR/one.bc` and `DIR/two.bc` have different data layouts: `e-i64:64` and `e-i64:32`";
    let (_, _, said) = folder.link(&["one", "two"], &[]);
    assert!(said.starts_with(layouts), "{said}");
    let twice = [
        ("first", "int f(void) { return 1; } void one(int *p) { *p = f(); }"),
        ("second", "int f(void) { return 2; } void two(int *p) { *p = f(); }"),
    ];
    let error = "error[OB0305]: `f` is defined in `DIR/first.bc` and in `DIR/second.bc`\n\
                 help: leave one of them out, rename one, or keep one to its file (`static` in C)";
    check(&twice, &[], 0, error);
}

#[test]
fn what_is_wrong_in_several_parts_is_told_at_once() {
    let modules = [
        ("first", "void nowhere(void); void one(void) { nowhere(); }"),
        ("second", "void nowhere(void); void two(void) { nowhere(); }"),
    ];
    let help =
        "help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it";
    let error = |kernel: &str, module: &str| {
        format!(
            "error[OB0011]: kernel `{kernel}` calls `nowhere`, which no input defines\n  in `{kernel}` (DIR/{module}.bc)\n{help}"
        )
    };
    let expected = [error("one", "first"), error("two", "second")].join("\n");
    check(&modules, &[], 0, &expected);
    check(&modules, &["--target", "x86_64:x86-64,x86-64-v3"], 0, &expected);
}
