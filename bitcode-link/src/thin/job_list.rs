//! The list of jobs, for any engine: what ld.lld's DTLTO gives its distributors, and more that we know.
//!
//! Source: "Distributors", llvm/docs/DTLTO.rst (LLVM 22.1). An engine that knows only that runs `common.args` with
//! `args` of a job behind them, once `inputs` are where they say, and expects `outputs`.

use super::{ThinError, ThinResult};
use crate::file_error::FileError;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A list of jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobList {
    /// What all jobs have.
    pub common: Common,
    /// The jobs.
    pub jobs: Vec<ListedJob>,
}

/// What all jobs have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    /// What the link makes, to tell links apart.
    pub linker_output: String,
    /// The compiler and its first arguments.
    pub args: Vec<String>,
    /// Files that every job needs.
    pub inputs: Vec<String>,
    /// The version of LLVM that every job needs. Beyond DTLTO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub llvm: Option<String>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedJob {
    /// The other arguments.
    pub args: Vec<String>,
    /// The module, its index, and the modules that it imports from.
    pub inputs: Vec<String>,
    /// The object.
    pub outputs: Vec<String>,
}

impl JobList {
    /// Reads a list.
    pub fn read(path: &Path) -> ThinResult<Self> {
        let text = std::fs::read(path).map_err(FileError::reading(path))?;
        let list: Self = serde_json::from_slice(&text)
            .map_err(|source| ThinError::JobList { path: path.to_owned(), source })?;
        let wrong = |text: String| ThinError::JobListContent { path: path.to_owned(), text };
        if list.common.args.is_empty() {
            return Err(wrong("it names no compiler".to_owned()));
        }
        for (number, job) in list.jobs.iter().enumerate() {
            if job.inputs.len() < 2 || job.outputs.len() != 1 {
                return Err(wrong(format!(
                    "job {number} has {} inputs and {} outputs, not a module, its index and one output",
                    job.inputs.len(),
                    job.outputs.len()
                )));
            }
        }
        Ok(list)
    }

    /// The list as JSON.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("a list is plain data") + "\n"
    }
}

impl ListedJob {
    /// The module, by which messages call the job.
    pub fn module(&self) -> &str {
        self.inputs.first().map_or("", String::as_str)
    }

    /// The object.
    pub fn output(&self) -> &str {
        self.outputs.first().map_or("", String::as_str)
    }
}
