//! Links libLLVM into this package's programs and tests, for the libraries never link it; and compiles the
//! device runtime to bitcode with the clang of the same LLVM.

use std::path::{Path, PathBuf};
use std::process::Command;

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

/// C23, not optimized yet, as small as it comes, and with calls that wait for others never moved.
const FLAGS: [&str; 16] = [
    "-std=gnu23",
    "-O2",
    "-Xclang",
    "-disable-llvm-passes",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-ffreestanding",
    "-fconvergent-functions",
    "-fno-ident",
    "-g0",
    "-nogpulib",
    "-nogpuinc",
    "-Wno-unused-command-line-argument",
    "-emit-llvm",
    "-c",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=runtime");
    let (Ok(libdir), Ok(bindir)) =
        (std::env::var("DEP_OUTBOARD_LLVM_LIBDIR"), std::env::var("DEP_OUTBOARD_LLVM_BINDIR"))
    else {
        println!("cargo::error=llvm-plugin's build script did not say where libLLVM is");
        return;
    };
    // Tests compare with LLVM's own tools.
    println!("cargo::rustc-env=LLVM_BINDIR={bindir}");
    for argument in [&format!("-L{libdir}"), &format!("-Wl,-rpath,{libdir}"), "-lLLVM-22", "-lstdc++"] {
        println!("cargo::rustc-link-arg={argument}");
    }
    let Some(out) = std::env::var_os("OUT_DIR").map(PathBuf::from) else { return };
    for (name, source, flags) in RUNTIME {
        if let Err(text) =
            compile(&Path::new(&bindir).join("clang"), source, flags, &out.join(format!("{name}.bc")))
        {
            println!("cargo::error=the device runtime can't be compiled: {}", text.replace('\n', " "));
        }
    }
}

/// Compiles one source to bitcode that any optimization may follow and that names no path.
fn compile(clang: &Path, source: &str, flags: &[&str], output: &Path) -> Result<(), String> {
    let mut command = Command::new(clang);
    command.args(FLAGS).args(flags);
    command.arg(source).arg("-o").arg(output).current_dir("runtime");
    let output = command.output().map_err(|error| format!("{}: {error}", clang.display()))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
