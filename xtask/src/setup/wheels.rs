//! What comes from PyPI: programs and runtimes that Debian lacks, in a Python environment of the repository's own.
//! Everything works without them; tests that want one are left out and say so.

use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

use crate::run;
use xtask::tools;

/// A package of PyPI, with the version that everything is tested with.
pub(crate) struct Wheel {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// For the table.
    pub(crate) purpose: &'static str,
}

/// The wheels. NVIDIA's licence lets nobody else hand out its programs, so they are never part of the project.
pub(crate) const WHEELS: [Wheel; 5] = [
    Wheel { name: "nvidia-cuda-nvcc-cu12", version: "12.9.86", purpose: "ptxas" },
    // CUDA 12 has no wheel of it, and this one reads its cubins.
    Wheel { name: "nvidia-cuda-nvdisasm", version: "13.5.37", purpose: "`inspect --asm` of cubins" },
    Wheel { name: "intel-opencl-rt", version: "2026.2.0", purpose: "running SPIR-V" },
    Wheel { name: "intel-cmplr-lib-rt", version: "2026.2.0", purpose: "running SPIR-V" },
    Wheel { name: "pyopencl", version: "2026.1.4", purpose: "running SPIR-V" },
];

fn environment() -> PathBuf {
    run::root().join(".venv")
}

fn python() -> PathBuf {
    environment().join("bin/python")
}

/// The versions that the environment has, in the order of [`WHEELS`].
pub(crate) fn found() -> Vec<Result<String, String>> {
    let listed = tools::output(python(), &["-m", "pip", "list", "--format=freeze"]);
    WHEELS.iter().map(|wheel| version_in(listed.as_deref().unwrap_or(""), wheel.name)).collect()
}

fn version_in(listed: &str, name: &str) -> Result<String, String> {
    let mut lines = listed.lines().filter_map(|line| line.split_once("=="));
    let found = lines.find(|(found, _)| found.replace('_', "-").eq_ignore_ascii_case(name));
    found.map(|(_, version)| version.to_owned()).ok_or_else(|| "nothing".to_owned())
}

/// Makes the environment and installs what is missing in it. No network or no Python is only told.
pub(crate) fn install() {
    let missing: Vec<_> =
        WHEELS.iter().zip(found()).filter(|(_, found)| found.is_err()).map(|(wheel, _)| wheel).collect();
    if missing.is_empty() {
        return;
    }
    let result = make_environment().and_then(|()| {
        let wanted = missing.iter().map(|wheel| format!("{}=={}", wheel.name, wheel.version));
        run::shown(Command::new(python()).args(["-m", "pip", "install", "--quiet"]).args(wanted))
    });
    if let Err(why) = result {
        println!("note: nvptx64 images cannot be assembled or SPIR-V not be run: {why:#}");
    }
}

fn make_environment() -> Result<()> {
    if python().exists() {
        return Ok(());
    }
    run::shown(Command::new("python3").args(["-m", "venv"]).arg(environment()))
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn versions_are_found_whatever_the_spelling() {
        let listed = "intel_opencl_rt==2026.2.0\npyopencl==2026.1.4\n";
        assert_eq!(version_in(listed, "intel-opencl-rt"), Ok("2026.2.0".to_owned()));
        assert_eq!(version_in(listed, "opencl"), Err("nothing".to_owned()));
    }
}
