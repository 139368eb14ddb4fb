//! How a link ends that makes nothing.

use crate::Result;
use crate::error::Error;
use diagnostics::Warning;
use std::fmt;

/// A link that failed, and what is worth saying about its inputs: that may explain it.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub error: Box<Error>,
    /// What was noticed before.
    pub warnings: Vec<Warning>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// What was made, or why it wasn't, with what is worth saying about the inputs, each once.
pub(crate) fn with_warnings<T>(
    made: Result<T>,
    mut warnings: Vec<Warning>,
) -> std::result::Result<(T, Vec<Warning>), Failure> {
    warnings.sort();
    warnings.dedup();
    match made {
        Ok(made) => Ok((made, warnings)),
        Err(error) => Err(Failure { error: Box::new(error), warnings }),
    }
}
