//! NVIDIA's assembler: found, checked for the processor, and run on PTX.

use crate::Result;
use crate::cuda;
use crate::target::generation;
use crate::tool::{self, ToolError};
use bitcode_link::FileError;
use std::path::{Path, PathBuf};
use std::process::Command;

const TOOL: &str = "ptxas";
/// The generations that no CUDA 13 assembles for, and those that only CUDA 13 does.
///
/// Source: release notes of CUDA 13.0, and `ptxas --help` of 12.9.86 and 13.5.37.
const FIRST_OF_CUDA_13: u32 = 75;
const ONLY_CUDA_13: [u32; 2] = [88, 110];
/// The last generation whose cubins CUDA 12 writes in the form that every driver of it loads.
const LAST_OF_OLD_FORM: u32 = 90;

/// A ptxas and the release of CUDA that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ptxas {
    pub(crate) path: PathBuf,
    /// Such as `12.9`.
    pub(crate) release: String,
}

/// What ptxas made.
pub(crate) struct Assembled {
    pub(crate) cubin: Vec<u8>,
    pub(crate) command: String,
    /// What it told of registers and memory.
    pub(crate) notes: String,
}

impl Ptxas {
    /// The program `given`, or the best for `cpu` that is found.
    pub(crate) fn find(given: Option<&Path>, cpu: &str) -> Result<Self> {
        if let Some(given) = given {
            let ptxas = Self::ask(given)?;
            if ptxas.knows(cpu) {
                return Ok(ptxas);
            }
            let Self { path, release } = ptxas;
            return Err(ToolError::WrongRelease { path, release, cpu: cpu.to_owned() }.into());
        }
        let candidates = cuda::candidates(TOOL);
        let there: Vec<_> = candidates
            .iter()
            .filter(|path| path.is_file())
            .map(|path| Self::ask(path))
            .collect::<Result<_>>()?;
        match choose(&there, cpu) {
            Some(ptxas) => Ok(ptxas.clone()),
            None => match there.into_iter().next() {
                Some(Self { path, release }) => {
                    Err(ToolError::WrongRelease { path, release, cpu: cpu.to_owned() }.into())
                }
                None => Err(not_found(&candidates).into()),
            },
        }
    }

    fn ask(path: &Path) -> Result<Self> {
        let output = tool::run(TOOL, Command::new(path).arg("--version"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let release = text.split("release ").nth(1).and_then(|rest| rest.split([',', '\n']).next());
        Ok(Self { path: path.to_owned(), release: release.unwrap_or("unknown").trim().to_owned() })
    }

    fn major(&self) -> u32 {
        self.release.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default()
    }

    /// Whether it assembles for `cpu`; what can't be told is left to itself.
    fn knows(&self, cpu: &str) -> bool {
        let generation = generation(cpu);
        match self.major() {
            0 => true,
            1..=12 => !ONLY_CUDA_13.contains(&generation),
            _ => generation >= FIRST_OF_CUDA_13,
        }
    }

    /// Assembles `ptx` for `cpu`.
    pub(crate) fn assemble(&self, ptx: &[u8], cpu: &str, level: u8) -> Result<Assembled> {
        let folder = tempfile::tempdir().map_err(FileError::writing(&std::env::temp_dir()))?;
        let (source, cubin) = (folder.path().join("kernels.ptx"), folder.path().join("kernels.cubin"));
        std::fs::write(&source, ptx).map_err(FileError::writing(&source))?;
        let mut command = Command::new(&self.path);
        command.arg(format!("-arch={cpu}")).arg(format!("-O{level}")).arg("-v");
        command.arg(&source).arg("-o").arg(&cubin);
        let output = tool::run(TOOL, &mut command)?;
        let bytes = std::fs::read(&cubin).map_err(FileError::reading(&cubin))?;
        let notes = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        Ok(Assembled { cubin: bytes, command: tool::show(&command), notes: notes.into_owned() })
    }
}

/// The first that knows `cpu`; of CUDA 12 where the older form of cubins is the safer one.
fn choose<'a>(there: &'a [Ptxas], cpu: &str) -> Option<&'a Ptxas> {
    let fit = || there.iter().filter(|ptxas| ptxas.knows(cpu));
    let prefer_old = generation(cpu) <= LAST_OF_OLD_FORM;
    let old = fit().find(|ptxas| prefer_old && ptxas.major() < 13);
    old.or_else(|| fit().next())
}

fn not_found(candidates: &[PathBuf]) -> ToolError {
    ToolError::NotFound {
        tool: TOOL,
        looked_for: candidates.iter().map(|candidate| candidate.display().to_string()).collect(),
        help: "`cargo outboard setup --nvidia` installs one; CUDA_HOME and --ptxas name another, and --emit=ptx \
               links PTX",
    }
}

#[cfg(test)]
mod tests {
    use super::{Ptxas, choose};

    fn ptxas(release: &str) -> Ptxas {
        Ptxas { path: release.into(), release: release.to_owned() }
    }

    #[test]
    fn the_release_that_fits() {
        let both = [ptxas("13.5"), ptxas("12.9")];
        let chosen = |there: &[Ptxas], cpu| choose(there, cpu).map(|ptxas| ptxas.release.clone());
        for (cpu, wanted) in
            [("sm_70", "12.9"), ("sm_90a", "12.9"), ("sm_100", "13.5"), ("sm_110", "13.5"), ("sm_88", "13.5")]
        {
            assert_eq!(chosen(&both, cpu).as_deref(), Some(wanted), "{cpu}");
        }
        assert_eq!(chosen(&both[..1], "sm_90").as_deref(), Some("13.5"));
        assert_eq!(chosen(&both[..1], "sm_70"), None);
        assert_eq!(chosen(&both[1..], "sm_110f"), None);
        assert_eq!(chosen(&[ptxas("unknown")], "sm_70").as_deref(), Some("unknown"));
    }
}
