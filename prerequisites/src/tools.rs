//! Where the tools are: LLVM 22.1 and the rustc toolchains whose LLVM is 22.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The LLVM that the project is built for: the start of every version string that will do.
pub const LLVM_VERSION: &str = "22.1";

/// The variable that says where LLVM is. It is llvm-sys's, so that one variable points the build there too.
pub const PREFIX_VARIABLE: &str = "LLVM_SYS_221_PREFIX";

/// Where Debian's packages put LLVM 22.
pub const DEBIAN_PREFIX: &str = "/usr/lib/llvm-22";

/// `llvm-config` as Debian's packages put it on the PATH.
pub const LLVM_CONFIG: &str = "llvm-config-22";

/// The nightly toolchains that the tests try, best first: the first is the last one whose LLVM is 22.
pub const NIGHTLIES: [&str; 2] = ["nightly-2026-05-20", "nightly"];

/// An LLVM 22.1 installation.
#[derive(Debug, Clone)]
pub struct Llvm {
    prefix: PathBuf,
    version: String,
}

impl Llvm {
    /// The LLVM that `LLVM_SYS_221_PREFIX` names, else Debian's, else the one of `llvm-config-22` on the PATH.
    ///
    /// A set variable is the user's word: nothing else is looked at then.
    pub fn find() -> Result<Self, LlvmNotFound> {
        if let Some(prefix) = env::var_os(PREFIX_VARIABLE) {
            let place = format!("{PREFIX_VARIABLE}={}", prefix.display());
            return Self::at(Path::new(&prefix)).map_err(|why| LlvmNotFound(vec![(place, why)]));
        }
        let mut tried = vec![(PREFIX_VARIABLE.to_owned(), "not set".to_owned())];
        match Self::at(Path::new(DEBIAN_PREFIX)) {
            Ok(llvm) => return Ok(llvm),
            Err(why) => tried.push((DEBIAN_PREFIX.to_owned(), why)),
        }
        let on_path = output(LLVM_CONFIG, &["--prefix"])
            .ok_or_else(|| "not there".to_owned())
            .and_then(|prefix| Self::at(Path::new(&prefix)));
        on_path.map_err(|why| {
            tried.push((format!("{LLVM_CONFIG} on the PATH"), why));
            LlvmNotFound(tried)
        })
    }

    /// The installation under `prefix`, or why there is none.
    fn at(prefix: &Path) -> Result<Self, String> {
        let config = prefix.join("bin/llvm-config");
        if !config.exists() {
            return Err("no bin/llvm-config there".into());
        }
        let version = output(&config, &["--version"]).ok_or("bin/llvm-config does not run")?;
        if version.starts_with(LLVM_VERSION) {
            Ok(Self { prefix: prefix.to_owned(), version })
        } else {
            Err(format!("LLVM {version} there, {LLVM_VERSION} wanted"))
        }
    }

    /// The folder that holds `bin`, `lib` and `include`.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// The full version, such as `22.1.8`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The program of this name without Debian's suffix: `opt`, `clang`, `ld.lld`, `FileCheck`, `lit`.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.prefix.join("bin").join(name)
    }

    /// The folder of libLLVM, libomptarget and libomp.
    pub fn lib_dir(&self) -> PathBuf {
        self.prefix.join("lib")
    }

    /// LLVM's test runner: under the prefix, or on the PATH, for LLVM's own build does not install it.
    pub fn lit(&self) -> Option<PathBuf> {
        let own = self.tool("lit");
        if own.exists() { Some(own) } else { ["lit-22", "lit", "llvm-lit"].into_iter().find_map(on_path) }
    }

    /// The parts that the project uses and that this installation lacks.
    pub fn missing_parts(&self) -> Vec<&'static str> {
        let lit = self.lit().is_none().then_some("lit");
        PARTS.into_iter().filter(|part| !self.prefix.join(part).exists()).chain(lit).collect()
    }
}

/// What the project uses of an LLVM installation: one file for each of Debian's packages, and some more.
const PARTS: [&str; 10] = [
    "bin/opt",
    "bin/llc",
    "bin/clang",
    "bin/ld.lld",
    "bin/FileCheck",
    "bin/llvm-offload-binary",
    "include/llvm-c/Core.h",
    "lib/libLLVM.so",
    "lib/libomptarget.so",
    "lib/libomp.so",
];

/// No LLVM 22.1: every place that was looked at, and what was found there.
#[derive(Debug)]
pub struct LlvmNotFound(pub Vec<(String, String)>);

impl std::error::Error for LlvmNotFound {}

impl fmt::Display for LlvmNotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no LLVM {LLVM_VERSION} found; looked at")?;
        for (place, why) in &self.0 {
            write!(f, "\n  {place}: {why}")?;
        }
        write!(
            f,
            "\nhelp: `cargo xtask setup` installs it on Debian; elsewhere set {PREFIX_VARIABLE} to the folder \
             that holds LLVM's bin and lib"
        )
    }
}

/// A rustc whose LLVM is 22, so that the plugin loads into it.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// rustup's name for it.
    pub name: String,
    /// The program itself, not rustup's proxy: the proxy costs as much time as a small compilation.
    pub rustc: PathBuf,
    /// rustc's version, such as `1.95.0`.
    pub release: String,
    /// Its LLVM, such as `22.1.2`.
    pub llvm: String,
}

impl Toolchain {
    /// The toolchain that the workspace at `root` is built with.
    pub fn of_workspace(root: &Path) -> Result<Self, String> {
        let mut command = Command::new("rustc");
        command.current_dir(root);
        Self::ask(command, "stable")
    }

    /// The first of [`NIGHTLIES`] that is installed and has LLVM 22, or why there is none.
    pub fn nightly() -> Result<Self, String> {
        let mut reasons = Vec::new();
        for name in NIGHTLIES {
            let mut command = Command::new("rustup");
            // An unknown name must be an answer, not a download.
            command.args(["run", name, "rustc"]).env("RUSTUP_AUTO_INSTALL", "0");
            match Self::ask(command, name) {
                Ok(found) if found.llvm.starts_with("22.") => return Ok(found),
                Ok(found) => reasons.push(format!("{name} has LLVM {}", found.llvm)),
                Err(why) => reasons.push(why),
            }
        }
        Err(format!("no nightly with LLVM 22: {}", reasons.join("; ")))
    }

    fn ask(mut rustc: Command, name: &str) -> Result<Self, String> {
        let answer = rustc.arg("--print=sysroot").output().map_err(|error| format!("{name}: {error}"))?;
        if !answer.status.success() {
            return Err(format!("{name} is not installed"));
        }
        let sysroot = String::from_utf8_lossy(&answer.stdout);
        let rustc = Path::new(sysroot.trim()).join("bin/rustc");
        let text = output(&rustc, &["-vV"]).ok_or_else(|| format!("{name}: rustc -vV does not run"))?;
        let field = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        match (field("release:"), field("LLVM version:")) {
            (Some(release), Some(llvm)) => {
                Ok(Self { name: name.to_owned(), release: release.to_owned(), llvm: llvm.to_owned(), rustc })
            }
            _ => Err(format!("{name}: rustc -vV names no LLVM version")),
        }
    }
}

/// What a program prints, trimmed; `None` when it isn't there or fails.
pub fn output(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program of this name is on the PATH.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|program| program.is_file())
}
