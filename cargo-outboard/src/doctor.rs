//! `doctor` and `devices`: what is there of all that building and running takes.

use crate::args::CargoOptions;
use crate::cargo_config::CargoConfig;
use crate::finding::Finding;
use crate::run_cargo::BOOTSTRAP;
use crate::setup;
use crate::store::{self, DEVICE_LINK, PLUGIN, REGISTER, part};
use crate::toolchain::{LLVM_MAJOR, Toolchain};
use prerequisites::packages::{GCC, LIBCLC, LIBLLVM, LLD, LLVM_TOOLS, RUNTIME, SPIRV_TOOLS};
use prerequisites::tools::{DEBIAN_PREFIX, PREFIX_VARIABLE, on_path};
use prerequisites::wheels::Environment;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The file that programs open at their first launch.
const RUNTIME_FILE: &str = "libomptarget.so.22.1";
/// Where Debian's package has the mathematics of GPUs.
const LIBCLC_FOLDER: &str = "/usr/lib/clc";
/// Where distributions have libraries.
const LIBRARY_FOLDERS: [&str; 4] = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"];
/// LLVM's program that tells the processors of GPUs.
const OFFLOAD_ARCH: [&str; 2] = ["offload-arch-22", "offload-arch"];

/// Looks for everything.
pub(crate) fn findings() -> Vec<Finding> {
    let rustc =
        CargoConfig::read(&CargoOptions::default()).map_or_else(|_| "rustc".into(), |config| config.rustc());
    vec![
        find_rustc(&rustc),
        find_part("linker step", store::LINKER),
        find_started("image maker", REGISTER),
        find_plugin(&rustc),
        find_linker(),
        find_runtime(),
        find_started("image tools", DEVICE_LINK).optional(),
        find_lld(),
        find_ptxas().optional(),
        find_libclc().optional(),
        find_spirv_tools().optional(),
        find_objdump().optional(),
    ]
}

fn find_rustc(rustc: &OsStr) -> Finding {
    let found = Toolchain::of(rustc).map_err(|error| first_line(&error.to_string()));
    let found = found.and_then(|toolchain| {
        let text = format!("rustc {} with LLVM {}", toolchain.release, toolchain.llvm);
        if toolchain.check().is_ok() { Ok(text) } else { Err(text) }
    });
    let wanted = format!("a rustc with LLVM {LLVM_MAJOR}");
    Finding::new("rustc", &wanted, found, "rustup toolchain install 1.95.0, then cargo +1.95.0 outboard ...")
}

fn find_part(what: &'static str, file: &'static str) -> Finding {
    let found = part(file).map(|path| path.display().to_string());
    let found = found.map_err(|error| first_line(&error.to_string()));
    Finding::new(what, file, found, "install it beside cargo-outboard, or name its folder in OUTBOARD_TOOLS")
}

/// A program that needs libLLVM: whether it starts tells whether that is there.
fn find_started(what: &'static str, file: &'static str) -> Finding {
    let wanted = format!("{file}, and libLLVM {LLVM_MAJOR} for it");
    let path = match part(file) {
        Ok(path) => path,
        Err(error) => {
            let fix = "install it beside cargo-outboard, or name its folder in OUTBOARD_TOOLS";
            return Finding::new(what, &wanted, Err(first_line(&error.to_string())), fix);
        }
    };
    let output = Command::new(&path).output().map_err(|error| error.to_string());
    let found = output.and_then(|output| {
        let text = String::from_utf8_lossy(&output.stderr);
        if text.contains("error while loading shared libraries") {
            Err(first_line(&text))
        } else {
            Ok(shown(&path))
        }
    });
    Finding::of_package(what, &wanted, found, &LIBLLVM)
}

/// Loads the plugin into rustc.
fn find_plugin(rustc: &OsStr) -> Finding {
    let found = part(PLUGIN).map_err(|error| first_line(&error.to_string())).and_then(|path| {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let source = folder.path().join("empty.rs");
        std::fs::write(&source, "#![no_std]\npub fn empty() {}\n").map_err(|error| error.to_string())?;
        let mut command = Command::new(rustc);
        command.env(BOOTSTRAP, "1").arg(format!("-Zllvm-plugins={}", path.display()));
        command.args(["-Cpasses=offload-records", "--crate-type=lib", "--emit=obj", "--out-dir"]);
        let output = command.arg(folder.path()).arg(&source).output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(shown(&path)) } else { Err(first_line(&text)) }
    });
    Finding::new(
        "plugin",
        "a plugin that rustc can load",
        found,
        "install the Outboard that was built for this rustc's LLVM",
    )
}

