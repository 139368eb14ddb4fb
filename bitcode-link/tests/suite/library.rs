//! Archives give what is needed of them, and the standard library too.

use crate::support::{Files, RUST, causes, sources};
use bitcode_link::{Composite, Error, Library, Take, rust_library, undefined_from};
use llvm_plugin::inkwell::context::Context;
use std::path::Path;

/// Links the function `root` of `first` with what it needs of `library`; origin of every definition, or the
/// error.
fn check(files: &Files, first: &Path, root: &str, library: &Library) -> String {
    let context = Context::create();
    let mut composite = Composite::new(&context);
    let linked = sources(first).and_then(|sources| {
        sources.iter().try_for_each(|source| composite.add_source(source))?;
        composite.complete(library, |module| Ok::<_, Error>(undefined_from(module, &[root])))
    });
    if let Err(error) = linked {
        return files.masked(&causes(&error));
    }
    let left = undefined_from(composite.module(), &[root]);
    let (module, origins) = composite.into_parts();
    module.verify().expect("valid");
    let mut lines: Vec<_> = origins.iter().map(|(symbol, origin)| format!("{symbol} of {origin}")).collect();
    lines.sort();
    lines.extend(left.iter().map(|symbol| format!("{symbol} is missing")));
    files.masked(&lines.join("\n"))
}

fn archive(files: &Files, members: &[(&str, &str)]) -> Library {
    let mut arguments = vec!["rc", "lib.a"];
    for (name, source) in members {
        files.clang(source, name, &["-emit-llvm"]);
        arguments.push(name);
    }
    files.llvm("llvm-ar", &arguments);
    let mut library = Library::default();
    for source in sources(&files.path("lib.a")).expect("readable") {
        library.add(source, Take::Module);
    }
    library
}

#[test]
fn members_come_along_when_they_are_needed() {
    let files = Files::new();
    let library = archive(
        &files,
        &[
            ("unused.o", "void unused(void) {} int same(void) { return 1; }"),
            (
                "deep.o",
                "int deep(int x) { return x; } extern int nowhere(void); int far(void) { return nowhere(); }",
            ),
            ("near.o", "int deep(int); int near(int x) { return deep(x) + 1; } int beside;"),
            ("same.o", "int same(void) { return 2; }"),
        ],
    );
    let text = "int near(int); int same(void); int other(void);
        void root(int *p) { *p = near(*p); }
        void not_a_root(int *p) { *p = same() + other(); }";
    let first = files.clang(text, "first.bc", &["-emit-llvm"]);
    insta::assert_snapshot!(check(&files, &first, "root", &library), @"
    beside of DIR/lib.a(near.o)
    deep of DIR/lib.a(deep.o)
    far of DIR/lib.a(deep.o)
    near of DIR/lib.a(near.o)
    not_a_root of DIR/first.bc
    root of DIR/first.bc
    ");
    insta::assert_snapshot!(check(&files, &first, "not_a_root", &library), @"
    not_a_root of DIR/first.bc
    root of DIR/first.bc
    same of DIR/lib.a(unused.o)
    unused of DIR/lib.a(unused.o)
    other is missing
    ");
    let clash = files.clang(
        "int near(int); int beside = 1; int root(void) { return near(1); }",
        "clash.bc",
        &["-emit-llvm"],
    );
    insta::assert_snapshot!(check(&files, &clash, "root", &library), @"
    `beside` is defined in `DIR/clash.bc` and in `DIR/lib.a(near.o)`
    help: leave one of them out, rename one, or keep one to its file (`static` in C)
    ");
}

#[test]
fn members_that_do_not_go_together() {
    let files = Files::new();
    let library = archive(&files, &[("f.o", "int f(void) { return 1; }")]);
    let other = files.clang(
        "int f(void); int root(void) { return f(); }",
        "arm.bc",
        &["-emit-llvm", "--target=aarch64-unknown-linux-gnu"],
    );
    insta::assert_snapshot!(check(&files, &other, "root", &library), @"
    `DIR/arm.bc` and `DIR/lib.a(f.o)` have different data layouts: `e-m:e-p270:32:32-p271:32:32-p272:64:64-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32` and `e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128`
    help: compile both for one target
    ");
    let assembly = archive(&files, &[("f.o", "asm(\".globl g\"); int f(void) { return 1; }")]);
    let first = files.clang("int f(void); int root(void) { return f(); }", "first.bc", &["-emit-llvm"]);
    insta::assert_snapshot!(check(&files, &first, "root", &assembly), @"
    `DIR/lib.a(f.o)` has module-level assembly (`.globl g`), which device code can't have
    help: move it to a file of its own that no kernel needs
    ");
}

#[test]
fn the_standard_library_of_the_toolchain_that_made_the_bitcode() {
    let files = Files::new();
    let demo = files.rustc(RUST, "demo.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let source = sources(&demo).expect("readable").remove(0);
    let producer = source.identity.producer.as_ref().expect("rustc says who it is");
    let release = producer.rust_release().expect("rustc's release").to_owned();
    let library = rust_library(None, &[release]).expect("this toolchain has a standard library");
    let text = check(&files, &demo, "parse", &library);
    let from = |library: &str| text.lines().filter(|line| line.contains(&format!(" of {library}-"))).count();
    assert!(from("libcore") > 10, "{text}");
    assert!(text.lines().any(|line| line == "parse of DIR/demo.bc"), "{text}");
    assert!(!text.contains("dec2flt9from_str is missing"), "{text}");

    let refused = |sysroot: Option<&Path>, release: &str| {
        files.masked(&causes(&rust_library(sysroot, &[release.to_owned()]).expect_err("refused")))
    };
    let missing = refused(None, "1.2.3-stable");
    assert!(missing.starts_with("no toolchain of rustc 1.2.3-stable was found; looked at "), "{missing}");
    assert!(missing.ends_with("help: give the one that made the bitcode with --sysroot"), "{missing}");
    insta::assert_snapshot!(refused(Some(&files.path("nowhere")), ""), @"`DIR/nowhere` has no libraries for x86_64-unknown-linux-gnu");
    let folder = files.path("damaged/lib/rustlib/x86_64-unknown-linux-gnu/lib");
    std::fs::create_dir_all(&folder).expect("makeable");
    std::fs::write(folder.join("libcore.rlib"), "!<arch>\n").expect("writable");
    insta::assert_snapshot!(refused(Some(&files.path("damaged")), ""), @"`DIR/damaged/lib/rustlib/x86_64-unknown-linux-gnu/lib/libcore.rlib` is an archive without members");
}
