//! Every code block of the documents holds: it is compiled, run or parsed, as its language says.
//!
//! Blocks of one document share a folder, in which `target/release` is what the tests built. A block whose
//! info string ends in `file=NAME` is also written there under that name. `sh` blocks are run as they are;
//! in a `console` block the lines after `$ ` are run, and the others must be in what they print. What cannot
//! be run is marked `text`.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tests::{Ran, Run, Scratch, device_link, llvm, outboard_link, plugin, stable, workspace};
use xtask::tools::DEBIAN_PREFIX;

/// One fenced block.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    line: usize,
    language: String,
    file: Option<String>,
    text: String,
}

/// The fenced blocks of a document.
fn find_blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in document.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text.push_str(&format!("{line}\n")),
            (None, Some(info)) => {
                let file = info.split_whitespace().find_map(|word| word.strip_prefix("file="));
                let language = info.split_whitespace().next().unwrap_or_default().to_owned();
                open = Some(Block {
                    line: index + 1,
                    language,
                    file: file.map(str::to_owned),
                    text: String::new(),
                });
            }
            (None, None) => {}
        }
    }
    blocks
}

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
    for document in documents("docs") {
        check(&document);
    }
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
    let text = std::fs::read_to_string(workspace().join(document)).expect("the document is there");
    let scratch = Scratch::new();
    let wrong: Vec<String> = find_blocks(&text)
        .iter()
        .filter_map(|block| {
            check_block(block, &scratch).err().map(|why| format!("{document}:{}: {why}", block.line))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn check_block(block: &Block, scratch: &Scratch) -> Result<(), String> {
    if let Some(file) = &block.file {
        scratch.write(file, &block.text);
    }
    let text = block.text.clone();
    let tool = |name: &str| Run::new(llvm().tool(name));
    match block.language.as_str() {
        "text" => Ok(()),
        // The crate's own documentation tests include docs/crate.md.
        "rust,outboard" => Ok(()),
        "llvm" => done(tool("opt").args(["-passes=verify", "-disable-output", "-"]).input(text)),
        "c" => done(tool("clang").args(["-fsyntax-only", "-Wall", "-Werror", "-x", "c", "-"]).input(text)),
        "rust" => done(
            Run::new(&stable().rustc)
                .args(["--edition=2024", "--emit=metadata", "-o", "block.rmeta", "-"])
                .args((!text.contains("fn main()")).then_some("--crate-type=lib"))
                .dir(scratch.folder())
                .input(text),
        ),
        "json" => serde_json::from_str::<serde_json::Value>(&text).map(drop).map_err(|e| e.to_string()),
        "sh" => done(shell(scratch, &text)),
        "console" => check_console(scratch, &text),
        language => Err(format!(
            "no one checks blocks of language `{language}`: known are text, llvm, c, rust, json, sh, console"
        )),
    }
}

fn done(run: Run) -> Result<(), String> {
    let ran = run.run();
    if ran.code() == Some(0) { Ok(()) } else { Err(ran.to_string()) }
}

/// `sh -e` in the document's folder, with the tools under the names that Debian gives them.
fn shell(scratch: &Scratch, script: &str) -> Run {
    let bin = scratch.path("bin");
    if !bin.exists() {
        let release = scratch.path("target/release");
        for folder in [&bin, &release] {
            std::fs::create_dir_all(folder).expect("a folder in the scratch folder");
        }
        let link = |to: &Path, at: PathBuf| symlink(to, at).expect("a link in the scratch folder");
        link(plugin(), release.join("liboutboard_pass.so"));
        link(device_link(), release.join("device-link"));
        link(outboard_link(), release.join("outboard-link"));
        link(&workspace().join("examples"), scratch.path("examples"));
        link(&stable().rustc, bin.join("rustc"));
        for name in ["opt", "clang", "llc", "llvm-offload-binary"] {
            link(&llvm().tool(name), bin.join(format!("{name}-22")));
        }
    }
    let script = script.replace(DEBIAN_PREFIX, &llvm().prefix().to_string_lossy());
    Run::new("sh").args(["-e", "-c", &script]).dir(scratch.folder()).path_first(&bin)
}

fn check_console(scratch: &Scratch, text: &str) -> Result<(), String> {
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let ran = shell(scratch, &commands.join("\n")).run();
    if ran.code() != Some(0) {
        return Err(ran.to_string());
    }
    let expected = text.lines().filter(|line| !line.starts_with("$ ") && !line.trim().is_empty());
    let missing: Vec<&str> = expected.filter(|line| !prints_line(&ran, line)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("not printed:\n{}\n{ran}", missing.join("\n"))) }
}

fn prints_line(ran: &Ran, expected: &str) -> bool {
    ran.stdout.lines().chain(ran.stderr.lines()).any(|line| line.trim_end() == expected.trim_end())
}

#[test]
fn blocks_are_found_with_their_lines() {
    let document = "a\n```sh\nb\nc\n```\n```rust file=k.rs\n```\n";
    let block = |line, language: &str, file: Option<&str>, text: &str| Block {
        line,
        language: language.into(),
        file: file.map(str::to_owned),
        text: text.into(),
    };
    assert_eq!(find_blocks(document), [block(2, "sh", None, "b\nc\n"), block(6, "rust", Some("k.rs"), "")]);
}

#[test]
fn a_block_that_does_not_hold_is_found() {
    let check = |language: &str, text: &str| {
        let block = Block { line: 1, language: language.into(), file: None, text: text.into() };
        check_block(&block, &Scratch::new())
    };
    for (language, wrong) in [
        ("llvm", "define void @f() {"),
        ("c", "int f(void) { return x; }"),
        ("rust", "fn f() -> u8 { 256 }"),
        ("json", "{"),
        ("basic", "10 PRINT"),
    ] {
        assert!(check(language, wrong).is_err(), "{language}");
    }
    assert_eq!(check("c", "int f(void) { return 1; }\n"), Ok(()));
}
