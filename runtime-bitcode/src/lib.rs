//! For build scripts of packages that use llvm-plugin: their programs are linked with its libLLVM, and the C of their
//! runtimes becomes bitcode by the clang of the same LLVM.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "cargo reads what build scripts print")]

use std::path::PathBuf;
use std::process::Command;

/// The folder of the sources in a package.
const SOURCES: &str = "runtime";

/// Flags for every source: as small as it comes, and nothing that tells where or by whom it was compiled.
const FLAGS: [&str; 9] =
    ["-std=gnu23", "-O2", "-Wall", "-Wextra", "-Werror", "-fno-ident", "-g0", "-emit-llvm", "-c"];

/// The LLVM that llvm-plugin's build script has found.
#[derive(Debug)]
pub struct Llvm {
    /// The folder of libLLVM.
    pub libdir: String,
    /// The folder of LLVM's programs.
    pub bindir: String,
}

impl Llvm {
    /// What cargo tells of it; where it doesn't, the build fails with a message.
    pub fn of_dependency() -> Option<Self> {
        println!("cargo::rerun-if-changed=build.rs");
        println!("cargo::rerun-if-changed={SOURCES}");
        let folder = |name: &str| std::env::var(name).ok();
        match (folder("DEP_OUTBOARD_LLVM_LIBDIR"), folder("DEP_OUTBOARD_LLVM_BINDIR")) {
            (Some(libdir), Some(bindir)) => Some(Self { libdir, bindir }),
            _ => {
                println!("cargo::error=llvm-plugin's build script did not say where libLLVM is");
                None
            }
        }
    }

    /// Links libLLVM into what cargo calls so: `link-arg`, or `link-arg-bin=PROGRAM`.
    pub fn link_into(&self, what: &str) {
        let libdir = &self.libdir;
        for argument in [&format!("-L{libdir}"), &format!("-Wl,-rpath,{libdir}"), "-lLLVM-22", "-lstdc++"] {
            println!("cargo::rustc-{what}={argument}");
        }
    }

    /// Compiles `source` of the package's runtime to `NAME.bc` in the folder of what the build makes; where that
    /// fails, the build does. Run in the sources' folder, so that bitcode names no path.
    pub fn compile(&self, source: &str, name: &str, flags: &[impl AsRef<std::ffi::OsStr>]) {
        let Some(out) = std::env::var_os("OUT_DIR").map(PathBuf::from) else { return };
        let clang = PathBuf::from(&self.bindir).join("clang");
        let mut command = Command::new(&clang);
        command.args(FLAGS).args(flags).arg(source).arg("-o").arg(out.join(format!("{name}.bc")));
        let text = match command.current_dir(SOURCES).output() {
            Ok(output) if output.status.success() => return,
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => format!("{}: {error}", clang.display()),
        };
        println!("cargo::error={source} can't be compiled: {}", text.replace('\n', " "));
    }
}
