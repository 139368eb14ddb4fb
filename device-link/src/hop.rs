//! The steps of the way from a kernel to what is wrong with it.

use crate::compose::Origins;
use crate::error::demangled;
use llvm_plugin::debug_location::{self, DebugLocation};
use llvm_plugin::inkwell::values::FunctionValue;
use std::fmt;
use std::path::PathBuf;

/// One step of the way from a kernel to what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The function, or the constant, that refers to the step before.
    pub name: String,
    /// Where it does so, or where the function begins, if there is debug info.
    pub location: Option<DebugLocation>,
    /// The input that it comes from.
    pub input: Option<PathBuf>,
    /// Whether the compiler had put the function's code into that of the next step.
    pub inlined: bool,
}

impl Hop {
    /// The steps that `name` of `input` makes at `frames`, the functions at one place in it, the innermost first.
    pub(crate) fn at(name: String, frames: &[DebugLocation], input: Option<PathBuf>) -> Vec<Self> {
        let (last, inner) = frames.split_last().map_or((None, frames), |(last, inner)| (Some(last), inner));
        let inlined = inner.iter().map(|frame| Self {
            name: frame.function.clone(),
            location: Some(frame.clone()),
            input: input.clone(),
            inlined: true,
        });
        let mut hops: Vec<_> = inlined.collect();
        hops.push(Self { name, location: last.cloned(), input, inlined: false });
        hops
    }

    /// The step at which `function` begins.
    pub(crate) fn start_of(function: FunctionValue<'_>, origins: &Origins) -> Self {
        let name = function.get_name().to_string_lossy().into_owned();
        let input = origins.module(&name).map(ToOwned::to_owned);
        Self { location: debug_location::of_function(function), name, input, inlined: false }
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in `{}`", demangled(&self.name))?;
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        self.input.as_ref().map_or(Ok(()), |input| write!(f, " ({})", input.display()))
    }
}
