//! Links libLLVM into the program that needs it, and compiles what registers a program's images to bitcode with
//! the clang of the same LLVM.

use abi::{entry_points, launch, mirror, names};
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: [&str; 2] = ["lazy", "linked"];

/// As small as it comes, for any position in memory, seen by its own program alone.
const FLAGS: [&str; 13] = [
    "--target=x86_64-unknown-linux-gnu",
    "-std=gnu23",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fPIC",
    "-fvisibility=hidden",
    "-fno-ident",
    "-g0",
    "-march=x86-64",
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
    println!("cargo::rustc-env=LLVM_LIBDIR={libdir}");
    for argument in [&format!("-L{libdir}"), &format!("-Wl,-rpath,{libdir}"), "-lLLVM-22", "-lstdc++"] {
        println!("cargo::rustc-link-arg-bin=outboard-register={argument}");
    }
    let Some(out) = std::env::var_os("OUT_DIR").map(PathBuf::from) else { return };
    for source in SOURCES {
        if let Err(text) = compile(&Path::new(&bindir).join("clang"), source, &out) {
            println!("cargo::error={source}.c can't be compiled: {}", text.replace('\n', " "));
        }
    }
}

fn compile(clang: &Path, source: &str, out: &Path) -> Result<(), String> {
    let mut command = Command::new(clang);
    command.args(FLAGS).args(definitions());
    command.arg(format!("{source}.c")).arg("-o").arg(out.join(format!("{source}.bc")));
    let output = command.current_dir("runtime").output();
    let output = output.map_err(|error| format!("{}: {error}", clang.display()))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The names and offsets that abi fixes, for C.
fn definitions() -> Vec<String> {
    let names = [
        ("PROGRAM", names::PROGRAM_REGISTRATION),
        ("PROGRAM_FUNCTION", names::PROGRAM_RUNTIME_FUNCTION),
        ("FIRST_LAUNCH", names::FIRST_LAUNCH),
        ("PROGRAM_IMAGES", names::PROGRAM_IMAGES),
        ("RUNTIME_FILES", names::RUNTIME_FILES),
        ("REGISTER_LIB", entry_points::REGISTER_LIB),
        ("UNREGISTER_LIB", entry_points::UNREGISTER_LIB),
        ("TARGET_KERNEL", entry_points::TARGET_KERNEL),
        ("RUNTIME_FUNCTION", launch::RUNTIME_FUNCTION),
    ];
    let offsets = [
        ("ENTRY_SIZE", size_of::<mirror::OffloadEntry>()),
        ("ENTRY_ADDRESS", std::mem::offset_of!(mirror::OffloadEntry, address)),
        ("ENTRIES_BEGIN", std::mem::offset_of!(mirror::BinDesc, host_entries_begin)),
        ("ENTRIES_END", std::mem::offset_of!(mirror::BinDesc, host_entries_end)),
    ];
    let names = names.into_iter().map(|(name, value)| format!("-D{name}={value}"));
    names.chain(offsets.into_iter().map(|(name, value)| format!("-D{name}={value}"))).collect()
}
