//! Links libLLVM into this package's programs and tests, for the libraries never link it; and compiles the
//! device runtime to bitcode with the clang of the same LLVM.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The bitcode files of the device runtime: name, source, flags.
const RUNTIME: [(&str, &str, &[&str]); 2] = [
    ("x86_64_level", "x86_64_level.c", &["--target=x86_64-unknown-linux-gnu", "-fPIC", "-march=x86-64"]),
    ("compiler_builtins", "compiler_builtins.c", &["--target=x86_64-unknown-linux-gnu", "-march=x86-64"]),
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
        if let Err(text) = compile(&Path::new(&bindir).join("clang"), source, flags, &out.join(name)) {
            println!("cargo::error=the device runtime can't be compiled: {}", text.replace('\n', " "));
        }
    }
}

/// Compiles one source to bitcode that any optimization may follow and that names no path.
fn compile(clang: &Path, source: &str, flags: &[&str], output: &Path) -> Result<(), String> {
    let mut command = Command::new(clang);
    command.args([
        "-std=c23",
        "-O2",
        "-Xclang",
        "-disable-llvm-passes",
        "-Wall",
        "-Werror",
        "-ffreestanding",
    ]);
    command.args(["-emit-llvm", "-c", "-fno-ident", "-g0"]).args(flags);
    command.arg(source).arg("-o").arg(output.with_extension("bc")).current_dir("runtime");
    let output = command.output().map_err(|error| format!("{}: {error}", clang.display()))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
