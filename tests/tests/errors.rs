//! The text of every error of the passes. A case is a module in cases/errors/: its first line says which passes
//! run over it, its second why they fail. opt must show the error, fail, and leave no output behind.

use abi::kinds::ImageKind;
use offload_binary::{Image, KernelSignature, Slot, encode};
use std::path::Path;
use tests::{Run, Scratch, llvm, plugin, snapshot, workspace};

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The container files that the cases name.
fn write_images(scratch: &Scratch) {
    let clang = |source: &str, image: &str| {
        let source = workspace().join("lit/Inputs").join(source);
        let flags = ["-shared", "-fPIC", "-nostdlib", "-o"];
        Run::new(llvm().tool("clang")).args(flags).arg(scratch.path(image)).arg(source).ok();
        std::fs::read(scratch.path(image)).expect("clang wrote it")
    };
    let kernels = clang("kernels.c", "kernels.so");
    let other = clang("other-kernels.c", "other.so");
    let write = |name: &str, images: &[Image]| {
        scratch.write(name, encode(images).expect("these images can be written"));
    };
    let image =
        |triple: &str, arch: &str, bytes: &[u8]| Image::openmp(ImageKind::OBJECT, triple, arch, bytes.into());
    let mut recorded = image(TRIPLE, "", &kernels);
    recorded.record_kernels(&[
        KernelSignature { name: "axpy".into(), geometry: true, slots: Some(vec![Slot::Pointer]) },
        KernelSignature { name: "own".into(), geometry: false, slots: Some(Vec::new()) },
        KernelSignature { name: "unseen".into(), geometry: false, slots: None },
    ]);
    write("kernels.offload", &[image(TRIPLE, "", &kernels)]);
    write("other.offload", &[image(TRIPLE, "x86-64-v3", &other)]);
    write("recorded.offload", &[recorded]);
    write("unknown-target.offload", &[image("pdp11-dec-unix", "", &kernels)]);
    write("bitcode.offload", &[Image::openmp(ImageKind::BITCODE, TRIPLE, "", b"BC\xC0\xDE".into())]);
    scratch.write("empty.offload", "");
    let whole = std::fs::read(scratch.path("kernels.offload")).expect("just written");
    scratch.write("truncated.offload", &whole[..1000]);
}

/// Runs the passes of `case` over it: they must fail, and say `text`, as the snapshot has it.
fn check(scratch: &Scratch, case: &Path) -> String {
    let module = std::fs::read_to_string(case).expect("a case can be read");
    let passes = module.lines().next().and_then(|line| line.strip_prefix("; passes: "));
    let passes = passes.unwrap_or_else(|| panic!("{}: the first line says `; passes: ...`", case.display()));
    // By its name alone, which is what messages show.
    let name = case.file_name().unwrap_or_default().to_string_lossy();
    scratch.write(&name, &module);
    let ran = Run::new(llvm().tool("opt"))
        .dir(scratch.folder())
        .arg(format!("-load-pass-plugin={}", plugin().display()))
        .arg(format!("-passes={passes}"))
        .args(["-S", "-o", "output.ll"])
        .arg(&*name)
        .fails();
    assert!(!scratch.path("output.ll").exists(), "output of a failed run:\n{ran}");
    ran.stderr
}

#[test]
fn errors() {
    let scratch = Scratch::new();
    write_images(&scratch);
    let folder = workspace().join("tests/cases/errors");
    let mut cases: Vec<_> = std::fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    cases.sort();
    assert!(cases.len() > 20, "only {} cases were found", cases.len());
    let texts = cases.iter().map(|case| {
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        format!("## {name}\n{}", check(&scratch, case))
    });
    snapshot!(texts.collect::<Vec<_>>().join("\n"));
}

/// A panic in a pass is an error that says whose bug it is; shown by a plugin whose pass does nothing else.
#[test]
fn panic() {
    let scratch = Scratch::new();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let example = ["build", "--quiet", "--workspace", "--example", "small_plugin"];
    Run::new(cargo).dir(workspace()).args(example).ok();
    let plugin = tests::workspace::target().join("debug/examples/libsmall_plugin.so");
    let module = scratch.write("in.ll", "define void @f() {\n  ret void\n}\n");
    let opt = |passes: &str| {
        Run::new(llvm().tool("opt"))
            .arg(format!("-load-pass-plugin={}", plugin.display()))
            .arg(format!("-passes={passes}"))
            .arg("-disable-output")
            .arg(&module)
    };
    opt("count-functions").ok().says("warning: the module has 1 functions");
    let ran = opt("panics").fails();
    let text = ran.stderr.replace(|c: char| c.is_ascii_digit(), "0");
    snapshot!(text, @r"
    error: panics: internal error, this is a bug in the plugin: panicked at llvm-plugin/examples/small_plugin.rs:00:0:
    deliberate
    ");
}
