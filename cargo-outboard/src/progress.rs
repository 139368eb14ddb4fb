//! How far the linker step is, on the line where cargo shows how far it is itself.
//!
//! cargo leaves the cursor at the start of that line and wipes what stands there before it prints; so does this. A
//! crate that draws bars takes the line for its own.

use crate::args::CargoOptions;
use crate::cargo_config::CargoConfig;
use crate::report::{Style, program_name};
use serde::Deserialize;
use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it is looked at.
const INTERVAL: Duration = Duration::from_millis(50);
/// Columns where the terminal doesn't tell.
const WIDTH: usize = 80;

/// Shows it as long as this lives.
#[derive(Debug)]
pub(crate) struct Progress {
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

/// What the linker step tells of a program.
#[derive(Debug, Deserialize)]
struct Told {
    program: PathBuf,
    done: usize,
    all: usize,
    image: String,
}

impl Progress {
    /// Shows what is told in `folder`, if somebody looks and wants to see it.
    pub(crate) fn start(
        folder: &Path,
        (options, config): (&CargoOptions, &CargoConfig),
        style: Style,
    ) -> Self {
        if options.quiet || !wanted(config) {
            return Self { thread: None };
        }
        let folder = folder.to_owned();
        let (end, ended) = mpsc::channel();
        let thread = std::thread::Builder::new().spawn(move || {
            let mut shown = String::new();
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                show(&told(&folder).map(|told| line(&told, style)).unwrap_or_default(), &mut shown);
            }
            show("", &mut shown);
        });
        Self { thread: thread.ok().map(|thread| (end, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.thread.take() {
            drop(end);
            // It ends with the channel, and panics nowhere.
            drop(thread.join());
        }
    }
}

/// Where cargo would show its own progress: `term.quiet`, `term.progress.when`, a terminal that can, and no CI.
fn wanted(config: &CargoConfig) -> bool {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    match config.progress_when() {
        _ if config.is_quiet() => false,
        Some("always") => true,
        Some("never") => false,
        _ => std::io::stderr().is_terminal() && variable("TERM") != "dumb" && variable("CI").is_empty(),
    }
}

/// What is told of the first program by name: of several, one line shows one.
fn told(folder: &Path) -> Option<Told> {
    let entries = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "progress")).collect();
    files.sort();
    files.iter().find_map(|file| serde_json::from_slice(&fs::read(file).ok()?).ok())
}

fn line(told: &Told, style: Style) -> String {
    let Told { program, done, all, image } = told;
    let program = program_name(program);
    let text = match all {
        0 => format!("images for `{program}`"),
        _ => format!("images for `{program}`: {done} of {all} parts ({image})"),
    };
    let columns = terminal_size::terminal_size_of(std::io::stderr());
    let columns = columns.map_or(WIDTH, |(width, _)| usize::from(width.0));
    // The word in front, and a column that stays free, for the line must not wrap.
    let text: String = text.chars().take(columns.saturating_sub(crate::report::WORD + 2)).collect();
    style.progress("Linking", &text)
}

/// Draws over what was shown; an empty line wipes it.
fn show(line: &str, shown: &mut String) {
    if *shown == line && line.is_empty() {
        return;
    }
    // Nothing is lost where nobody can see it.
    drop(write!(std::io::stderr(), "\r\x1b[K{line}\r"));
    line.clone_into(shown);
}

#[cfg(test)]
mod tests {
    use super::{Told, line, told};
    use crate::report::Style;

    #[test]
    fn the_line_tells_how_far_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(told(folder.path()).is_none());
        let text = r#"{"program":"t/deps/app-0123456789abcdef","done":3,"all":12,"image":"amdgcn:gfx90a"}"#;
        std::fs::write(folder.path().join("b.progress"), text).expect("a file");
        std::fs::write(folder.path().join("a.progress"), "{").expect("a file that is being written");
        let told = told(folder.path()).expect("one is whole");
        let plain = Style { colors: false };
        assert_eq!(line(&told, plain), "     Linking images for `app`: 3 of 12 parts (amdgcn:gfx90a)");
        let begun = Told { all: 0, ..told };
        assert_eq!(line(&begun, plain), "     Linking images for `app`");
        assert_eq!(line(&begun, Style { colors: true }), "\x1b[1;36m     Linking\x1b[0m images for `app`");
    }
}
