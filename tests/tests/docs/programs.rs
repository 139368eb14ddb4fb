//! The programs of the book: blocks `rust bin=NAME` are `src/bin/NAME.rs` of one project, which `console project`
//! blocks run. Each gives the same results on a device as without the plugin.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tests::{Run, Scratch, stable, workspace};

use crate::blocks::{Block, find_blocks};
use crate::shell::{TARGET, shell};

/// What a document says of a program.
#[derive(Debug)]
struct Program {
    document: String,
    name: String,
    /// Built without the plugin alone: what has nothing for a device, or nothing for the one that is here.
    plain: bool,
}

/// The project, with the programs of all documents in it, built.
#[derive(Debug)]
pub(crate) struct Project {
    scratch: Scratch,
    programs: Vec<Program>,
}

const PROGRAM: &str = "[package]\nname = \"first\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

impl Project {
    /// Made once, of the documents given first.
    pub(crate) fn of(documents: &[String]) -> &'static Self {
        static PROJECT: OnceLock<Project> = OnceLock::new();
        PROJECT.get_or_init(|| Self::make(documents))
    }

    fn make(documents: &[String]) -> Self {
        let mut project = Self { scratch: Scratch::new(), programs: Vec::new() };
        let outboard = format!("outboard = {{ path = {:?} }}\n", workspace().join("outboard"));
        let manifest = format!("{PROGRAM}\n[dependencies]\n{outboard}rayon = \"1\"\n\n[workspace]\n");
        project.scratch.write("first/Cargo.toml", manifest);
        // The versions that the workspace is built with: they are there.
        let lock = std::fs::read(workspace().join("Cargo.lock")).expect("the workspace's lock file");
        project.scratch.write("first/Cargo.lock", lock);
        for document in documents {
            project.add(document);
        }
        project.build();
        project
    }

    fn add(&mut self, document: &str) {
        let text = std::fs::read_to_string(workspace().join(document)).expect("the document is there");
        for block in find_blocks(&text) {
            let Some(name) = block.value("bin") else { continue };
            let file = self.scratch.path(&format!("first/src/bin/{name}.rs"));
            assert!(!file.exists(), "{document}:{}: there is another program `{name}`", block.line);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder of the project");
            std::fs::write(&file, &block.text).expect("a file of the project");
            if !block.has("compile_fail") {
                self.programs.push(Program {
                    document: document.into(),
                    name: name.into(),
                    plain: block.has("plain"),
                });
            }
        }
    }

    /// All at once, so that the processors are busy.
    fn build(&self) {
        let bins = |wanted: &dyn Fn(&Program) -> bool| {
            let named = self.programs.iter().filter(|program| wanted(program));
            named.map(|program| format!(" --bin {}", program.name)).collect::<String>()
        };
        let (plain, with_plugin) = (bins(&|_| true), bins(&|program| !program.plain));
        let script = format!("cargo build --quiet{plain}\ncargo outboard build --quiet{with_plugin}\n");
        shell(&self.scratch, &self.folder(), &script).ok();
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.scratch.path("first")
    }

    /// Where the project's tools are.
    pub(crate) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Every program of the document is shown with what it prints, and gives that without the plugin too.
    pub(crate) fn check(&self, document: &str, blocks: &[Block]) -> Vec<String> {
        let consoles = || blocks.iter().filter(|block| block.language == "console" && block.has("project"));
        let of_document = self.programs.iter().filter(|program| program.document == document);
        let check = |program: &Program| {
            let run = format!("--bin {}", program.name);
            if !consoles().any(|block| block.text.lines().any(|line| line.ends_with(&run))) {
                return Some(format!("{document}: nothing shows what `{}` prints", program.name));
            }
            if program.plain { None } else { self.same_everywhere(&program.name).err() }
        };
        of_document.filter_map(check).collect()
    }

    /// The same results, on a device that is required and without the plugin. What devices count is no result.
    fn same_everywhere(&self, name: &str) -> Result<(), String> {
        let run = |built: &str| Run::new(Path::new(TARGET).join(built).join("debug").join(name));
        let with_plugin = run("x86_64-unknown-linux-gnu").env("OUTBOARD_REQUIRE", "1").run();
        let plain = run("").run();
        let results = |ran: &tests::Ran| {
            let lines = ran.stdout.lines().filter(|line| !line.contains(" on the CPU"));
            (ran.code(), lines.map(str::to_owned).collect::<Vec<_>>())
        };
        if results(&with_plugin) == results(&plain) {
            Ok(())
        } else {
            Err(format!("`{name}` differs:\n{with_plugin}\n{plain}"))
        }
    }
}

/// Whether the block compiles as a program or library of its own, without the crate outboard.
pub(crate) fn compiles(block: &Block, scratch: &Scratch) -> Run {
    Run::new(&stable().rustc)
        .args(["--edition=2024", "--emit=metadata", "-o", "block.rmeta", "-"])
        .args((!block.text.contains("fn main()")).then_some("--crate-type=lib"))
        .dir(scratch.folder())
        .input(block.text.clone())
}
