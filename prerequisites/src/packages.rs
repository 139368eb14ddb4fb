//! Debian's packages, each once: what users' builds take, and what only work on Outboard itself does.

use crate::tools::LLVM_VERSION;
use std::process::Command;

/// A Debian package.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// Built from LLVM's source: all of these have one version.
    pub llvm: bool,
    /// A file of it under `/usr` that is there on any system, for systems without dpkg.
    pub evidence: &'static str,
    /// Work goes on without it.
    pub optional: bool,
}

/// LLVM's library, which makes the images.
pub const LIBLLVM: Package = llvm("libllvm22");
/// LLVM's linker, which links images.
pub const LLD: Package = llvm("lld-22");
/// The runtime that programs open at their first launch.
pub const RUNTIME: Package = llvm("liboffload-22");
/// LLVM's tools, of which `inspect` uses the disassembler.
pub const LLVM_TOOLS: Package = llvm("llvm-22");
/// Mathematics on GPUs.
pub const LIBCLC: Package = llvm("libclc-22");
/// The C linker.
pub const GCC: Package = other("gcc", "bin/cc");
/// Checks and shows SPIR-V images.
pub const SPIRV_TOOLS: Package =
    Package { name: "spirv-tools", llvm: false, evidence: "bin/spirv-val", optional: true };
/// What NVIDIA's wheel is installed with.
pub const PYTHON_ENVIRONMENTS: Package =
    Package { name: "python3-venv", llvm: false, evidence: "bin/python3", optional: true };

/// What building and testing Outboard needs: LLVM 22, then the others.
pub const FOR_DEVELOPERS: [Package; 20] = [
    LLVM_TOOLS,
    llvm("llvm-22-dev"),
    llvm("llvm-22-tools"),
    llvm("clang-22"),
    LLD,
    RUNTIME,
    llvm("liboffload-22-dev"),
    llvm("libomp-22-dev"),
    llvm("libclang-rt-22-dev"),
    other("g++", "bin/c++"),
    other("zlib1g-dev", "include/zlib.h"),
    other("libzstd-dev", "include/zstd.h"),
    other("binutils", "bin/readelf"),
    other("python3", "bin/python3"),
    // Runs the jobs of a ThinLTO link in tests and in the book.
    other("make", "bin/make"),
    // The test that the plugin refuses another LLVM major loads it into this one.
    Package {
        name: "libllvm19",
        llvm: false,
        evidence: "lib/x86_64-linux-gnu/libLLVM.so.19.1",
        optional: true,
    },
    LIBCLC,
    // clang-linker-wrapper, which one bench compares with.
    Package { name: "clang-tools-22", llvm: true, evidence: "", optional: true },
    SPIRV_TOOLS,
    PYTHON_ENVIRONMENTS,
];

const fn llvm(name: &'static str) -> Package {
    Package { name, llvm: true, evidence: "", optional: false }
}

const fn other(name: &'static str, evidence: &'static str) -> Package {
    Package { name, llvm: false, evidence, optional: false }
}

/// Whether a Debian version is one of LLVM 22.1: they have the epoch 1.
pub fn is_llvm_version(version: &str) -> bool {
    version.strip_prefix("1:").is_some_and(|version| version.starts_with(&format!("{LLVM_VERSION}.")))
}

/// Name and version of those of `packages` that are installed.
pub fn installed(packages: &[Package]) -> Vec<(String, String)> {
    let mut command = Command::new("dpkg-query");
    command.args(["--show", "--showformat=${db:Status-Abbrev} ${Package} ${Version}\n"]);
    command.args(packages.iter().map(|package| package.name));
    // It fails when one of the packages is unknown, and still prints the others.
    let Ok(output) = command.output() else { return Vec::new() };
    parse_installed(&String::from_utf8_lossy(&output.stdout))
}

fn parse_installed(text: &str) -> Vec<(String, String)> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines = text.lines().map(words).filter(|words| words.len() == 3 && words[0] == "ii");
    lines.map(|mut words| (words.remove(1), words.remove(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_llvm_version, parse_installed};

    #[test]
    fn only_installed_packages_count() {
        let text = "ii  llvm-22 1:22.1.8-1~deb12u1\nrc  lld-22 1:22.1.8-1~deb12u1\nun  clang-22 \n";
        assert_eq!(parse_installed(text), [("llvm-22".into(), "1:22.1.8-1~deb12u1".into())]);
    }

    #[test]
    fn debian_versions() {
        assert!(is_llvm_version("1:22.1.8-1~deb12u1"));
        assert!(!is_llvm_version("1:22.10.0-1"));
        assert!(!is_llvm_version("1:19.1.7-3"));
    }
}
