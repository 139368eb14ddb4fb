//! Container files for tests, made in the two ways that there are: an image with entries of its own, packed by
//! LLVM's tool, and kernels that device-link makes entries for.

use std::path::{Path, PathBuf};

use crate::{Run, Scratch, device_link, llvm, workspace};

/// The target of libomptarget's host device.
pub const HOST_TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// A file of tests/cases/run: programs that launch, and their kernels.
pub fn case(name: &str) -> PathBuf {
    workspace().join("tests/cases/run").join(name)
}

/// The container of the programs in tests/cases/run.
pub fn kernels(scratch: &Scratch) -> PathBuf {
    packed(scratch, "dev", &case("kernels.c"))
}

/// Compiles C entries to `NAME.so` and packs them with llvm-offload-binary as `NAME.offload`.
pub fn packed(scratch: &Scratch, name: &str, source: &Path) -> PathBuf {
    let (image, container) = (scratch.path(&format!("{name}.so")), scratch.path(&format!("{name}.offload")));
    let clang = Run::new(llvm().tool("clang")).args(["-O2", "-shared", "-fPIC", "-o"]);
    clang.arg(&image).arg(source).ok();
    let parts = format!("--image=file={},triple={HOST_TRIPLE},arch=,kind=openmp", image.display());
    Run::new(llvm().tool("llvm-offload-binary")).arg("-o").arg(&container).arg(parts).ok();
    container
}

/// Links device code to `NAME.offload` with device-link. Some kernels count in variables of the image's own.
pub fn linked(scratch: &Scratch, name: &str, inputs: &[PathBuf]) -> PathBuf {
    let container = scratch.path(&format!("{name}.offload"));
    Run::new(device_link())
        .args(["link", "--allow-mutable-statics"])
        .args(inputs)
        .arg("-o")
        .arg(&container)
        .ok();
    container
}
