//! rustc's own nvptx64 target, whose core no toolchain here brings: core built from source, and what
//! llvm-bitcode-linker does (link what is needed, optimize, generate code) done with LLVM's tools.

use std::path::{Path, PathBuf};

use tests::workspace::target;
use tests::{Run, Scratch, llvm, workspace};

/// What to compile for.
pub(crate) const CPU: &str = "sm_80";

/// Debian's rustc with its library's source: the one whose LLVM is ours.
const PACKAGES: [&str; 4] = ["rustc-web", "rust-web-src", "libstd-rust-web-dev", "libstd-rust-web-1.96"];

/// A compiler and core.
pub(crate) struct Native {
    root: PathBuf,
    core: PathBuf,
}

/// Where they are kept from one run to the next.
fn folder() -> PathBuf {
    target().join("native-rustc")
}

impl Native {
    /// Downloads the packages and builds core, unless an earlier run did.
    pub(crate) fn new() -> Self {
        Self::built().unwrap_or_else(|| {
            let native = Self::at(&folder());
            std::fs::create_dir_all(&native.core).expect("the target folder can be written");
            native.unpack(&folder());
            native.build_core();
            native
        })
    }

    /// What an earlier run built.
    pub(crate) fn built() -> Option<Self> {
        let native = Self::at(&folder());
        native.core.join("lib.rmeta").exists().then_some(native)
    }

    fn at(folder: &Path) -> Self {
        Self { root: folder.join("root"), core: folder.join("core") }
    }

    fn unpack(&self, folder: &Path) {
        Run::new("apt-get").args(["download", "-q"]).args(PACKAGES).dir(folder).ok();
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
            if path.extension().is_some_and(|extension| extension == "deb") {
                Run::new("dpkg").arg("-x").arg(path).arg(&self.root).ok();
            }
        }
    }

    fn build_core(&self) {
        let sources = std::fs::read_dir(self.root.join("usr/src")).expect("rust-web-src has sources");
        let source = sources.map(|entry| entry.expect("it can be read").path()).next().expect("one folder");
        let library = self.core.join("libcore.rlib");
        let rustc =
            self.rustc().args(["--crate-name=core", "--crate-type=rlib", "-Zforce-unstable-if-unmarked"]);
        rustc.arg(source.join("library/core/src/lib.rs")).arg("-o").arg(&library).ok();
        let builtins = self.core.join("compiler_builtins.rs");
        let text = "#![no_std]\n#![feature(compiler_builtins)]\n#![compiler_builtins]\n";
        std::fs::write(&builtins, text).expect("the folder can be written");
        let rustc = self.rustc().args(["--crate-name=compiler_builtins", "--crate-type=rlib", "-L"]);
        rustc.arg(&self.core).arg(builtins).arg("-o").arg(self.core.join("libcompiler_builtins.rlib")).ok();
        Run::new(llvm().tool("llvm-ar")).arg("x").arg(&library).dir(&self.core).ok();
    }

    /// A panic ends the kernel and nothing else: the least that a compiler can do.
    fn rustc(&self) -> Run {
        let libraries = self.root.join("usr/lib/x86_64-linux-gnu");
        Run::new(self.root.join("usr/bin/rustc"))
            .env("LD_LIBRARY_PATH", libraries)
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["--edition=2024", "--target=nvptx64-nvidia-cuda", "-Copt-level=3", "-Awarnings"])
            .args(["-Cpanic=immediate-abort", "-Zunstable-options"])
            .arg(format!("-Ctarget-cpu={CPU}"))
    }

    /// The PTX of one kernel of the suite.
    pub(crate) fn compile(&self, scratch: &Scratch, name: &str, source: &Path) -> PathBuf {
        let text = std::fs::read_to_string(source).expect("the suite can be read");
        let kernel = scratch.write(
            &format!("native/{name}.rs"),
            text.replace("pub extern \"C\" fn", "pub extern \"ptx-kernel\" fn"),
        );
        let device = workspace().join("bench/src/bin/code_size/programs/native.rs");
        let root = format!(
            "#![no_std]\n#![feature(abi_ptx, stdarch_nvptx)]\n#[path = {device:?}]\nmod device;\n\
             #[path = {kernel:?}]\npub mod kernel;\n#[panic_handler]\n\
             fn panic(_: &core::panic::PanicInfo<'_>) -> ! {{\n    unsafe {{ core::arch::nvptx::trap() }}\n}}\n"
        );
        let root = scratch.write(&format!("native/{name}_crate.rs"), root);
        let at = |suffix: &str| scratch.path(&format!("native/{name}.{suffix}"));
        let flags = ["--crate-type=lib", "--crate-name=native", "-Ccodegen-units=1", "--emit=llvm-bc", "-L"];
        self.rustc().args(flags).arg(&self.core).arg(root).arg("-o").arg(at("bc")).ok();
        let members =
            std::fs::read_dir(&self.core).expect("core is built").map(|entry| entry.expect("read").path());
        let members: Vec<_> =
            members.filter(|path| path.extension().is_some_and(|extension| extension == "o")).collect();
        let link = Run::new(llvm().tool("llvm-link")).arg(at("bc")).arg("--only-needed");
        link.args(members).arg("-o").arg(at("linked.bc")).ok();
        let opt = Run::new(llvm().tool("opt")).arg("-passes=internalize,globaldce,default<O3>");
        let opt = opt.arg(format!("--internalize-public-api-list={name}"));
        opt.arg(at("linked.bc")).arg("-o").arg(at("optimized.bc")).ok();
        let llc = Run::new(llvm().tool("llc")).args(["-O3", &format!("-mcpu={CPU}")]);
        llc.arg(at("optimized.bc")).arg("-o").arg(at("ptx")).ok();
        at("ptx")
    }
}
