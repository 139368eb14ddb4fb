//! Every code of an error has a page, and the wrong example of every page gives that error, as the page shows it.
//!
//! Blocks of a page share a folder. `rust,wrong` blocks are programs with the crate outboard, built by one
//! `cargo outboard build`; the `text` block behind one is what that says. In `console,wrong` blocks the lines after
//! `$ ` are run: the last fails or warns, and says what stands below it.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tests::{
    Run, Scratch, bitcode_link, cargo_outboard, device_link, is_blessing, llvm, outboard_link, stable,
    workspace,
};

/// Codes whose example is too long for a page, or takes a machine that is not this one, each with the test that shows
/// its error.
const ELSEWHERE: [(&str, &str); 6] = [
    ("OB0026", "device-link/tests/suite/toolchains.rs"),
    ("OB0107", "tests/cases/rustc_offload/refused/trait_object.rs"),
    ("OB0109", "tests/cases/clang_openmp/declare_target.c"),
    ("OB0212", "device-link/tests/suite/cache.rs"),
    ("OB0302", "device-link/tests/suite/bitcode.rs"),
    ("OB0404", "device-link/tests/suite/tools.rs"),
];

/// A fenced block: its language and file, and where in the page its lines are.
struct Block {
    language: String,
    file: Option<String>,
    lines: std::ops::Range<usize>,
}

/// A page, line by line.
struct Page {
    path: PathBuf,
    code: String,
    lines: Vec<String>,
}

impl Page {
    fn all() -> Vec<Self> {
        let folder = workspace().join("docs/errors");
        let is_page = |path: &Path| path.starts_with(&folder) && !path.ends_with("README.md");
        let pages = tests::workspace::files(&is_page).into_iter();
        let pages: Vec<_> = pages.map(Self::read).collect();
        assert!(pages.len() > 50, "only {} pages were found", pages.len());
        pages
    }

    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).expect("a page can be read");
        let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Self { path, code, lines: text.lines().map(ToOwned::to_owned).collect() }
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (index, line) in self.lines.iter().enumerate() {
            let Some(info) = line.strip_prefix("```") else { continue };
            match open.take() {
                Some(block) => blocks.push(Block { lines: block.lines.start..index, ..block }),
                None => {
                    let mut words = info.split_whitespace();
                    let language = words.next().unwrap_or_default().to_owned();
                    let file = words.find_map(|word| word.strip_prefix("file=")).map(ToOwned::to_owned);
                    open = Some(Block { language, file, lines: index + 1..index + 1 });
                }
            }
        }
        blocks
    }

    fn text(&self, block: &Block) -> String {
        self.lines[block.lines.clone()].iter().map(|line| format!("{line}\n")).collect()
    }

    /// Checks that `said` has what the block shows behind its first `commands` lines; or shows it from now on.
    fn check(&self, block: &Block, commands: usize, said: &str) -> Result<(), String> {
        let lines = block.lines.start + commands..block.lines.end;
        let shown = self.lines[lines.clone()].join("\n");
        let is_shown = shown.contains(&format!("[{}]", self.code)) && said.contains(&shown);
        if is_shown {
            return Ok(());
        }
        if !is_blessing() {
            return Err(format!("{} shows\n{shown}\n\nand it says\n{said}", self.path.display()));
        }
        let mut page = self.lines.clone();
        page.splice(lines, self.message_in(said)?);
        std::fs::write(&self.path, page.join("\n") + "\n").map_err(|error| error.to_string())
    }

    /// The lines of the message with the page's code.
    fn message_in(&self, said: &str) -> Result<Vec<String>, String> {
        // rustc tells it too, indented.
        let has_code = |line: &&str| line.contains(&format!("[{}]", self.code)) && !line.starts_with(' ');
        let lines = said.lines().skip_while(|line| !has_code(line));
        let message = lines.take_while(|line| !line.is_empty() && !line.starts_with("for more about"));
        let message: Vec<_> = message.map(ToOwned::to_owned).collect();
        if message.is_empty() { Err(format!("{} is not said:\n{said}", self.code)) } else { Ok(message) }
    }
}

