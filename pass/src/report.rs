//! Errors on their way to the compiler: all of a module's in one go, each with its place in the source.

use crate::error::Error;
use diagnostics::Code;
use diagnostics::names::demangled;
use inkwell::module::Module;
use inkwell::values::InstructionValue;
use llvm_plugin::debug_location;
use llvm_plugin::diagnostic::{self, Severity};

/// What is wrong with a module.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<Located>,
}

#[derive(Debug)]
struct Located {
    /// `file:line:column`, or the function where there is no debug info; empty for the module as a whole.
    place: String,
    code: Option<Code>,
    text: String,
}

/// What has a code that explains it; none where it is a bug.
pub(crate) trait Coded: std::fmt::Display {
    fn code(&self) -> Option<Code>;
}

impl Located {
    fn new(place: String, error: &impl Coded) -> Self {
        Self { place, code: error.code(), text: error.to_string() }
    }
}

impl Report {
    /// One error about the module as a whole.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors are made where they are told, often by `map_err`"
    )]
    pub(crate) fn error(error: impl Coded) -> Self {
        Self { errors: vec![Located::new(String::new(), &error)] }
    }

    /// Adds an error about `at`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors are made where they are told, often by `map_err`"
    )]
    pub(crate) fn push(&mut self, at: InstructionValue<'_>, error: impl Coded) {
        self.errors.push(Located::new(place_of(at), &error));
    }

    /// Adds an error about the module as a whole.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors are made where they are told, often by `map_err`"
    )]
    pub(crate) fn push_module(&mut self, error: impl Coded) {
        self.errors.push(Located::new(String::new(), &error));
    }

    /// These errors and those of `other`.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.errors.extend(other.errors);
        self
    }

    /// `value`, unless there was an error.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.errors.is_empty() { Ok(value) } else { Err(self) }
    }

    /// Shows the errors. In one diagnostic, since opt ends at the first.
    pub(crate) fn emit(&self, module: &Module<'_>, pass: &str) {
        let line = |error: &Located| {
            let place = if error.place.is_empty() { String::new() } else { format!("{}: ", error.place) };
            let code = error.code.map(|code| format!("[{code}]")).unwrap_or_default();
            format!("{place}{pass}{code}: {}", error.text)
        };
        let lines: Vec<String> = self.errors.iter().map(line).collect();
        diagnostic::report(module, Severity::Error, &lines.join("\nerror: "));
    }
}

/// Shows a warning that says by itself who warns.
pub(crate) fn warn(module: &Module<'_>, (who, code): (&str, Code), text: &str) {
    diagnostic::report(module, Severity::Warning, &format!("{who}[{code}]: {text}"));
}

impl Coded for &Error {
    fn code(&self) -> Option<Code> {
        Some(Error::code(self))
    }
}

/// `1 launch`, `2 launches`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn place_of(at: InstructionValue<'_>) -> String {
    if let Some(location) = debug_location::of(at) {
        return location.to_string();
    }
    let function = at.get_parent().and_then(|block| block.get_parent());
    function.map_or_else(String::new, |f| {
        // Without the hash: `{:#}`.
        format!("in function `{}`", demangled(&f.get_name().to_string_lossy()))
    })
}

/// Whether rustc made the module, by its `!llvm.ident`.
pub(crate) fn is_from_rustc(module: &Module<'_>) -> bool {
    let nodes = module.get_global_metadata("llvm.ident").into_iter();
    let mut idents = nodes.flat_map(|node| node.get_node_values().unwrap_or_default());
    idents.any(|ident| {
        ident.is_metadata_value()
            && ident.into_metadata_value().get_string_value().is_some_and(|text| text.starts_with(b"rustc "))
    })
}
