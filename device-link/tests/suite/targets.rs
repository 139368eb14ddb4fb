//! Images for GPUs, made by the real assembler, linker and validator, and what kernels may call there.

use crate::support::{device_link, llvm, printed, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A target: its triple, clang's flags for a module of its own, the processors that images are made for, and
/// the kernels of native.c that it has.
pub(crate) struct Gpu {
    pub(crate) name: &'static str,
    triple: &'static str,
    flags: &'static [&'static str],
    cpus: &'static [&'static str],
    kernels: &'static str,
}

pub(crate) const NVPTX64: Gpu = Gpu {
    name: "nvptx64",
    triple: "nvptx64-nvidia-cuda",
    flags: &["-march=sm_70", "-Xclang", "-target-feature", "-Xclang", "+ptx63"],
    cpus: &["sm_75", "sm_80", "sm_90", "sm_100", "sm_120"],
    kernels: "checked dynamic lanes reverse scale",
};
pub(crate) const AMDGCN: Gpu = Gpu {
    name: "amdgcn",
    triple: "amdgcn-amd-amdhsa",
    flags: &[],
    cpus: &["gfx906", "gfx90a", "gfx942", "gfx1030", "gfx1100", "gfx1201", "gfx908:sramecc+:xnack-"],
    kernels: "checked dynamic lanes reverse scale",
};
const SPIRV64: Gpu = Gpu {
    name: "spirv64",
    triple: "spirv64-unknown-unknown",
    flags: &[],
    cpus: &[""],
    kernels: "checked lanes reverse scale",
};

/// A folder for one test.
pub(crate) struct Shelf {
    folder: tempfile::TempDir,
    /// Whether ptxas is there. Without, PTX is as far as images for nvptx64 get.
    ptxas: bool,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let probe = folder.path().join("probe.offload");
        let mut command = device_link();
        command.args(["link", "names.ll", "--target", "nvptx64:sm_75", "-o"]).arg(&probe);
        let result = run(&mut command);
        let text = String::from_utf8_lossy(&result.stderr);
        let missing = text.contains("no ptxas was found");
        assert!(result.status.success() || missing, "{text}");
        Self { folder, ptxas: !missing }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Compiles a case for `gpu` itself.
    pub(crate) fn compile(&self, gpu: &Gpu, source: &str) -> PathBuf {
        let bitcode = self.file(&format!("{source}.{}.bc", gpu.name));
        let mut clang = llvm("clang");
        clang.arg(format!("--target={}", gpu.triple)).args(gpu.flags).args(["-O1", "-nogpulib"]);
        clang.args(["-ffreestanding", "-fconvergent-functions", "-emit-llvm", "-c", source, "-o"]);
        printed(clang.arg(&bitcode));
        bitcode
    }

    /// Compiles a case for the host with stock rustc.
    fn compile_rust(&self, source: &str) -> PathBuf {
        let bitcode = self.file(&format!("{source}.bc"));
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition=2024", "--crate-type=lib", "--emit=llvm-bc", "-O", source, "-o"]);
        printed(rustc.arg(&bitcode));
        bitcode
    }

    /// Links `inputs` for `targets`, and returns what `list` tells of the images.
    pub(crate) fn link(&self, inputs: &[&Path], targets: &[String], flags: &[&str]) -> Vec<String> {
        let container = self.file("dev.offload");
        let mut command = device_link();
        command.arg("link").args(inputs).args(flags).arg("-o").arg(&container);
        for target in targets {
            command.args(["--target", target]);
        }
        let without = !self.ptxas
            && !flags.contains(&"--emit=ptx")
            && targets.iter().any(|target| target.starts_with("nvptx64"));
        if without {
            command.arg("--emit=ptx");
        }
        printed(&mut command);
        if !without && !flags.contains(&"--emit=ptx") {
            printed(device_link().arg("verify").arg(&container));
        }
        let list = printed(device_link().arg("list").arg(&container));
        String::from_utf8(list).expect("text").lines().map(ToOwned::to_owned).collect()
    }
}