#[test]
fn examples_on_the_command_line() {
    let mut wrong = Vec::new();
    for page in Page::all() {
        let scratch = place();
        for block in page.blocks() {
            if let Some(file) = &block.file {
                scratch.write(file, page.text(&block));
            }
            let text = page.text(&block);
            let result = match block.language.as_str() {
                "sh" => run(&scratch, &text).map(drop),
                "console,wrong" => {
                    let commands: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
                    let said = run_to_the_error(&scratch, &commands);
                    said.and_then(|said| page.check(&block, commands.len(), &said))
                }
                _ => Ok(()),
            };
            wrong.extend(result.err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A folder with the tools under the names that users have for them.
fn place() -> Scratch {
    let scratch = Scratch::new();
    let (bin, release) = (scratch.path("bin"), scratch.path("target/release"));
    for folder in [&bin, &release] {
        std::fs::create_dir_all(folder).expect("a folder in the scratch folder");
    }
    let link = |to: &Path, at: PathBuf| symlink(to, at).expect("a link in the scratch folder");
    link(tests::plugin(), release.join("liboutboard_pass.so"));
    for program in ["rustc", "cargo"] {
        link(&stable().rustc.with_file_name(program), bin.join(program));
    }
    for program in [bitcode_link(), device_link(), outboard_link(), cargo_outboard()] {
        link(program, bin.join(program.file_name().expect("a program has a name")));
    }
    for name in ["opt", "clang"] {
        link(&llvm().tool(name), bin.join(format!("{name}-22")));
    }
    scratch
}

/// `sh -e` in `scratch`, with what the tests built on the path.
fn shell(scratch: &Scratch, script: &str) -> Run {
    Run::new("sh")
        .args(["-e", "-c", script])
        .dir(scratch.folder())
        .env("OUTBOARD_HOME", scratch.path("store"))
        .env("CARGO_NET_OFFLINE", "true")
        .path_first(&scratch.path("bin"))
}

fn run(scratch: &Scratch, script: &str) -> Result<String, String> {
    let ran = shell(scratch, script).run();
    if ran.code() == Some(0) { Ok(ran.stderr) } else { Err(ran.to_string()) }
}

/// Runs `commands`: all but the last go well. Gives what the last says.
fn run_to_the_error(scratch: &Scratch, commands: &[&str]) -> Result<String, String> {
    let (last, first) = commands.split_last().ok_or("a block without a command")?;
    run(scratch, &first.join("\n"))?;
    let ran = shell(scratch, last).run();
    let folder = scratch.folder().display().to_string();
    Ok(ran.stderr.replace(&format!("{folder}/"), "").replace(&folder, "."))
}

#[test]
fn examples_in_rust() {
    let scratch = Scratch::new();
    let outboard = workspace().join("outboard");
    let manifest = "[package]\nname = \"wrong\"\nedition = \"2024\"\n\n[dependencies]\n";
    scratch.write("Cargo.toml", format!("{manifest}outboard = {{ path = {outboard:?} }}\n\n[workspace]\n"));
    // The versions that the workspace is built with: they are there.
    let lock = std::fs::read(workspace().join("Cargo.lock")).expect("the workspace's lock file");
    scratch.write("Cargo.lock", lock);
    let mut programs = Vec::new();
    for page in Page::all() {
        let blocks = page.blocks();
        let pair = blocks.windows(2).find(|pair| pair[0].language == "rust,wrong");
        let Some([source, shown]) = pair else { continue };
        assert_eq!(shown.language, "text", "{}: what it says stands behind the program", page.path.display());
        scratch.write(&format!("src/bin/{}.rs", page.code), page.text(source));
        let shown = Block { language: String::new(), file: None, lines: shown.lines.clone() };
        programs.push((page, shown));
    }
    let ran = Run::new(stable().rustc.with_file_name("cargo"))
        .args(["outboard", "build", "--keep-going"])
        .path_first(cargo_outboard().parent().expect("it is in a folder"))
        .env("RUSTC", &stable().rustc)
        .env("OUTBOARD_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cargo_outboard_home"))
        .env("CARGO_TARGET_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cargo_outboard"))
        .env("CARGO_NET_OFFLINE", "true")
        // Places in errors are of debug info.
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .dir(scratch.folder())
        .fails();
    let check = |(page, shown): &(Page, Block)| {
        let said = ran.stderr.replace(&format!("src/bin/{}.rs", page.code), "src/main.rs");
        let said = said.replace(&format!("{}::", page.code), "app::");
        page.check(shown, 0, &said).err()
    };
    let wrong: Vec<_> = programs.iter().filter_map(check).collect();
    assert!(!programs.is_empty() && wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_page_has_an_example() {
    for page in Page::all() {
        let has_example = page.blocks().iter().any(|block| block.language.ends_with(",wrong"));
        match ELSEWHERE.iter().find(|(code, _)| *code == page.code) {
            Some((code, file)) => {
                let text = std::fs::read_to_string(workspace().join(file)).expect("the test is there");
                assert!(text.contains(&format!("[{code}]")), "{file} doesn't test {code}");
                assert!(!has_example, "{code} has an example: it needs no test elsewhere");
            }
            None => assert!(has_example, "{} has no example", page.code),
        }
    }
}
