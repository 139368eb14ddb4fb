//! A message: what is wrong, where, and what is known beyond it.

use crate::{Code, Span};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad something is, or what a line below it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing is made.
    Error,
    /// Worth knowing.
    Warning,
    /// What is known beyond it.
    Note,
    /// What can be done.
    Help,
}

impl Level {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Help => "help",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is worth saying, by whoever does not print it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// What explains it.
    pub code: Code,
    /// What it is, with lines of help below.
    pub text: String,
}

impl Warning {
    /// A warning.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl From<Warning> for Diagnostic {
    fn from(warning: Warning) -> Self {
        Self::of_text(Level::Warning, Some(warning.code), &warning.text)
    }
}

/// What a user is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// What explains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What is wrong: a line.
    pub message: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// Notes and help.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Diagnostic>,
}

impl Diagnostic {
    /// A message without a place.
    pub fn new(level: Level, code: Option<Code>, message: impl Into<String>) -> Self {
        Self { level, code, message: message.into(), span: None, children: Vec::new() }
    }

    /// An error's text: its first lines, and behind `note: ` and `help: ` at the start of a line what they say.
    pub fn of_text(level: Level, code: Option<Code>, text: &str) -> Self {
        let mut diagnostic = Self::new(level, code, "");
        for line in text.lines() {
            let child = [(Level::Note, "note: "), (Level::Help, "help: ")]
                .into_iter()
                .find_map(|(level, start)| Some(Self::new(level, None, line.strip_prefix(start)?)));
            match (child, diagnostic.children.last_mut()) {
                (Some(child), _) => diagnostic.children.push(child),
                (None, Some(last)) => last.message.push_str(&format!("\n{line}")),
                (None, None) if diagnostic.message.is_empty() => diagnostic.message = line.to_owned(),
                (None, None) => diagnostic.message.push_str(&format!("\n{line}")),
            }
        }
        diagnostic
    }

    /// An error and its causes on one line, and below it what helps, of all of them.
    pub fn of_error(level: Level, code: Option<Code>, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut whole = Self::new(level, code, "");
        let mut causes = Vec::new();
        let mut next = Some(error);
        while let Some(error) = next {
            let part = Self::of_text(level, None, &error.to_string());
            causes.push(part.message);
            whole.children.extend(part.children);
            next = error.source();
        }
        whole.message = causes.join(": ");
        whole
    }

    /// The same at a place.
    #[must_use]
    pub fn at(self, span: Option<Span>) -> Self {
        Self { span, ..self }
    }

    /// Adds a note or help.
    pub fn add(&mut self, level: Level, message: impl Into<String>, span: Option<Span>) {
        self.children.push(Self::new(level, None, message).at(span));
    }

    /// The places of it and of all below it.
    pub(crate) fn spans(&self) -> impl Iterator<Item = &Span> {
        self.span.iter().chain(self.children.iter().flat_map(|child| child.span.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Level};

    #[test]
    fn texts_are_taken_apart() {
        let found = Diagnostic::of_text(Level::Error, None, "no `x`\n  here\nnote: a\nhelp: b\nc");
        assert_eq!(found.message, "no `x`\n  here");
        let children: Vec<_> =
            found.children.iter().map(|child| (child.level, child.message.as_str())).collect();
        assert_eq!(children, [(Level::Note, "a"), (Level::Help, "b\nc")]);
    }
}
