//! Kernels compiled in every way that users compile: to host bitcode for device-link, and to a shared library for
//! the plain run.

use std::path::{Path, PathBuf};

use super::{Kernel, Target};
use crate::{Ran, Run, Scratch, device_link, llvm, stable};

/// A way to compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// For the tables.
    pub name: &'static str,
    rustc: &'static [&'static str],
    clang: &'static [&'static str],
}

/// The ways of the matrix.
pub const MODES: [Mode; 8] = [
    Mode { name: "O0", rustc: &["-Copt-level=0"], clang: &["-O0"] },
    Mode { name: "O1", rustc: &["-Copt-level=1"], clang: &["-O1"] },
    Mode { name: "O2", rustc: &["-Copt-level=2"], clang: &["-O2"] },
    Mode { name: "O3", rustc: &["-Copt-level=3"], clang: &["-O3"] },
    Mode {
        name: "no-prepopulate",
        rustc: &["-Copt-level=3", "-Cno-prepopulate-passes"],
        clang: &["-O3", "-Xclang", "-disable-llvm-passes"],
    },
    Mode {
        name: "overflow-checks",
        rustc: &["-Copt-level=3", "-Coverflow-checks=yes"],
        clang: &["-O3", "-fwrapv"],
    },
    Mode { name: "panic=abort", rustc: &["-Copt-level=3", "-Cpanic=abort"], clang: &["-O3", "-fexceptions"] },
    Mode { name: "debuginfo", rustc: &["-Copt-level=3", "-Cdebuginfo=2"], clang: &["-O3", "-g"] },
];

impl Mode {
    /// The mode of this name.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn named(name: &str) -> Self {
        MODES.into_iter().find(|mode| mode.name == name).unwrap_or_else(|| panic!("no mode is called {name}"))
    }
}

/// Writes the root of a crate that has the Rust kernels of `kernels` as its modules.
pub fn crate_of<'k>(scratch: &Scratch, name: &str, kernels: impl Iterator<Item = &'k Kernel>) -> PathBuf {
    let device = super::folder().join("device.rs");
    let mut text = format!("//! Kernels.\n#[path = {device:?}]\nmod device;\n");
    for kernel in kernels.filter(|kernel| !kernel.is_c()) {
        text.push_str(&format!("#[path = {:?}]\npub mod {}_file;\n", kernel.source, kernel.name));
    }
    scratch.write(name, text)
}

/// rustc as crates with kernels need it: no barrier may be duplicated, and generic functions of other crates are
/// to be in the module.
fn rustc() -> Run {
    Run::new(&stable().rustc).env("RUSTC_BOOTSTRAP", "1").args([
        "--edition=2024",
        "-Ccodegen-units=1",
        "-Zmir-enable-passes=-JumpThreading",
        "-Zshare-generics=no",
        "-Awarnings",
    ])
}

/// The flag that leaves a module as LLVM's pipeline starts with it. Stock passes know nothing of threads that meet:
/// they thread jumps through a barrier, and each way through the code gets one of its own.
pub const BEFORE_PASSES: &str = "-Cno-prepopulate-passes";

/// Compiles `kernels` to bitcode: a module for Rust, one for Rust whose threads meet, one for each that is C.
pub fn bitcode(scratch: &Scratch, kernels: &[Kernel], mode: Mode) -> Vec<PathBuf> {
    let name = |stem: &str, suffix: &str| format!("{}/{stem}.{suffix}", mode.name);
    let mut modules = Vec::new();
    for (stem, together, flags) in [("kernels", false, &[][..]), ("barriers", true, &[BEFORE_PASSES][..])] {
        let chosen: Vec<_> =
            kernels.iter().filter(|kernel| !kernel.is_c() && kernel.together == together).collect();
        if chosen.is_empty() {
            continue;
        }
        let root = crate_of(scratch, &name(stem, "rs"), chosen.into_iter());
        let module = scratch.path(&name(stem, "bc"));
        let rustc = rustc().args(["--crate-type=lib", "--emit=llvm-bc", "--crate-name", stem]);
        rustc.args(mode.rustc).args(flags).arg(root).arg("-o").arg(&module).ok();
        modules.push(module);
    }
    for kernel in kernels.iter().filter(|kernel| kernel.is_c()) {
        let module = scratch.path(&name(&kernel.name, "bc"));
        let clang = Run::new(llvm().tool("clang")).args(["-c", "-emit-llvm"]).args(mode.clang);
        clang.arg(&kernel.source).arg("-o").arg(&module).ok();
        modules.push(module);
    }
    modules
}

/// Compiles the kernels that the host can run to shared libraries: one for Rust, one for each that is C.
pub fn libraries(scratch: &Scratch, kernels: &[Kernel]) -> impl Fn(&Kernel) -> PathBuf {
    let runnable: Vec<_> =
        kernels.iter().filter(|kernel| kernel.refused.len() < super::TARGETS.len()).cloned().collect();
    for (name, together, flag) in [("host", false, "-Copt-level=3"), ("host-barriers", true, BEFORE_PASSES)] {
        let chosen = runnable.iter().filter(|kernel| kernel.together == together);
        let root = crate_of(scratch, &format!("{name}.rs"), chosen);
        let flags = ["--crate-type=cdylib", "--crate-name=kernels", flag, "-Clink-arg=-Wl,-z,lazy"];
        rustc().args(flags).arg(root).arg("-o").arg(scratch.path(&format!("{name}.so"))).ok();
    }
    for kernel in runnable.iter().filter(|kernel| kernel.is_c()) {
        let clang = Run::new(llvm().tool("clang")).args(["-O3", "-shared", "-fPIC", "-lm"]);
        clang.arg(&kernel.source).arg("-o").arg(scratch.path(&format!("{}.so", kernel.name))).ok();
    }
    let folder = scratch.folder().to_owned();
    move |kernel| {
        folder.join(match (kernel.is_c(), kernel.together) {
            (true, _) => format!("{}.so", kernel.name),
            (false, true) => "host-barriers.so".to_owned(),
            (false, false) => "host.so".to_owned(),
        })
    }
}

/// Links `kernels` out of `modules` for a target into a container of this name, whatever comes of it.
pub fn link(
    scratch: &Scratch,
    modules: &[PathBuf],
    kernels: &[&Kernel],
    target: Target,
    name: &str,
) -> (Ran, PathBuf) {
    let container = scratch.path(&format!("{name}.offload"));
    let mut link = Run::new(device_link()).args(["link", "--target", target.link]);
    // [`rustc`] and [`BEFORE_PASSES`] keep barriers where they are.
    link = link.arg("--assume-convergent-source");
    if target.exact {
        link = link.arg("--vector-math=none");
    }
    for kernel in kernels {
        link = link.arg("--kernel").arg(&kernel.name);
    }
    (link.args(modules).arg("-o").arg(&container).run(), container)
}

/// The one image of a container, in a file of its own.
pub fn image(scratch: &Scratch, container: &Path, name: &str) -> PathBuf {
    let image = scratch.path(&format!("{name}.image"));
    Run::new(device_link()).arg("extract").arg(container).arg("-o").arg(&image).ok();
    image
}
