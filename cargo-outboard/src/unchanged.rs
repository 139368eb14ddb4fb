//! What earlier links told of programs that cargo found unchanged: as rustc's warnings, they are told again.
//!
//! cargo is asked which programs a build has only where an earlier link had something to tell.

use crate::report::{self, Report};
use cargo_metadata::{Artifact, Message};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::BufReader;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The reports in `folder` that tell something about programs of this build, but for those of `new` ones. `cargo`
/// does the build again, which is done, and says what it has.
pub(crate) fn reports(folder: &Path, new: &[Report], cargo: impl FnOnce() -> Command) -> Vec<Report> {
    let mut old = report::all(folder);
    old.retain(|old| {
        let is_silent = old.failed() || old.diagnostics.is_empty() && old.stayed.is_empty();
        !is_silent && !new.iter().any(|new| new.program == old.program) && old.program.exists()
    });
    if old.is_empty() {
        return old;
    }
    let built = files(cargo());
    old.retain(|old| identity(&old.program).is_some_and(|program| built.contains(&program)));
    old
}

/// cargo's arguments for the same build that tells what it has: nothing is run, and nobody sees what is said.
pub(crate) fn arguments(verb: &str, cargo: &[OsString]) -> (&'static str, Vec<OsString>) {
    let (verb, mut arguments): (_, Vec<OsString>) = match verb {
        "test" => ("test", vec!["--no-run".into()]),
        "bench" => ("bench", vec!["--no-run".into()]),
        _ => ("build", Vec::new()),
    };
    let mut is_value = false;
    for argument in cargo {
        let text = argument.to_string_lossy();
        let skipped = std::mem::replace(&mut is_value, text == "--message-format");
        if !skipped && !text.starts_with("--message-format") && text != "--no-run" {
            arguments.push(argument.clone());
        }
    }
    arguments.push("--message-format=json".into());
    (verb, arguments)
}

/// The files that a build has. Where cargo fails, as it may after a build that failed, there are none.
fn files(mut cargo: Command) -> BTreeSet<(u64, u64)> {
    let started = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut started) = started else { return BTreeSet::new() };
    let mut files = BTreeSet::new();
    for message in
        started.stdout.take().into_iter().flat_map(|out| Message::parse_stream(BufReader::new(out)))
    {
        if let Ok(Message::CompilerArtifact(Artifact { filenames, executable, .. })) = message {
            let all = filenames.into_iter().chain(executable);
            files.extend(all.filter_map(|file| identity(file.as_std_path())));
        }
    }
    // It has said all there is to say.
    let _ = started.wait();
    files
}

/// Device and inode: cargo links a program to where users look for it.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use super::arguments;

    #[test]
    fn the_same_build_is_asked() {
        let words = |text: &str| text.split_whitespace().map(Into::into).collect::<Vec<std::ffi::OsString>>();
        let ask = |verb, text| arguments(verb, &words(text));
        assert_eq!(
            ask("run", "--release -p app"),
            ("build", words("--release -p app --message-format=json"))
        );
        assert_eq!(
            ask("test", "--message-format json --lib --no-run"),
            ("test", words("--no-run --lib --message-format=json"))
        );
    }
}
