//! Why helpers can't become part of a module.

use super::differences::Difference;
use super::select::Shared;
use crate::error::Mismatch;
use crate::origin::Origin;
use diagnostics::Code;
use std::fmt::Write as _;
use thiserror::Error;

/// A failure; the module is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HelperError {
    /// The helpers' file, or what doesn't go together with the module.
    #[error(transparent)]
    Input(#[from] crate::Error),
    /// Nothing in it can be linked.
    #[error(
        "`{origin}` has no bitcode\nhelp: compile helpers with clang's -emit-llvm -c, or rustc's --emit=llvm-bc"
    )]
    NoBitcode {
        /// The file.
        origin: Origin,
    },
    /// Another architecture.
    #[error(
        "`{}` is for `{}` and `{}` for `{}`\n\
         help: compile both for one target, or accept any triple whose data layout is the same",
        _0.first, _0.first_value, _0.second, _0.second_value
    )]
    Architecture(Box<Mismatch>),
    /// Both define one symbol.
    #[error(
        "`{symbol}` is defined in `{module}` and in `{origin}`\n\
         help: leave one of them out, or rename one"
    )]
    DefinedTwice {
        /// The symbol.
        symbol: String,
        /// The module.
        module: String,
        /// The helpers.
        origin: Origin,
    },
    /// Helpers that must stay shared where that isn't wanted.
    #[error(
        "helpers that can't be copied are called:{}\n\
         help: take what is shared out of them, or keep them shared and link an object of the helpers too",
        listed(helpers.iter().map(|(name, why)| format!("`{name}`: {why}")))
    )]
    StayShared {
        /// The helpers, with the reasons.
        helpers: Vec<(String, Shared)>,
    },
    /// `always_inline` would inline what must not be.
    #[error(
        "helpers are always_inline, and inlining them changes what their code does:{}\n\
         help: compile both sides with the same options, or allow {}",
        listed(refused.iter().map(refusal)), flags(refused)
    )]
    Risky {
        /// Helper, caller, and what differs.
        refused: Vec<(String, String, Difference)>,
    },
}

impl HelperError {
    /// What explains it.
    pub fn code(&self) -> Code {
        match self {
            Self::Input(error) => error.code(),
            Self::NoBitcode { .. } => Code::OB0301,
            Self::Architecture(_) => Code::OB0304,
            Self::DefinedTwice { .. } => Code::OB0305,
            Self::StayShared { .. } => Code::OB0701,
            Self::Risky { .. } => Code::OB0702,
        }
    }
}

fn listed(lines: impl Iterator<Item = String>) -> String {
    lines.fold(String::new(), |mut text, line| {
        let _ = write!(text, "\n  {line}");
        text
    })
}

fn refusal((helper, caller, difference): &(String, String, Difference)) -> String {
    format!("`{helper}` in `{caller}`: {difference}")
}

fn flags(refused: &[(String, String, Difference)]) -> String {
    let mut flags: Vec<&str> = Vec::new();
    for (_, _, difference) in refused {
        if let super::Remedy::Allow(risk) = difference.remedy
            && !flags.contains(&risk.name())
        {
            flags.push(risk.name());
        }
    }
    flags.join(", ")
}
