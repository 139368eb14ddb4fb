//! The programs that hold the contestants of all cases, one for each level of the architecture that images are for.

use std::path::{Path, PathBuf};
use std::process::Command;

use bench::Turns;
use bench::builds::{Package, Profile, With};
use tests::{Run, Scratch, llvm};

/// What the kernels of a program are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// What every x86_64 machine is: what a program gets that asks for nothing.
    Baseline,
    /// With AVX2 and FMA.
    V3,
    /// Each of `x86-64`, `x86-64-v3` and `x86-64-v4`: the machine's best is chosen when it runs.
    Best,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Baseline => "x86-64 image",
            Self::V3 => "x86-64-v3 image",
            Self::Best => "image of all levels",
        }
    }

    fn link_option(self) -> &'static str {
        match self {
            Self::Baseline => "--outboard-device=x86_64:x86-64",
            Self::V3 => "--outboard-device=x86_64:x86-64-v3",
            Self::Best => "--outboard-device=x86_64:x86-64,x86-64-v3,x86-64-v4",
        }
    }
}

/// The programs.
pub(crate) struct Drivers {
    package: Package,
    profile: Profile,
    scratch: PathBuf,
}

impl Drivers {
    /// Compiles everything but the kernels.
    pub(crate) fn new(scratch: &Scratch, profile: Profile) -> Self {
        let native = native_library(scratch, profile);
        let c = c_library(scratch);
        let folders = [&native, &c].map(|library| library.parent().expect("a file's folder").to_owned());
        let flags = folders.iter().flat_map(|folder| {
            let folder = folder.display();
            [format!("-Lnative={folder}"), format!("-Clink-arg=-Wl,-rpath,{folder}")]
        });
        let sources = ["main.rs", "native.rs", "kernels/mod.rs"];
        let kernels = ["kernels/blocks.rs", "kernels/items.rs", "kernels/streams.rs"];
        let sources = [&sources[..], &kernels].concat();
        let package =
            Package::of_bench(scratch, "host_device", "programs/driver", &sources).with_flags(flags);
        Self { package, profile, scratch: scratch.folder().to_owned() }
    }

    /// The program whose kernels are for `level`.
    pub(crate) fn link(&mut self, level: Level) -> PathBuf {
        self.package.set_link_option(level.link_option());
        self.package.build(With::Outboard, self.profile, &[]);
        let kept = self.scratch.join(format!("driver.{level:?}"));
        let made = self.package.made(With::Outboard, self.profile, "driver");
        let copied = std::fs::copy(&made, &kept);
        copied.unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
        kept
    }
}

/// Starts a case.
pub(crate) fn start(driver: &Path, case: &str, elements: usize, threads: usize) -> Turns {
    let mut command = Command::new(driver);
    command.args([case, &elements.to_string()]);
    for variable in ["OMP_NUM_THREADS", "RAYON_NUM_THREADS"] {
        command.env(variable, threads.to_string());
    }
    Turns::start_command(command)
}

fn native_library(scratch: &Scratch, profile: Profile) -> PathBuf {
    let sources = ["lib.rs", "parallel.rs", "serial.rs"];
    let package = Package::of_bench(scratch, "host_device", "programs/native", &sources)
        .with_flags(["-Ctarget-cpu=native".to_owned()]);
    package.build(With::Nothing, profile, &[]);
    package.made(With::Nothing, profile, "libnative_contestants.so")
}

/// Without contraction, so that all contestants do the same arithmetic, as Rust has it.
fn c_library(scratch: &Scratch) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/host_device/programs");
    let library = scratch.path("libc_contestants.so");
    let lib_dir = llvm().lib_dir();
    Run::new(llvm().tool("clang"))
        .args(["-O3", "-march=native", "-ffp-contract=off", "-fopenmp", "-fPIC", "-shared", "-o"])
        .arg(&library)
        .args(["openmp.c", "fission.c"].map(|source| folder.join(source)))
        .arg(format!("-L{0}", lib_dir.display()))
        .arg(format!("-Wl,-rpath,{0}", lib_dir.display()))
        .arg("-lm")
        .ok();
    library
}
