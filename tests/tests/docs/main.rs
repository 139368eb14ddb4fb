//! Every code block of the documents holds: it is compiled, run or parsed, as its language says.
//!
//! Blocks of one document share a folder, in which `target/release` is what the tests built. A block whose info
//! string ends in `file=NAME` is also written there under that name; `bin=NAME` makes it a program of the book's
//! project (programs.rs), and `same=FILE` says that a file of the repository has that text. `sh` blocks are run as they are; `console` blocks are run, and print what they show
//! (transcript.rs): in the project with `project`, where there is Dask with `dask`, and to an error with `fails`. What cannot be run is marked `text`.

use std::path::{Path, PathBuf};

use tests::{Run, Scratch, cluster, llvm, workspace};

mod blocks;
mod links;
mod programs;
mod shell;
mod transcript;

use blocks::{Block, find_blocks};
use programs::Project;

#[test]
fn readme() {
    check("README.md");
}

#[test]
fn contributing() {
    check("CONTRIBUTING.md");
}

#[test]
fn architecture() {
    check("ARCHITECTURE.md");
}

#[test]
fn docs() {
    let mut documents = documents("docs");
    // Pages of errors are of what fails: error_pages.rs.
    documents.retain(|document| !document.starts_with("docs/errors/"));
    let project = Project::of(&documents);
    // Two at a time: most of it is waiting for compilers.
    let (one, other) = documents.split_at(documents.len() / 2);
    let wrong = std::thread::scope(|scope| {
        let check = |part: &[String]| {
            part.iter().flat_map(|document| wrong_in(document, Some(project))).collect::<Vec<_>>()
        };
        let one = scope.spawn(move || check(one));
        let other = check(other);
        [one.join().expect("no panic"), other].concat()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn examples() {
    for document in documents("examples") {
        check(&document);
    }
}

/// The documents under a folder, as paths from the root.
fn documents(folder: &str) -> Vec<String> {
    let is_document = |path: &Path| path.extension().is_some_and(|extension| extension == "md");
    let root = workspace();
    let found = tests::workspace::files(&|path| is_document(path) && path.starts_with(root.join(folder)));
    assert!(!found.is_empty(), "no document in {folder}");
    let name =
        |path: PathBuf| path.strip_prefix(root).expect("in the repository").to_string_lossy().into_owned();
    found.into_iter().map(name).collect()
}

/// Checks every block of a document, and tells of all that fail.
#[track_caller]
fn check(document: &str) {
    let wrong = wrong_in(document, None);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn wrong_in(document: &str, project: Option<&Project>) -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join(document)).expect("the document is there");
    let (scratch, blocks) = (Scratch::new(), find_blocks(&text));
    let mut wrong: Vec<String> = blocks
        .iter()
        .filter_map(|block| {
            let checked = check_block(block, &scratch, project);
            checked.err().map(|why| format!("{document}:{}: {why}", block.line))
        })
        .collect();
    wrong.extend(project.into_iter().flat_map(|project| project.check(document, &blocks)));
    wrong
}

fn check_block(block: &Block, scratch: &Scratch, project: Option<&Project>) -> Result<(), String> {
    if let Some(file) = block.value("file") {
        scratch.write(file, &block.text);
    }
    let text = block.text.clone();
    let tool = |name: &str| Run::new(llvm().tool(name));
    match block.language.as_str() {
        "text" => Ok(()),
        // The crate's own documentation tests include docs/crate.md.
        "rust,outboard" => Ok(()),
        "llvm" => done(tool("opt").args(["-passes=verify", "-disable-output", "-"]).input(text)),
        "c" => {
            let target = block.value("target").map(|triple| format!("--target={triple}"));
            let clang =
                tool("clang").args(target).args(["-fsyntax-only", "-Wall", "-Werror", "-x", "c", "-"]);
            done(clang.input(text))
        }
        "cuda" => {
            ["--cuda-host-only", "--cuda-device-only"].iter().try_for_each(|side| done(cuda(side, &text)))
        }
        // Programs of the project are built with it; those that must not compile, by the console that shows it.
        "rust" if block.value("bin").is_some() => project.map(drop).ok_or("only docs/ has programs".into()),
        "rust" if block.value("same").is_some() => is_file(block.value("same").unwrap_or_default(), &text),
        "rust" => done(programs::compiles(block, scratch)),
        "json" => serde_json::from_str::<serde_json::Value>(&text).map(drop).map_err(|e| e.to_string()),
        "sh" => done(shell::shell(scratch, scratch.folder(), &text)),
        "console" if block.has("dask") => on_a_cluster(block, scratch),
        "console" => {
            let project = project.filter(|_| block.has("project"));
            let folder = project.map_or_else(|| scratch.folder().to_owned(), Project::folder);
            let scratch = project.map_or(scratch, Project::scratch);
            shell::check_console(scratch, &folder, &text, block.has("fails"))
        }
        language => Err(format!(
            "no one checks blocks of language `{language}`: known are text, llvm, c, cuda, rust, json, sh, console"
        )),
    }
}

/// A console whose commands start a Dask cluster, on a port that is free; where there is Dask.
#[expect(clippy::print_stderr, reason = "a block that is left out is said to be")]
fn on_a_cluster(block: &Block, scratch: &Scratch) -> Result<(), String> {
    if let Err(why) = cluster::dask() {
        eprintln!("line {} left out: {why}", block.line);
        return Ok(());
    }
    let text = block.text.replace("8786", &cluster::free_port().to_string());
    shell::check_console(scratch, scratch.folder(), &text, block.has("fails"))
}

/// Whether that file of the repository has this text.
fn is_file(file: &str, text: &str) -> Result<(), String> {
    let found =
        std::fs::read_to_string(workspace().join(file)).map_err(|error| format!("{file}: {error}"))?;
    if found == text { Ok(()) } else { Err(format!("differs from {file}:\n{found}")) }
}

/// clang's look at one side of a CUDA program.
fn cuda(side: &str, text: &str) -> Run {
    let run =
        Run::new(llvm().tool("clang")).args([side, "--cuda-gpu-arch=sm_90", "-nocudainc", "-nocudalib"]);
    run.args(["-fsyntax-only", "-Wall", "-Werror", "-include"])
        .arg(workspace().join("tests/cases/docs/cuda.h"))
        .args(["-x", "cuda", "-"])
        .input(text)
}

fn done(run: Run) -> Result<(), String> {
    let ran = run.run();
    if ran.code() == Some(0) { Ok(()) } else { Err(ran.to_string()) }
}

#[test]
fn a_block_that_does_not_hold_is_found() {
    let check = |info: &str, text: &str| {
        let blocks = find_blocks(&format!("```{info}\n{text}\n```\n"));
        check_block(&blocks[0], &Scratch::new(), None)
    };
    for (info, wrong) in [
        ("llvm", "define void @f() {"),
        ("c", "int f(void) { return x; }"),
        ("rust", "fn f() -> u8 { 256 }"),
        ("rust bin=f", "fn main() {}"),
        ("cuda", "__global__ void f(int *x) { *x = threadIdx; }"),
        ("json", "{"),
        ("console", "$ echo a\nb"),
        ("console", "$ false"),
        ("console fails", "$ true"),
        ("console fails", "$ false\n$ true"),
        ("basic", "10 PRINT"),
    ] {
        assert!(check(info, wrong).is_err(), "{info}");
    }
    assert_eq!(check("c", "int f(void) { return 1; }"), Ok(()));
    assert_eq!(check("console fails", "$ echo a; false\na"), Ok(()));
}
