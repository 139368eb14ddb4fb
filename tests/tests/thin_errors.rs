//! What `bitcode-link thin` and its jobs say when something goes wrong: the exact texts, and nothing half made.

use tests::thin_workload::{Machine, Workload};
use tests::{Run, Scratch, bitcode_link, llvm, snapshot};

fn thin(scratch: &Scratch) -> Run {
    Run::new(bitcode_link()).arg("thin").dir(scratch.folder())
}

const NVIDIA: &str = "target datalayout = \"e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64\"\n\
target triple = \"nvptx64-nvidia-cuda\"\n\
define float @half(float %x) \"target-cpu\"=\"sm_70\" \"target-features\"=\"+ptx63\" {\n\
  %y = fmul float %x, 5.000000e-01\n  ret float %y\n}\n";

/// A file of bitcode that clang makes of C.
fn bitcode(scratch: &Scratch, name: &str, source: &str, flags: &[&str]) {
    let source = scratch.write(&format!("{name}.c"), source);
    let clang = Run::new(llvm().tool("clang")).args(["-O2", "-c", "-nogpulib"]).args(flags).arg(source);
    clang.arg("-o").arg(scratch.path(name)).ok();
}

#[test]
fn what_goes_wrong_is_told() {
    let scratch = Scratch::new();
    let thin_lto = ["-flto=thin", "-fPIC"];
    bitcode(&scratch, "one.o", "int twice(int);\nint one(int x) { return twice(x); }\n", &thin_lto);
    bitcode(&scratch, "twice.o", "int twice(int x) { return 2 * x; }\n", &thin_lto);
    bitcode(&scratch, "again.o", "int twice(int x) { return x + x; }\n", &thin_lto);
    bitcode(&scratch, "native.o", "int native;\n", &[]);
    scratch.write("nvidia.ll", NVIDIA);
    for cpu in ["gfx90a", "gfx942"] {
        let flags = ["--target=amdgcn-amd-amdhsa", &format!("-mcpu={cpu}"), "-flto=thin"];
        bitcode(&scratch, &format!("{cpu}.o"), &format!("int {cpu}(int x) {{ return x; }}\n"), &flags);
    }
    for (name, cpu) in [("with", "gfx90a:xnack+"), ("without", "gfx90a:xnack-")] {
        let flags = ["--target=amdgcn-amd-amdhsa", &format!("-mcpu={cpu}"), "-flto=thin"];
        bitcode(&scratch, &format!("{name}.o"), &format!("int {name}(int x) {{ return x; }}\n"), &flags);
    }
    scratch.write("text", "this is text");
    scratch.write("generic.ll", "target triple = \"amdgcn-amd-amdhsa\"\ndefine void @f() {\n  ret void\n}\n");
    let whole = std::fs::read(scratch.path("one.o")).expect("clang made it");
    scratch.write("cut.o", &whole[..whole.len() / 2]);
    let cases: &[&[&str]] = &[
        &["missing.o", "-o", "out"],
        &["text", "-o", "out"],
        &["native.o", "-o", "out"],
        &["twice.o", "again.o", "-o", "out"],
        &["gfx90a.o", "gfx942.o", "--shared", "-o", "out"],
        &["with.o", "without.o", "--shared", "-o", "out"],
        &["generic.ll", "--shared", "-o", "out"],
        &["generic.ll", "--shared", "--cpu=gfx90x", "-o", "out"],
        &["gfx90a.o", "--shared", "--features=+wings", "-o", "out"],
        &["twice.o", "--shared", "--cpu=z80", "-o", "out"],
        &["one.o", "--shared", "--linker-arg=--no-undefined", "-o", "out"],
        &["one.o", "--shared", "--linker=nowhere", "-o", "out"],
        &["nvidia.ll", "--shared", "-o", "out"],
        &["twice.o", "--shared", "-o", "text/out"],
        &["twice.o", "--shared", "--cache-dir=text", "-o", "out"],
        &["twice.o", "--executor=make", "-o", "out"],
        &["twice.o", "--executor=dask", "-o", "out"],
        &["twice.o", "--executor=dask", "--dask-scheduler=x", "--python=nowhere", "-o", "out"],
    ];
    let cut = thin(&scratch).args(["cut.o", "-o", "out"]).fails();
    cut.says("error[OB0301]: `cut.o` can't be read as bitcode: it is cut off: a block at byte ");
    let mut texts = Vec::new();
    for case in cases {
        let ran = thin(&scratch).args(*case).fails();
        texts.push(format!("$ bitcode-link thin {}\n{}", case.join(" "), ran.stderr.trim()));
        assert!(!scratch.path("out").exists(), "{case:?}");
    }
    let nowhere = thin(&scratch).env("LLVM_SYS_221_PREFIX", "nowhere").env("PATH", "nowhere");
    let ran = nowhere.args(["one.o", "--shared", "-o", "out"]).fails();
    texts.push(format!("without ld.lld\n{}", ran.stderr.trim()));
    let lld = llvm().tool("ld.lld").display().to_string();
    snapshot!(texts.join("\n\n").replace(&lld, "LLD"));
}

#[test]
fn what_goes_wrong_in_a_job_is_told() {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, 2, 1);
    thin(&scratch).args(names.names()).args(["--executor=make", "--shared", "--objects", "build"]).ok();
    let backend = |index: &str| {
        let run = Run::new(bitcode_link()).args(["backend", "m00.o", "-o", "out.o"]).dir(scratch.folder());
        run.arg(format!("--index={index}")).fails().stderr
    };
    scratch.write("garbage", "no index");
    let mut texts = vec![backend("garbage"), backend("build/m01.thinlto.bc")];
    names.compile(1, 1);
    texts.push(backend("build/m00.thinlto.bc"));
    std::fs::remove_file(scratch.path("m01.o")).expect("our file");
    texts.push(backend("build/m00.thinlto.bc"));
    bitcode(&scratch, "gpu.o", "int f(int x) { return x; }\n", &["--target=amdgcn-amd-amdhsa"]);
    for (compiler, inputs) in [
        ("exit 3", "\"m00.o\", \"garbage\""),
        ("echo 'no room' >&2; exit 1", "\"m00.o\", \"garbage\""),
        ("exit 0", "\"m00.o\", \"garbage\""),
        ("cp gpu.o out.o", "\"m00.o\", \"garbage\""),
        ("exit 0", "\"m00.o\""),
    ] {
        let job = format!("{{\"args\": [], \"inputs\": [{inputs}], \"outputs\": [\"out.o\"]}}");
        let common = format!(
            "{{\"linker_output\": \"x\", \"args\": [\"sh\", \"-c\", \"{compiler}\"], \"inputs\": []}}"
        );
        scratch.write("jobs.json", format!("{{\"common\": {common}, \"jobs\": [{job}]}}"));
        let run = Run::new(bitcode_link()).args(["distribute", "jobs.json"]).dir(scratch.folder());
        texts.push(run.fails().stderr);
    }
    scratch.write("jobs.json", "{}");
    texts.push(
        Run::new(bitcode_link()).args(["distribute", "jobs.json"]).dir(scratch.folder()).fails().stderr,
    );
    let texts: Vec<_> = texts.iter().map(|text| text.trim()).collect();
    snapshot!(texts.join("\n\n"));
}
