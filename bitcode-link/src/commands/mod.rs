//! The subcommands, a file each, and how they talk.

pub(crate) mod backend;
mod code;
pub(crate) mod distribute;
mod engine;
pub(crate) mod inline_helpers;
pub(crate) mod relocatable;
pub(crate) mod thin;
mod thin_arguments;

use anyhow::{Context as _, Result};
use bitcode_link::relocatable::CombineError;
use bitcode_link::thin::ThinError;
use diagnostics::{Diagnostic, Level, Style};
use std::io::Write as _;

/// Prints a result; a closed pipe is an error, not a panic.
pub(crate) fn print(text: &str) -> Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes()).context("can't print")
}

/// Tells of a warning.
pub(crate) fn warn(message: &str, json: bool) {
    tell("warning", message, json);
}

/// Tells something for people to know: a note, progress, a summary.
pub(crate) fn tell(reason: &str, message: &str, json: bool) {
    write_error(&if json {
        serde_json::json!({ "reason": reason, "message": message }).to_string()
    } else {
        format!("{reason}: {message}")
    });
}

/// Tells of an error, with its causes.
pub(crate) fn report(error: &anyhow::Error, json: bool) {
    let combined = error.downcast_ref::<CombineError>().and_then(CombineError::code);
    let code = combined.or_else(|| error.downcast_ref::<ThinError>().and_then(ThinError::code));
    let diagnostic = Diagnostic::of_error(Level::Error, code, error.as_ref());
    let rendered = diagnostic.render(Style::PLAIN);
    if !json {
        return write_error(&rendered);
    }
    let text = rendered.split_once(": ").map_or(&*rendered, |(_, text)| text);
    write_error(&serde_json::json!({ "reason": "error", "code": code, "message": text }).to_string());
}

#[expect(clippy::print_stderr, reason = "this is the program")]
fn write_error(line: &str) {
    eprintln!("{line}");
}
