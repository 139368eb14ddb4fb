//! Links libLLVM into this package's programs and tests, for the libraries never link it; and compiles the
//! device runtime to bitcode with the clang of the same LLVM.

use runtime_bitcode::Llvm;

/// The bitcode files of the device runtime: name, source, flags.
const RUNTIME: [(&str, &str, &[&str]); 6] = [
    ("runtime-x86_64", "x86_64.c", X86_64),
    ("runtime-x86_64-level", "x86_64_level.c", X86_64),
    (
        "runtime-nvptx64",
        "gpu.c",
        // Without CUDA, clang takes a PTX that is too old for shuffles.
        &["--target=nvptx64-nvidia-cuda", "-march=sm_70", "-Xclang", "-target-feature", "-Xclang", "+ptx63"],
    ),
    ("runtime-amdgcn", "gpu.c", &["--target=amdgcn-amd-amdhsa", "-mcode-object-version=6"]),
    ("compiler_builtins", "compiler_builtins.c", &["--target=x86_64-unknown-linux-gnu", "-march=x86-64"]),
    ("runtime-spirv64", "gpu.c", &["--target=spirv64-unknown-unknown"]),
];
const X86_64: &[&str] = &["--target=x86_64-unknown-linux-gnu", "-fPIC", "-march=x86-64"];

/// Bitcode that any optimization may follow, with calls that wait for others never moved.
const FLAGS: [&str; 7] = [
    "-Xclang",
    "-disable-llvm-passes",
    "-ffreestanding",
    "-fconvergent-functions",
    "-nogpulib",
    "-nogpuinc",
    "-Wno-unused-command-line-argument",
];

fn main() {
    let Some(llvm) = Llvm::of_dependency() else { return };
    // Tests compare with LLVM's own tools.
    println!("cargo::rustc-env=LLVM_BINDIR={}", llvm.bindir);
    llvm.link_into("link-arg");
    for (name, source, flags) in RUNTIME {
        llvm.compile(source, name, &[&FLAGS, flags].concat());
    }
}
