//! The contestants, each as a shared object with its image inside, and the driver that is linked with them.

use std::path::{Path, PathBuf};

use tests::{Run, Scratch, device_link, llvm, plugin, stable};

/// Builds everything into `scratch`; gives the driver.
pub fn build_driver(scratch: &Scratch) -> PathBuf {
    let ours = rust_library(scratch, "ours", "offload-host", &ours_images(scratch), &["-Copt-level=3"]);
    let options = ["-Copt-level=3", "-Zunstable-options", "-Zoffload=Test", "-Clto=fat"];
    let builtin = rust_library(scratch, "builtin", "offload-embed", &builtin_images(scratch), &options);
    let openmp = openmp_library(scratch);
    let driver = scratch.path("driver");
    let lib_dir = llvm().lib_dir();
    clang()
        .args(["-O2", "-o"])
        .arg(&driver)
        .arg(source("driver.c"))
        .args([ours, builtin, openmp])
        .arg(format!("-Wl,-rpath,{},-rpath,{}", scratch.folder().display(), lib_dir.display()))
        .ok();
    driver
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/launch_contestants/programs").join(name)
}

fn clang() -> Run {
    Run::new(llvm().tool("clang"))
}

fn kernels(scratch: &Scratch, kind: &str, option: &str) -> PathBuf {
    let bitcode = scratch.path(&format!("{kind}.bc"));
    clang()
        .args(["-O2", "-fPIC", "-c", "-emit-llvm", option, "-o"])
        .arg(&bitcode)
        .arg(source("kernels.c"))
        .ok();
    bitcode
}

fn link(scratch: &Scratch, kind: &str, bitcode: &Path, option: &str) -> PathBuf {
    let container = scratch.path(&format!("{kind}.offload"));
    // A kernel without arguments counts its calls in a variable of the image's own.
    let mut run = Run::new(device_link()).args(["link", "--allow-mutable-statics", "-o"]).arg(&container);
    for arguments in [0, 1, 4, 16] {
        run = run.arg(option).arg(format!("{kind}_{arguments}"));
    }
    run.arg(bitcode).ok();
    container
}

fn ours_images(scratch: &Scratch) -> PathBuf {
    link(scratch, "ours", &kernels(scratch, "ours", "-DOURS"), "--kernel")
}

fn builtin_images(scratch: &Scratch) -> PathBuf {
    link(scratch, "builtin", &kernels(scratch, "builtin", "-UOURS"), "--entry")
}

fn rust_library(scratch: &Scratch, kind: &str, pass: &str, images: &Path, options: &[&str]) -> PathBuf {
    let library = scratch.path(&format!("lib{kind}.so"));
    Run::new(&stable().rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["--edition=2024", "--crate-type=cdylib"])
        .args(options)
        .arg(format!("-Zllvm-plugins={}", plugin().display()))
        .arg(format!("-Cpasses={pass}<images={}>", images.display()))
        .arg(format!("-Lnative={}", llvm().lib_dir().display()))
        .args(["-lomptarget", "-lomp", "-o"])
        .arg(&library)
        .arg(source(&format!("{kind}.rs")))
        .ok();
    library
}

/// clang's own way with images embedded by `offload-embed`, so that one process can hold all contestants.
fn openmp_library(scratch: &Scratch) -> PathBuf {
    let openmp = || clang().args(["-O3", "-fPIC", "-fopenmp", "-fopenmp-targets=x86_64-unknown-linux-gnu"]);
    let [device, image, container, host, library] =
        ["device.o", "device.so", "openmp.offload", "host.o", "libopenmp.so"].map(|name| scratch.path(name));
    openmp().args(["--offload-device-only", "-c", "-o"]).arg(&device).arg(source("openmp.c")).ok();
    clang().args(["-shared", "-fuse-ld=lld", "-o"]).arg(&image).arg(device).ok();
    let packed = format!("--image=file={},triple=x86_64-unknown-linux-gnu,kind=openmp", image.display());
    Run::new(device_link()).args(["pack", &packed, "-o"]).arg(&container).ok();
    openmp()
        .env("OUTBOARD_PASSES", format!("offload-embed<images={}>", container.display()))
        .arg(format!("-fpass-plugin={}", plugin().display()))
        .args(["--offload-host-only", "-c", "-o"])
        .arg(&host)
        .arg(source("openmp.c"))
        .ok();
    clang()
        .args(["-shared", "-fuse-ld=lld", "-o"])
        .arg(&library)
        .arg(host)
        .arg(format!("-L{}", llvm().lib_dir().display()))
        .args(["-lomptarget", "-lomp"])
        .ok();
    library
}

#[cfg(test)]
mod contestants {
    use super::build_driver;
    use tests::Scratch;

    /// Nothing but the bench links its kernels: a change of device-link or the pass must not break it unseen.
    #[test]
    fn build() {
        let scratch = Scratch::new();
        assert!(build_driver(&scratch).exists());
    }
}
