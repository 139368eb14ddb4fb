//! A project of a user's, with the crate outboard: copied, and built by `cargo outboard`.

use crate::workspace::target;
use crate::{Run, Scratch, cargo_outboard, stable, workspace};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use xtask::tools::Toolchain;

/// A copy of the project.
#[derive(Debug)]
pub struct Project {
    /// The folder around it.
    pub scratch: Scratch,
    /// All builds share a target folder; one at a time uses it.
    _turn: Option<MutexGuard<'static, ()>>,
}

static TURN: Mutex<()> = Mutex::new(());

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

impl Project {
    /// The project of `tests/cases/cargo_outboard`.
    pub fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Self::copy("app", Some(turn))
    }

    /// Another one, whose program has another name, built into the same target folder at the same time.
    pub fn beside(_first: &Self, name: &str) -> Self {
        Self::copy(name, None)
    }

    fn copy(name: &str, turn: Option<MutexGuard<'static, ()>>) -> Self {
        let project = Self { scratch: Scratch::new(), _turn: turn };
        for file in ["Cargo.toml", "build.rs", "src/lib.rs", "src/main.rs"] {
            let text = std::fs::read_to_string(workspace().join("tests/cases/cargo_outboard").join(file));
            let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
            let outboard = workspace().join("outboard");
            project
                .scratch
                .write(&format!("app/{file}"), text.replace("OUTBOARD", &outboard.display().to_string()));
        }
        // The versions that the workspace is built with: they are there.
        let lock = std::fs::read(workspace().join("Cargo.lock")).expect("the workspace's lock file");
        project.scratch.write("app/Cargo.lock", lock);
        if name != "app" {
            let library = "\n[lib]\nname = \"app\"\n";
            let manifest = std::fs::read_to_string(project.path("Cargo.toml")).expect("just written");
            let manifest = manifest.replace("name = \"app\"", &format!("name = {name:?}"));
            project.scratch.write("app/Cargo.toml", manifest + library);
        }
        project
    }

    /// A file of the project.
    pub fn path(&self, file: &str) -> PathBuf {
        self.scratch.path("app").join(file)
    }

    /// Adds text to a file of the project.
    pub fn append(&self, file: &str, text: &str) {
        let old = std::fs::read_to_string(self.path(file)).unwrap_or_default();
        self.scratch.write(&format!("app/{file}"), old + text);
    }

    /// The command, as cargo runs it.
    pub fn outboard(&self, arguments: &[&str]) -> Run {
        self.outboard_of(stable(), arguments)
    }

    /// The same with another toolchain.
    pub fn outboard_of(&self, toolchain: &Toolchain, arguments: &[&str]) -> Run {
        let cargo = toolchain.rustc.with_file_name("cargo");
        self.environment(Run::new(&cargo), toolchain).arg("outboard").args(arguments)
    }

    /// Another program that runs the command, as `"$CARGO" outboard`.
    pub fn outboard_under(&self, program: &str, arguments: &[&str]) -> Run {
        let cargo = stable().rustc.with_file_name("cargo");
        self.environment(Run::new(program), stable()).env("CARGO", cargo).args(arguments)
    }

    fn environment(&self, run: Run, toolchain: &Toolchain) -> Run {
        run.path_first(cargo_outboard().parent().expect("it is in a folder"))
            .env("RUSTC", &toolchain.rustc)
            .env("OUTBOARD_HOME", target().join("tmp/cargo_outboard_home"))
            .env("CARGO_TARGET_DIR", target().join("tmp/cargo_outboard"))
            .env("CARGO_NET_OFFLINE", "true")
            // Places in errors are of debug info.
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
            .env("OMP_TARGET_OFFLOAD", "MANDATORY")
            .dir(self.scratch.path("app"))
    }

    /// A message, with what differs between runs replaced.
    pub fn normal(&self, text: &str) -> String {
        let text = text.replace(&self.scratch.folder().display().to_string(), "$DIR");
        let text = text.replace(&target().join("tmp").display().to_string(), "$TARGET");
        let tools = cargo_outboard().parent().expect("it is in a folder");
        text.replace(&tools.display().to_string(), "$TOOLS")
    }

    /// What the command says where it can't do its work.
    #[track_caller]
    pub fn refused(&self, run: Run) -> String {
        self.normal(&run.fails().stderr)
    }
}
