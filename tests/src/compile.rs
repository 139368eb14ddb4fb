//! Compilers with the plugin: opt, clang and rustc, told to run a pass.

use std::path::Path;

use xtask::tools::Toolchain;

use crate::{Run, llvm, plugin};

/// `offload-host<images=FILE>`.
pub fn offload_host(images: &Path) -> String {
    format!("offload-host<images={}>", parameter(images))
}

/// A path as a parameter's value: LLVM and rustc keep some characters for themselves.
fn parameter(path: &Path) -> String {
    let escape = |c: char| match c {
        ',' | '(' | ')' | '<' | '>' | ';' | '%' | ' ' => format!("%{:02X}", c as u32),
        plain => plain.to_string(),
    };
    path.to_str().expect("test paths are UTF-8").chars().map(escape).collect()
}

/// rustc with the plugin, and an executable's libraries.
pub fn rustc(toolchain: &Toolchain, pass: &str) -> Run {
    Run::new(&toolchain.rustc).env("RUSTC_BOOTSTRAP", "1").args(rustc_flags(pass))
}

/// The flags of [`rustc`], as they stand in a cargo configuration.
pub fn rustc_flags(pass: &str) -> Vec<String> {
    let libraries = llvm().lib_dir();
    vec![
        "--edition=2024".into(),
        format!("-Zllvm-plugins={}", plugin().display()),
        format!("-Cpasses={pass}"),
        format!("-Lnative={}", libraries.display()),
        "-lomptarget".into(),
        "-lomp".into(),
        format!("-Clink-arg=-Wl,-rpath,{}", libraries.display()),
    ]
}

/// clang with the plugin. It has no options for passes, so they are in the environment.
pub fn clang(pass: &str) -> Run {
    Run::new(llvm().tool("clang"))
        .env("OUTBOARD_PASSES", pass)
        .arg(format!("-fpass-plugin={}", plugin().display()))
}

/// What clang needs to link a program that launches.
pub fn link_flags() -> Vec<String> {
    let libraries = llvm().lib_dir();
    vec![
        format!("-L{}", libraries.display()),
        "-lomptarget".into(),
        "-lomp".into(),
        format!("-Wl,-rpath,{}", libraries.display()),
    ]
}

/// opt with the plugin.
pub fn opt(pass: &str) -> Run {
    Run::new(llvm().tool("opt"))
        .arg(format!("-load-pass-plugin={}", plugin().display()))
        .arg(format!("-passes={pass}"))
}
