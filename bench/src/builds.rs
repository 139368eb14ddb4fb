//! cargo with the plugin and the linker step and without, each with folders of its own.

use std::path::{Path, PathBuf};

use tests::{Run, Scratch, outboard_link, plugin, stable, workspace};

/// What is built for: so that flags are not for build scripts.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Clock ticks a second in /proc. Source: `USER_HZ`, proc(5) of Linux.
const TICKS: f64 = 100.0;

/// With the plugin and the linker step, or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// With them.
    Outboard,
    /// Without.
    Nothing,
}

impl With {
    /// Both, with first.
    pub const BOTH: [Self; 2] = [Self::Outboard, Self::Nothing];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Outboard => "outboard",
            Self::Nothing => "nothing",
        }
    }
}

/// How it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// cargo's `dev`.
    Dev,
    /// cargo's `release`.
    Release,
}

impl Profile {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Dev, Self::Release];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// A package that is built both ways.
#[derive(Debug)]
pub struct Package {
    manifest: PathBuf,
    targets: PathBuf,
    flags: Vec<String>,
    link_options: Option<String>,
}

impl Package {
    fn new(manifest: PathBuf, targets: PathBuf) -> Self {
        Self { manifest, targets, flags: Vec::new(), link_options: None }
    }

    /// One of the workspace's.
    pub fn of_workspace(scratch: &Scratch, folder: &str) -> Self {
        Self::new(workspace().join(folder).join("Cargo.toml"), scratch.path("targets"))
    }

    /// One of a bench's own, copied, with the workspace's lock file: what it needs is there.
    ///
    /// # Panics
    ///
    /// When a file of it cannot be read.
    pub fn of_bench(scratch: &Scratch, bench: &str, name: &str, sources: &[&str]) -> Self {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin").join(bench).join(name);
        let read = |file: &str| {
            let path = from.join(file);
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let outboard = workspace().join("outboard");
        let manifest = read("Cargo.toml.txt").replace("OUTBOARD", &outboard.display().to_string());
        let manifest = scratch.write(&format!("{name}/Cargo.toml"), manifest);
        for source in sources {
            scratch.write(&format!("{name}/src/{source}"), read(&format!("src/{source}")));
        }
        if sources.is_empty() {
            scratch.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
        }
        let lock = std::fs::read(workspace().join("Cargo.lock")).expect("the workspace's lock file");
        scratch.write(&format!("{name}/Cargo.lock"), lock);
        Self::new(manifest, scratch.path(&format!("{name}/targets")))
    }

    /// With more flags for rustc.
    #[must_use]
    pub fn with_flags(mut self, flags: impl IntoIterator<Item = String>) -> Self {
        self.flags.extend(flags);
        self
    }

    /// With an option for outboard-link: another one has the programs linked again, and nothing compiled.
    pub fn set_link_option(&mut self, option: &str) {
        self.link_options = Some(option.to_owned());
    }

    /// The target folder.
    pub fn target(&self, with: With) -> PathBuf {
        self.targets.join(with.name())
    }

    /// What a build has made.
    pub fn made(&self, with: With, profile: Profile, name: &str) -> PathBuf {
        self.target(with).join(TARGET).join(profile.folder()).join(name)
    }

    /// Forgets what was built, images too.
    pub fn clean(&self, with: With) {
        drop(std::fs::remove_dir_all(self.target(with)));
    }

    /// Builds; `more` are arguments of cargo's.
    pub fn build(&self, with: With, profile: Profile, more: &[&str]) {
        let key = format!("target.{TARGET}");
        let mut flags = self.flags.clone();
        let mut run = Run::new(stable().rustc.with_file_name("cargo"))
            .env("RUSTC", &stable().rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", self.target(with))
            .env("CARGO_NET_OFFLINE", "true")
            .args(["build", "--quiet", "--target", TARGET, "--profile", profile.name(), "--manifest-path"])
            .arg(&self.manifest);
        if let Some(options) = &self.link_options {
            run = run.env("OUTBOARD_LINK_OPTIONS", options);
        }
        if with == With::Outboard {
            flags.extend([
                format!("-Zllvm-plugins={}", plugin().display()),
                "-Cpasses=offload-records".into(),
            ]);
            let convergent = "-Clink-arg=--outboard-assume-convergent-source";
            flags.extend(
                ["-Zmir-enable-passes=-JumpThreading", convergent, "--cfg=outboard"].map(str::to_owned),
            );
            run = run.args(["--config", &format!("{key}.linker={:?}", outboard_link())]);
        }
        run.args(["--config", &format!("{key}.rustflags={flags:?}")]).args(more).ok();
    }

    /// The libraries that a build has made.
    ///
    /// # Panics
    ///
    /// When there is no build.
    pub fn libraries(&self, with: With, profile: Profile) -> Vec<PathBuf> {
        let folder = self.made(with, profile, "deps");
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut libraries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        libraries.retain(|path| path.extension().is_some_and(|extension| extension == "rlib"));
        libraries.sort();
        libraries
    }
}

/// The user time of `work` in seconds: that of the programs that it waits for, and of those that they wait for.
///
/// # Panics
///
/// Where there is no /proc.
pub fn user_time(work: impl FnOnce()) -> f64 {
    let before = user_time_of_children();
    work();
    user_time_of_children() - before
}

fn user_time_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("there on Linux");
    // `cutime` is field 16; the first two, of which the second may hold anything, end with a parenthesis. Source:
    // proc(5) of Linux.
    const FIELDS_BEFORE: usize = 13;
    let mut fields = stat.rsplit(')').next().expect("a part that split gives").split_whitespace();
    let ticks = fields.nth(FIELDS_BEFORE).and_then(|field| field.parse::<f64>().ok());
    ticks.expect("a number") / TICKS
}

/// The bytes of `files`.
///
/// # Panics
///
/// When one is not there.
pub fn bytes(files: &[PathBuf]) -> f64 {
    let size = |file: &PathBuf| std::fs::metadata(file).expect("just built").len() as f64;
    files.iter().map(size).sum()
}