pub(crate) fn targets(gpu: &Gpu) -> Vec<String> {
    let target =
        |cpu: &&str| if cpu.is_empty() { gpu.name.to_owned() } else { format!("{}:{cpu}", gpu.name) };
    gpu.cpus.iter().map(target).collect()
}

/// The names of the kernels under each image of `list`.
fn kernels(list: &[String]) -> Vec<String> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    for line in list {
        match line.strip_prefix("  ") {
            None => found.push(Vec::new()),
            Some(kernel) => {
                let name = kernel.split('(').next().unwrap_or(kernel);
                found.last_mut().expect("an image stands before its kernels").push(name);
            }
        }
    }
    found.into_iter().map(|names| names.join(" ")).collect()
}

#[test]
fn every_function_of_the_runtime() {
    let shelf = Shelf::new();
    for gpu in [NVPTX64, AMDGCN, SPIRV64] {
        let module = shelf.compile(&gpu, "native.c");
        let targets = targets(&gpu);
        for flags in [&["-O2"][..], &["-O0", "--panic=record"], &["-O3", "--panic=record"]] {
            let list = shelf.link(&[&module], &targets, flags);
            assert_eq!(kernels(&list), vec![gpu.kernels; targets.len()], "{} {flags:?}", gpu.name);
        }
    }
}

#[test]
fn all_targets_at_once_in_the_order_asked_for() {
    let shelf = Shelf::new();
    let module = shelf.compile_rust("axpy.rs");
    let mut wanted = vec!["x86_64".to_owned()];
    for gpu in [AMDGCN, SPIRV64, NVPTX64] {
        wanted.extend(targets(&gpu));
    }
    let list = shelf.link(&[&module], &wanted, &[]);
    let images: Vec<_> = list.iter().filter(|line| line.starts_with("image")).collect();
    assert_eq!(images.len(), wanted.len());
    for (image, target) in images.iter().zip(&wanted) {
        let (name, cpu) = target.split_once(':').unwrap_or((target, ""));
        assert!(image.contains(name) && image.contains(cpu), "{image} is not for {target}");
    }
    assert_eq!(kernels(&list), vec!["axpy"; wanted.len()]);
    assert!(list.contains(&"  axpy(geometry, value, value, pointer, pointer)".to_owned()));
    let first = std::fs::read(shelf.file("dev.offload")).expect("written");
    shelf.link(&[&module], &wanted, &["--jobs=1"]);
    let second = std::fs::read(shelf.file("dev.offload")).expect("written");
    assert!(first == second, "the same inputs give the same bytes, whatever the number of jobs");
}

#[test]
fn modules_of_the_host_and_of_the_device_go_together() {
    let shelf = Shelf::new();
    let host = shelf.file("mixed.bc");
    printed(llvm("clang").args(["-O1", "-emit-llvm", "-c", "mixed.c", "-o"]).arg(&host));
    for gpu in [NVPTX64, AMDGCN, SPIRV64] {
        let device = shelf.compile(&gpu, "native_part.c");
        let list = shelf.link(&[&host, &device], &targets(&gpu)[..1], &[]);
        assert_eq!(kernels(&list), ["mixed"], "{}", gpu.name);
    }
}

#[test]
fn reports_are_exported_where_something_is_reported() {
    let shelf = Shelf::new();
    let module = shelf.compile(&AMDGCN, "native.c");
    for (flag, exported) in [("--panic=trap", false), ("--panic=record", true)] {
        shelf.link(&[&module], &["amdgcn:gfx90a".to_owned()], &[flag]);
        let image = shelf.file("image.so");
        printed(device_link().arg("extract").arg(shelf.file("dev.offload")).arg("-o").arg(&image));
        let names = printed(llvm("llvm-nm").args(["-D", "--defined-only", "-j"]).arg(&image));
        let names = String::from_utf8(names).expect("text");
        assert_eq!(names.contains("__outboard_reports"), exported, "{flag}: {names}");
        assert!(names.contains("checked.kd"), "{names}");
    }
}
