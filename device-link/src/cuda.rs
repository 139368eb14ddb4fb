//! Where programs of CUDA are.

use crate::tool;
use std::path::PathBuf;

/// Where CUDA was installed; its own tools and CMake ask for these.
const CUDA_VARIABLES: [&str; 3] = ["CUDA_HOME", "CUDA_PATH", "CUDA_ROOT"];
/// Where NVIDIA's packages for Debian put it.
const CUDA_PREFIX: &str = "/usr/local/cuda";
/// Where NVIDIA's wheels of CUDA 12's compiler and of CUDA 13 put programs, under a Python's site-packages.
const IN_WHEELS: [&str; 2] = ["nvidia/cuda_nvcc/bin", "nvidia/cu13/bin"];

/// `program` on the path, in CUDA's folder, in the wheels of the Python environments of this project.
pub(crate) fn candidates(program: &str) -> Vec<PathBuf> {
    let mut candidates: Vec<_> = tool::on_path(program).collect();
    let prefixes = CUDA_VARIABLES.into_iter().filter_map(tool::folder_of).chain([CUDA_PREFIX.into()]);
    candidates.extend(prefixes.map(|prefix| prefix.join("bin").join(program)));
    for packages in site_packages() {
        candidates.extend(IN_WHEELS.map(|wheel| packages.join(wheel).join(program)));
    }
    candidates
}

/// Where `cargo outboard setup` installs what is NVIDIA's: beside what else it keeps.
fn own_environment() -> Option<PathBuf> {
    let caches = || {
        let home = || Some(tool::folder_of("HOME")?.join(".cache"));
        tool::folder_of("XDG_CACHE_HOME").or_else(home)
    };
    let folder = tool::folder_of("OUTBOARD_HOME").or_else(|| Some(caches()?.join("outboard")));
    Some(folder?.join("python"))
}

/// The folders of packages of the Python environment that is active, of the one that `cargo outboard setup` makes,
/// and of `.venv` in the working folder and the folder of this program, and above them.
fn site_packages() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    let starts = [std::env::current_dir().ok(), program];
    let above =
        starts.iter().flatten().flat_map(|start| start.ancestors().map(|folder| folder.join(".venv")));
    let environments: Vec<_> =
        tool::folder_of("VIRTUAL_ENV").into_iter().chain(own_environment()).chain(above).collect();
    let mut found = Vec::new();
    for environment in environments {
        let Ok(entries) = std::fs::read_dir(environment.join("lib")) else { continue };
        let mut folders: Vec<_> =
            entries.filter_map(|entry| Some(entry.ok()?.path().join("site-packages"))).collect();
        folders.sort();
        found.extend(folders);
    }
    found.dedup();
    found
}
