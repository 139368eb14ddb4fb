//! Finds LLVM 22.1, builds the C++ shim, and tells dependents where libLLVM is.

use std::path::{Path, PathBuf};
use std::process::Command;

const PREFIX_VARIABLE: &str = "LLVM_SYS_221_PREFIX";
const DEBIAN_PREFIX: &str = "/usr/lib/llvm-22";
const VERSION: &str = "22.1";

const SHIM: [&str; 23] = [
    "cpp/pass_builder.cpp",
    "cpp/diagnostic.cpp",
    "cpp/module.cpp",
    "cpp/control_flow.cpp",
    "cpp/clone.cpp",
    "cpp/debug_location.cpp",
    "cpp/address_space.cpp",
    "cpp/pointer_remap.cpp",
    "cpp/function.cpp",
    "cpp/layout.cpp",
    "cpp/expand.cpp",
    "cpp/ptx_atomics.cpp",
    "cpp/narrow_atomics.cpp",
    "cpp/plain_code.cpp",
    "cpp/aggregates.cpp",
    "cpp/inlining.cpp",
    "cpp/link.cpp",
    "cpp/fatal.cpp",
    "cpp/bitcode.cpp",
    "cpp/thin_link.cpp",
    "cpp/thin_backend.cpp",
    "cpp/processor.cpp",
    "cpp/target.cpp",
];

fn main() {
    println!("cargo::rerun-if-env-changed={PREFIX_VARIABLE}");
    println!("cargo::rerun-if-changed=cpp");
    let llvm_config = match find_llvm_config() {
        Ok(path) => path,
        Err(message) => {
            println!("cargo::error={message}");
            return;
        }
    };
    let ask = |flag| query(&llvm_config, flag).unwrap_or_default();

    let mut shim = cc::Build::new();
    shim.cpp(true)
        .files(SHIM)
        .std("c++17")
        .include(ask("--includedir"))
        // What `llvm-config --cxxflags` says, and -fno-rtti, which it does not: rustc's libLLVM has no type infos.
        .flag("-fno-exceptions")
        .flag("-fno-rtti")
        .flag("-fvisibility=hidden")
        .flag("-fvisibility-inlines-hidden")
        .flag("-ffunction-sections")
        .flag("-Wno-unused-parameter")
        .flag("-Wno-comment")
        // Dependents choose: the plugin carries a static libstdc++, programs use the shared one.
        .cpp_link_stdlib(None)
        .compile("outboard_llvm_shim");

    // The example is a plugin: no libLLVM, and the shim's C++ library.
    println!("cargo::rustc-link-arg-examples=-lstdc++");
    println!("cargo::metadata=libdir={}", ask("--libdir"));
    println!("cargo::metadata=bindir={}", ask("--bindir"));
}

fn find_llvm_config() -> Result<PathBuf, String> {
    let mut candidates = Vec::new();
    if let Some(prefix) = std::env::var_os(PREFIX_VARIABLE) {
        candidates.push(Path::new(&prefix).join("bin/llvm-config"));
    } else {
        candidates.push(Path::new(DEBIAN_PREFIX).join("bin/llvm-config"));
        candidates.push(PathBuf::from("llvm-config-22"));
    }
    let mut seen = Vec::new();
    for candidate in candidates {
        match query(&candidate, "--version") {
            Some(version) if version.starts_with(VERSION) => return Ok(candidate),
            Some(version) => seen.push(format!("{} is LLVM {version}", candidate.display())),
            None => seen.push(format!("{} does not run", candidate.display())),
        }
    }
    Err(format!(
        "LLVM {VERSION} was not found: {}; run `cargo xtask setup`, or set {PREFIX_VARIABLE} to its installation prefix",
        seen.join(", ")
    ))
}

fn query(llvm_config: &Path, flag: &str) -> Option<String> {
    let output = Command::new(llvm_config).arg(flag).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
