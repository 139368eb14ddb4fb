//! `setup`: what `doctor` misses is installed, from Debian's packages and where it is wanted from PyPI.

use crate::doctor;
use crate::error::Result;
use crate::finding::Finding;
use crate::store;
use prerequisites::apt;
use prerequisites::packages::Package;
use prerequisites::wheels::{Environment, PTXAS};

/// The Python environment beside what builds use, for NVIDIA's assembler.
pub(crate) fn environment() -> Result<Environment> {
    Ok(Environment::at(&store::folder()?.join("python")))
}

/// Installs what is missing; with `nvidia` its assembler too. What is there afterwards.
pub(crate) fn install(nvidia: bool) -> Result<Vec<Finding>> {
    let packages = missing_packages(&doctor::findings());
    if !packages.is_empty() {
        apt::install(&packages)?;
    }
    if nvidia && !doctor::has_ptxas() {
        environment()?.install(&[PTXAS])?;
    }
    Ok(doctor::findings())
}

/// One of LLVM's missing: all of them that are wanted, for they go by one version.
fn missing_packages(findings: &[Finding]) -> Vec<&'static Package> {
    let missing = |finding: &&Finding| !finding.good;
    let llvm_missing = findings.iter().filter(missing).any(|finding| finding.package.is_some_and(|p| p.llvm));
    let mut packages: Vec<&Package> = Vec::new();
    for finding in findings {
        let Some(package) = finding.package else { continue };
        let wanted = !finding.good || llvm_missing && package.llvm;
        if wanted && !packages.contains(&package) {
            packages.push(package);
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::missing_packages;
    use crate::finding::Finding;
    use prerequisites::packages::{GCC, LLD, RUNTIME, SPIRV_TOOLS};

    #[test]
    fn packages_of_llvm_go_together() {
        let there = || Ok(String::new());
        let nothing = || Err(String::new());
        let findings = |runtime| {
            [
                Finding::of_package("C linker", "", there(), &GCC),
                Finding::of_package("lld", "", there(), &LLD),
                Finding::of_package("runtime", "", runtime, &RUNTIME),
                Finding::of_package("spirv-val", "", nothing(), &SPIRV_TOOLS).optional(),
            ]
        };
        let names = |runtime| {
            let packages = missing_packages(&findings(runtime));
            packages.iter().map(|package| package.name).collect::<Vec<_>>()
        };
        assert_eq!(names(there()), ["spirv-tools"]);
        assert_eq!(names(nothing()), ["lld-22", "liboffload-22", "spirv-tools"]);
    }
}