fn find_linker() -> Finding {
    let found = first_output("cc", "--version").ok_or_else(|| "nothing on the PATH".to_owned());
    Finding::of_package("C linker", "cc, or the linker that cargo is configured to use", found, &GCC)
}

fn find_runtime() -> Finding {
    let found = runtime().map(|path| shown(&path)).ok_or_else(|| "nothing".to_owned());
    let finding = Finding::of_package("runtime", RUNTIME_FILE, found, &RUNTIME);
    let more = "add its folder to LD_LIBRARY_PATH; without it programs run on the CPU";
    let fix = if finding.good { String::new() } else { format!("{}, or {more}", finding.fix) };
    Finding { fix, ..finding }
}

/// The runtime as a program would find it.
fn runtime() -> Option<PathBuf> {
    let listed = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let folders = env::split_paths(&listed).chain(LIBRARY_FOLDERS.map(PathBuf::from));
    let mut folders = folders.chain([llvm_prefix().join("lib")]);
    folders.find_map(|folder| Some(folder.join(RUNTIME_FILE)).filter(|path| path.is_file()))
}

fn find_lld() -> Finding {
    let found = llvm_program(&["ld.lld-22", "ld.lld"]);
    Finding::of_package("ld.lld", "LLVM's linker, for images", found_at(found), &LLD)
}

/// Whether there is one for any NVIDIA GPU.
pub(crate) fn has_ptxas() -> bool {
    ptxas().is_some()
}

/// What the device linker finds.
fn ptxas() -> Option<PathBuf> {
    const CUDA: [&str; 3] = ["CUDA_HOME", "CUDA_PATH", "CUDA_ROOT"];
    let variables = CUDA.iter().filter_map(env::var_os).map(PathBuf::from);
    let mut prefixes = variables.chain(["/usr/local/cuda".into()]);
    let installed = prefixes.find_map(|prefix| Some(prefix.join("bin/ptxas")).filter(|path| path.is_file()));
    let active = || Environment::at(Path::new(&env::var_os("VIRTUAL_ENV")?)).ptxas();
    let own = || setup::environment().ok()?.ptxas();
    on_path("ptxas").or(installed).or_else(active).or_else(own)
}

fn find_ptxas() -> Finding {
    let found = found_at(ptxas());
    let fix = "cargo outboard setup --nvidia, or install CUDA 12.9 or later";
    Finding::new("ptxas", "NVIDIA's assembler, for --device sm_NN", found, fix)
}

fn find_objdump() -> Finding {
    let found = llvm_program(&["llvm-objdump-22", "llvm-objdump"]);
    Finding::of_package(
        "llvm-objdump",
        "LLVM's disassembler, for inspect --asm and --gcn",
        found_at(found),
        &LLVM_TOOLS,
    )
}

fn find_libclc() -> Finding {
    let found = Some(PathBuf::from(LIBCLC_FOLDER)).filter(|folder| folder.is_dir());
    Finding::of_package("libclc", "OpenCL's mathematics, for kernels on GPUs", found_at(found), &LIBCLC)
}

fn find_spirv_tools() -> Finding {
    let found = found_at(on_path("spirv-val"));
    Finding::of_package("spirv-val", "the checker of images for spirv64", found, &SPIRV_TOOLS)
}

fn found_at(path: Option<PathBuf>) -> Result<String, String> {
    path.map(|path| shown(&path)).ok_or_else(|| "nothing".to_owned())
}

/// Where LLVM is: where the user says, or where Debian has it.
fn llvm_prefix() -> PathBuf {
    env::var_os(PREFIX_VARIABLE).map_or_else(|| DEBIAN_PREFIX.into(), PathBuf::from)
}

/// A program of LLVM's: among its own, or on the PATH.
fn llvm_program(names: &[&str]) -> Option<PathBuf> {
    let folder = llvm_prefix().join("bin");
    let own = names.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    own.or_else(|| names.iter().find_map(|name| on_path(name)))
}

fn first_output(program: &str, option: &str) -> Option<String> {
    let output = Command::new(program).arg(option).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| first_line(&String::from_utf8_lossy(&output.stdout)))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The devices of this machine, as `--device` names them, and what they are.
pub(crate) fn devices() -> Vec<(String, &'static str)> {
    let mut devices = Vec::new();
    if runtime().is_some() {
        devices.push(("host".to_owned(), "this machine's own processors, through LLVM's runtime"));
    }
    let output = llvm_program(&OFFLOAD_ARCH).and_then(|program| Command::new(program).output().ok());
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    for name in text.lines().map(str::trim) {
        let maker = if name.starts_with("sm_") {
            "NVIDIA GPU"
        } else if name.starts_with("gfx") {
            "AMD GPU"
        } else {
            continue;
        };
        devices.push((name.to_owned(), maker));
    }
    devices
}
