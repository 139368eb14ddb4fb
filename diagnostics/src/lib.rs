//! What users are told: the codes of errors with their explanations, and messages with places in the source, in
//! rustc's look and in rustc's JSON.

#![forbid(unsafe_code)]

mod code;
mod diagnostic;
mod json;
pub mod names;
mod render;
mod span;

pub use code::Code;
pub use diagnostic::{Diagnostic, Level, Warning};
pub use render::Style;
pub use span::Span;

/// How `codes` are explained, behind the last message; nothing where there are none.
pub fn pointer(codes: &[Code]) -> Option<String> {
    match codes {
        [] => None,
        [one] => Some(format!("for more about this error, try `cargo outboard explain {one}`")),
        [first, ..] => {
            let all: Vec<_> = codes.iter().map(ToString::to_string).collect();
            Some(format!(
                "explanations: {}\nfor more about one of them, try `cargo outboard explain {first}`",
                all.join(", ")
            ))
        }
    }
}
