//! What comes from PyPI: programs and runtimes that Debian lacks, in a Python environment that nothing else uses.
//! Everything else works without them.

use crate::command::shown;
use crate::error::{Error, Result};
use crate::tools;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package of PyPI, with the version that everything is tested with.
#[derive(Debug, PartialEq, Eq)]
pub struct Wheel {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// For the table.
    pub purpose: &'static str,
}

/// NVIDIA's assembler. Its licence lets nobody else hand it out, so it is never part of the project.
pub const PTXAS: Wheel = Wheel { name: "nvidia-cuda-nvcc-cu12", version: "12.9.86", purpose: "ptxas" };

/// What tests and developers use.
pub const FOR_DEVELOPERS: [Wheel; 7] = [
    PTXAS,
    // CUDA 12 has no wheel of it, and this one reads its cubins.
    Wheel { name: "nvidia-cuda-nvdisasm", version: "13.5.37", purpose: "`inspect --asm` of cubins" },
    Wheel { name: "intel-opencl-rt", version: "2026.2.0", purpose: "running SPIR-V" },
    Wheel { name: "intel-cmplr-lib-rt", version: "2026.2.0", purpose: "running SPIR-V" },
    Wheel { name: "pyopencl", version: "2026.1.4", purpose: "running SPIR-V" },
    Wheel { name: "ninja", version: "1.13.2", purpose: "ThinLTO jobs in a build system" },
    Wheel { name: "distributed", version: "2026.8.0", purpose: "ThinLTO jobs on a Dask cluster" },
];

/// A Python environment.
#[derive(Debug, Clone)]
pub struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// The one in `folder`, there or not.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }

    /// The versions of `wheels` that it has, in their order.
    pub fn found(&self, wheels: &[Wheel]) -> Vec<std::result::Result<String, String>> {
        let listed = tools::output(self.python(), &["-m", "pip", "list", "--format=freeze"]);
        wheels.iter().map(|wheel| version_in(listed.as_deref().unwrap_or(""), wheel.name)).collect()
    }

    /// Makes the environment and installs what of `wheels` is missing in it; each command is shown.
    ///
    /// # Errors
    /// No Python, no network, no room.
    pub fn install(&self, wheels: &[Wheel]) -> Result<()> {
        let found = self.found(wheels);
        let missing = wheels.iter().zip(found).filter(|(_, found)| found.is_err());
        let wanted: Vec<_> = missing.map(|(wheel, _)| format!("{}=={}", wheel.name, wheel.version)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        if !self.python().exists() {
            let made = shown(Command::new("python3").args(["-m", "venv"]).arg(&self.folder));
            made.map_err(|_| Error::NoEnvironment { folder: self.folder.clone() })?;
        }
        shown(Command::new(self.python()).args(["-m", "pip", "install", "--quiet"]).args(wanted))
    }

    /// The ptxas of [`PTXAS`], if it is installed.
    pub fn ptxas(&self) -> Option<PathBuf> {
        let folders = std::fs::read_dir(self.folder.join("lib")).ok()?.flatten();
        let place = |folder: PathBuf| folder.join("site-packages/nvidia/cuda_nvcc/bin/ptxas");
        folders.map(|folder| place(folder.path())).find(|path| path.is_file())
    }
}

fn version_in(listed: &str, name: &str) -> std::result::Result<String, String> {
    let mut lines = listed.lines().filter_map(|line| line.split_once("=="));
    let found = lines.find(|(found, _)| found.replace('_', "-").eq_ignore_ascii_case(name));
    found.map(|(_, version)| version.to_owned()).ok_or_else(|| "nothing".to_owned())
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
