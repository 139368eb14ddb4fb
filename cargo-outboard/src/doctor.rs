//! `doctor` and `devices`: what is there of all that building and running takes.

use crate::args::CargoOptions;
use crate::cargo_config::CargoConfig;
use crate::run_cargo::BOOTSTRAP;
use crate::store::{self, DEVICE_LINK, PLUGIN, REGISTER, part};
use crate::toolchain::{LLVM_MAJOR, Toolchain};
use serde::Serialize;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The file that programs open at their first launch.
const RUNTIME: &str = "libomptarget.so.22.1";
/// Where LLVM's own packages for Debian have it.
const DEBIAN_LLVM: &str = "/usr/lib/llvm-22";
/// Where distributions have libraries.
const LIBRARY_FOLDERS: [&str; 4] = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"];
/// LLVM's program that tells the processors of GPUs.
const OFFLOAD_ARCH: [&str; 2] = ["offload-arch-22", "offload-arch"];

/// One thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What it is.
    pub(crate) what: &'static str,
    /// Whether it is as wanted.
    pub(crate) good: bool,
    /// Whether nothing builds without it.
    pub(crate) needed: bool,
    /// What there is.
    pub(crate) found: String,
    /// What has to be.
    pub(crate) wanted: String,
    /// What helps; empty where all is well.
    pub(crate) fix: String,
}

impl Finding {
    fn new(what: &'static str, wanted: &str, found: Result<String, String>, fix: &str) -> Self {
        let good = found.is_ok();
        let fix = if good { String::new() } else { fix.to_owned() };
        let found = found.unwrap_or_else(|found| found);
        Self { what, good, needed: true, found, wanted: wanted.to_owned(), fix }
    }

    fn optional(self) -> Self {
        Self { needed: false, ..self }
    }
}

/// Looks for everything.
pub(crate) fn findings() -> Vec<Finding> {
    let rustc =
        CargoConfig::read(&CargoOptions::default()).map_or_else(|_| "rustc".into(), |config| config.rustc());
    vec![
        find_rustc(&rustc),
        find_part("linker step", store::LINKER),
        find_register(),
        find_plugin(&rustc),
        find_linker(),
        find_runtime(),
        find_part("image tools", DEVICE_LINK).optional(),
        find_ptxas().optional(),
        find_lld().optional(),
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

/// It needs libLLVM: whether it starts tells whether that is there.
fn find_register() -> Finding {
    let found = part(REGISTER).map_err(|error| first_line(&error.to_string())).and_then(|path| {
        let output = Command::new(&path).output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if text.contains("error while loading shared libraries") {
            Err(first_line(&text))
        } else {
            Ok(shown(&path))
        }
    });
    let wanted = format!("{REGISTER}, and libLLVM {LLVM_MAJOR} for it");
    Finding::new(
        "image maker",
        &wanted,
        found,
        "apt-get install libllvm22, or name the folder of the tools in OUTBOARD_TOOLS",
    )
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
    let found = first_output("cc", "--version").ok_or_else(|| "nothing".to_owned());
    Finding::new("C linker", "cc", found, "apt-get install gcc")
}

fn find_runtime() -> Finding {
    let found = runtime().map(|path| shown(&path)).ok_or_else(|| "nothing".to_owned());
    let fix = "apt-get install liboffload-22, or add its folder to LD_LIBRARY_PATH; without it programs run on the CPU";
    Finding::new("runtime", RUNTIME, found, fix)
}

/// The runtime, where a program finds it.
pub(crate) fn runtime() -> Option<PathBuf> {
    let named = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let folders = env::split_paths(&named).chain(LIBRARY_FOLDERS.map(PathBuf::from));
    let mut folders = folders.chain([Path::new(DEBIAN_LLVM).join("lib")]);
    folders.find_map(|folder| Some(folder.join(RUNTIME)).filter(|path| path.is_file()))
}

fn find_ptxas() -> Finding {
    let found = first_output("ptxas", "--version").ok_or_else(|| "nothing on the PATH".to_owned());
    Finding::new("ptxas", "NVIDIA's assembler, for --device sm_NN", found, "install CUDA 12.9 or later")
}

fn find_lld() -> Finding {
    let found = llvm_program(&["ld.lld-22", "ld.lld"]).map(|path| shown(&path));
    Finding::new(
        "ld.lld",
        "LLVM's linker, for --device gfxNNN",
        found.ok_or_else(|| "nothing".to_owned()),
        "apt-get install lld-22",
    )
}

/// A program of LLVM's: on the PATH, or among LLVM's own.
fn llvm_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).chain([Path::new(DEBIAN_LLVM).join("bin")]).collect();
    let files = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
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

/// The findings as text, a line each, and a line more for what is not as wanted.
pub(crate) fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = match (finding.good, finding.needed) {
            (true, _) => "ok",
            (false, true) => "missing",
            (false, false) => "absent",
        };
        text.push_str(&format!("{mark:>7}  {:<12} {}\n", finding.what, finding.found));
        if !finding.good {
            text.push_str(&format!("{:>7}  {:<12} wanted: {}\n", "", "", finding.wanted));
            text.push_str(&format!("{:>7}  {:<12} help: {}\n", "", "", finding.fix));
        }
    }
    text
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

#[cfg(test)]
mod tests {
    use super::{Finding, text};

    #[test]
    fn what_is_missing_has_a_remedy() {
        let findings = [
            Finding::new("rustc", "x", Ok("rustc 1.95.0 with LLVM 22.1.2".into()), "unused"),
            Finding::new("runtime", "libomptarget.so.22.1", Err("nothing".into()), "install it"),
            Finding::new("ptxas", "an assembler", Err("nothing".into()), "install CUDA").optional(),
        ];
        insta::assert_snapshot!(text(&findings), @r"
             ok  rustc        rustc 1.95.0 with LLVM 22.1.2
        missing  runtime      nothing
                              wanted: libomptarget.so.22.1
                              help: install it
         absent  ptxas        nothing
                              wanted: an assembler
                              help: install CUDA
        ");
    }
}
