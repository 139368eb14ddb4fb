//! The subcommands, a file each, and how they talk.

pub(crate) mod inline_helpers;
pub(crate) mod relocatable;

use anyhow::{Context as _, Result};
use std::io::Write as _;

/// Prints a result; a closed pipe is an error, not a panic.
pub(crate) fn print(text: &str) -> Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes()).context("can't print")
}

/// Tells of an error or a warning.
#[expect(clippy::print_stderr, reason = "this is the program")]
pub(crate) fn report(kind: &str, message: &str, json: bool) {
    if json {
        eprintln!("{}", serde_json::json!({ "reason": kind, "message": message }));
    } else {
        eprintln!("{kind}: {message}");
    }
}

/// An error and its causes on one line, and below it what helps.
pub(crate) fn with_causes(error: &anyhow::Error) -> String {
    let mut causes = Vec::new();
    let mut helps = Vec::new();
    for text in error.chain().map(ToString::to_string) {
        let (cause, help) =
            text.split_once("\nhelp: ").map_or((&*text, None), |(cause, help)| (cause, Some(help)));
        if causes.last().is_none_or(|last| last != cause) {
            causes.push(cause.to_owned());
            helps.extend(help.map(|help| format!("\nhelp: {help}")));
        }
    }
    format!("{}{}", causes.join(": "), helps.concat())
}
