//! The host structs against LLVM's own: abi's list is compared, field by field, with LLVM's header, with the types
//! that LLVM's own emitters make, and with the types of a module that we emitted.

use abi::mirror;
use std::collections::BTreeMap;
use tests::{Run, Scratch, llvm, plugin, workspace};

const MODULE: &str = r#"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()
define i32 @launch() {
  %s = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %s
}
"#;

/// A container with a kernel `axpy`.
fn container(scratch: &Scratch) -> String {
    let source = workspace().join("lit/Inputs/kernels.c");
    let image = scratch.path("kernels.so");
    Run::new(llvm().tool("clang")).args(["-shared", "-fPIC", "-nostdlib", "-o"]).arg(&image).arg(source).ok();
    let container = scratch.path("kernels.offload");
    let target = "triple=x86_64-unknown-linux-gnu,arch=,kind=openmp";
    Run::new(llvm().tool("llvm-offload-binary"))
        .arg("-o")
        .arg(&container)
        .arg(format!("--image=file={},{target}", image.display()))
        .ok();
    container.display().to_string()
}

/// What LLVM says, as `who -> (type or type.index -> number)`.
fn ask_llvm(scratch: &Scratch) -> BTreeMap<String, BTreeMap<String, usize>> {
    let emitted = scratch.path("emitted.ll");
    Run::new(llvm().tool("opt"))
        .arg(format!("-load-pass-plugin={}", plugin().display()))
        .arg(format!("-passes=offload-host<images={}>", container(scratch)))
        .args(["-S", "-o"])
        .arg(&emitted)
        .arg(scratch.write("in.ll", MODULE))
        .ok();
    let config = |flag: &str| Run::new(llvm().tool("llvm-config")).arg(flag).ok().stdout.trim().to_owned();
    let (include, lib) = (config("--includedir"), config("--libdir"));
    let program = scratch.path("header_layouts");
    Run::new(llvm().tool("clang++"))
        .args(["-std=c++17", "-fno-rtti", "-fno-exceptions", "-O0", "-I", &include, "-L", &lib])
        .arg(format!("-Wl,-rpath,{lib}"))
        .arg(workspace().join("tests/cases/layouts/header_layouts.cpp"))
        .args(["-lLLVM-22", "-o"])
        .arg(&program)
        .ok();
    let said = Run::new(&program).arg(&emitted).ok().stdout;
    let mut sources: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for line in said.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [who, what, number] = words[..] else { panic!("unexpected line: {line}") };
        sources.entry(who.to_owned()).or_default().insert(what.to_owned(), number.parse().expect("a number"));
    }
    sources
}

/// Compares every struct of abi's list that `source` has with it; returns which those were.
fn check(who: &str, source: &BTreeMap<String, usize>) -> Vec<&'static str> {
    let mut compared = Vec::new();
    for (name, size, fields) in mirror::ALL {
        let Some(found) = source.get(*name) else { continue };
        assert_eq!(found, size, "size of {name}, {who}");
        for (index, (field, offset)) in fields.iter().enumerate() {
            assert_eq!(source.get(&format!("{name}.{index}")), Some(offset), "{name}.{field}, {who}");
        }
        assert!(!source.contains_key(&format!("{name}.{}", fields.len())), "{who} has more fields in {name}");
        compared.push(*name);
    }
    compared
}

#[test]
fn structs_are_llvms() {
    let scratch = Scratch::new();
    let sources = ask_llvm(&scratch);
    let all: Vec<_> = mirror::ALL.iter().map(|(name, ..)| *name).collect();
    assert_eq!(check("emitted", &sources["emitted"]), all);
    assert_eq!(check("llvm", &sources["llvm"]), all);
    assert_eq!(check("header", &sources["header"]), ["struct.__tgt_offload_entry"]);
}
