//! Which functions of device code are inlined, by how large they are: far more than LLVM would by itself.

use crate::support::{Files, device_link, run};

/// A function of `count` multiplications and as many other instructions, and then `calls`, each of what came before.
fn function(name: &str, count: u32, calls: &[&str]) -> String {
    let mut body = String::from("  %v0 = xor i32 %x, 1\n");
    for number in 0..count {
        body += &format!(
            "  %m{number} = mul i32 %v{number}, %x\n  %v{} = xor i32 %m{number}, {number}\n",
            number + 1
        );
    }
    let mut last = format!("%v{count}");
    for (number, callee) in calls.iter().enumerate() {
        body += &format!("  %c{number} = call i32 @{callee}(i32 {last})\n");
        last = format!("%c{number}");
    }
    format!("define internal i32 @{name}(i32 %x) {{\n{body}  ret i32 {last}\n}}\n")
}

/// How often each function is called in the optimized module.
fn check(target: &str, level: &str) -> String {
    check_made_by("", target, level)
}

/// The same of a module with `metadata` about its compiler.
fn check_made_by(metadata: &str, target: &str, level: &str) -> String {
    let files = Files::new();
    let all = ["small", "small", "small", "large", "large", "outer", "outer", "again", "again"];
    let text = [
        function("small", 500, &[]),
        function("large", 1600, &[]),
        function("outer", 500, &["small", "small", "small"]),
        function("all", 1, &all),
        "define internal i32 @again(i32 %x) {\n  %more = icmp ne i32 %x, 0\n  \
         br i1 %more, label %yes, label %no\nyes:\n  %half = udiv i32 %x, 3\n  %rest = call i32 @again(i32 %half)\n  \
         %one = xor i32 %rest, %half\n  ret i32 %one\nno:\n  ret i32 7\n}\n"
            .to_owned(),
        "define void @kernel(ptr %p) {\n  %x = load i32, ptr %p\n  %all = call i32 @all(i32 %x)\n  \
         store i32 %all, ptr %p\n  ret void\n}\n"
            .to_owned(),
        metadata.to_owned(),
    ]
    .concat();
    std::fs::write(files.path("sizes.ll"), text).expect("writable");
    let mut link = device_link();
    link.arg("link").arg(files.path("sizes.ll")).args(["--kernel", "kernel", "--target", target, level]);
    link.args(["--emit", "ptx"]).arg(format!("--save-temps={}", files.text("temps")));
    let output = run(link.arg("-o").arg(files.path("out")));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let module = std::fs::read_to_string(files.path("temps/optimized.ll")).expect("written");
    let calls = ["small", "large", "outer", "again"].map(|name| {
        let called = |line: &&str| line.contains("call") && line.contains(&format!("@{name}("));
        format!("{} of {name}", module.lines().filter(called).count())
    });
    format!("calls: {}", calls.join(", "))
}

#[test]
fn by_their_size_with_what_they_call() {
    for target in ["nvptx64:sm_90", "amdgcn:gfx90a", "spirv64"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(check(target, "-O2"), @"calls: 0 of small, 2 of large, 2 of outer, 0 of again");
        }
    }
}

#[test]
fn as_llvm_would_elsewhere() {
    insta::assert_snapshot!(check("nvptx64:sm_90", "-O0"), @"calls: 6 of small, 2 of large, 2 of outer, 3 of again");
    insta::assert_snapshot!(check("x86_64", "-O2"), @"calls: 6 of small, 2 of large, 2 of outer, 0 of again");
}

/// Only the whole pipeline makes loops of recursion; a compiler that optimized has run it.
#[test]
fn what_a_compiler_has_optimized_is_not_optimized_from_the_start() {
    let compiler = "!llvm.ident = !{!0}\n!0 = !{!\"a compiler\"}\n";
    for target in ["x86_64", "amdgcn:gfx90a"] {
        let again = |calls: String| calls.split(", ").last().map(ToOwned::to_owned);
        assert_eq!(again(check(target, "-O2")).as_deref(), Some("0 of again"), "{target}");
        let optimized = again(check_made_by(compiler, target, "-O2"));
        assert_eq!(optimized.as_deref(), Some("2 of again"), "{target}");
    }
}
