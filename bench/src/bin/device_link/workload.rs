//! The workload: units of ten kernels each, as host bitcode for device-link and as objects with embedded device
//! bitcode for clang-linker-wrapper.

use std::path::{Path, PathBuf};

use tests::{Run, Scratch, llvm, workspace};

/// The images: `device-link --target`, and the triple and processor of clang's.
pub(crate) const TARGETS: [(&str, &str, &str); 3] = [
    ("amdgcn:gfx90a", "amdgcn-amd-amdhsa", "gfx90a"),
    ("amdgcn:gfx942", "amdgcn-amd-amdhsa", "gfx942"),
    ("x86_64", "x86_64-unknown-linux-gnu", ""),
];

/// The files of some units.
pub(crate) struct Workload {
    /// For device-link.
    pub(crate) bitcode: Vec<PathBuf>,
    /// For clang-linker-wrapper.
    pub(crate) objects: Vec<PathBuf>,
}

impl Workload {
    /// Compiles `count` units, on two threads at a time.
    pub(crate) fn new(scratch: &Scratch, count: usize) -> Self {
        let host = scratch.write("host.c", "");
        std::fs::create_dir_all(scratch.path(&format!("{count}")))
            .expect("the scratch folder can be written");
        let unit = |at: usize| {
            let folder = scratch.path(&format!("{count}"));
            let bitcode = compile(&folder, count, at, 0, "ours", &["-DOURS"]);
            (bitcode, embed(&folder, &host, count, at))
        };
        let half = count / 2;
        let (first, second) = std::thread::scope(|scope| {
            let second = scope.spawn(|| (half..count).map(unit).collect::<Vec<_>>());
            let first: Vec<_> = (0..half).map(unit).collect();
            (first, second.join().expect("clang works on one thread, then on two"))
        });
        let (bitcode, objects) = first.into_iter().chain(second).unzip();
        Self { bitcode, objects }
    }

    /// The same with another unit 0, the `change`th version of it.
    pub(crate) fn changed(&self, scratch: &Scratch, change: usize) -> Vec<PathBuf> {
        let count = self.bitcode.len();
        let folder = scratch.path(&format!("{count}"));
        let mut bitcode = self.bitcode.clone();
        bitcode[0] = compile(&folder, count, 0, change, &format!("changed{change}"), &["-DOURS"]);
        bitcode
    }
}

/// Compiles a unit to bitcode.
fn compile(folder: &Path, count: usize, at: usize, change: usize, suffix: &str, flags: &[&str]) -> PathBuf {
    let source = workspace().join("bench/src/bin/device_link/programs/unit.c");
    let output = folder.join(format!("{at}.{suffix}.bc"));
    let numbers =
        [format!("-DUNIT={at}"), format!("-DNEXT={}", (at + 1) % count), format!("-DCHANGE={change}")];
    let clang = Run::new(llvm().tool("clang")).args(["-O2", "-c", "-emit-llvm"]).args(flags).args(numbers);
    clang.arg(source).arg("-o").arg(&output).ok();
    output
}

/// Compiles a unit for every target, and embeds the modules in a host object as clang does.
fn embed(folder: &Path, host: &Path, count: usize, at: usize) -> PathBuf {
    let container = folder.join(format!("{at}.offload"));
    let mut pack = Run::new(llvm().tool("llvm-offload-binary")).arg("-o").arg(&container);
    for (index, (_, triple, cpu)) in TARGETS.iter().enumerate() {
        let target = format!("--target={triple}");
        let mut flags = vec![target.as_str(), "-fPIC", "-nogpulib"];
        let processor = format!("-mcpu={cpu}");
        if !cpu.is_empty() {
            flags.push(&processor);
        }
        let module = compile(folder, count, at, 0, &index.to_string(), &flags);
        pack = pack.arg(format!("--image=file={},triple={triple},arch={cpu},kind=openmp", module.display()));
    }
    pack.ok();
    let object = folder.join(format!("{at}.o"));
    let clang = Run::new(llvm().tool("clang")).args(["-c", "-Xclang"]);
    let clang = clang.arg(format!("-fembed-offload-object={}", container.display()));
    clang.arg(host).arg("-o").arg(&object).ok();
    object
}
