//! A list of jobs in processes of this machine.

use super::{Event, OnEvent};
use crate::jobs;
use crate::thin::{JobList, ListedJob, ThinError, ThinResult};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;

/// Runs the jobs of `list`, at most `limit` at a time.
pub fn run_list_processes(list: &JobList, limit: NonZeroUsize, on_event: OnEvent<'_>) -> ThinResult<()> {
    let mut order: Vec<&ListedJob> = list.jobs.iter().collect();
    let size = |job: &&ListedJob| std::fs::metadata(job.module()).map_or(0, |data| data.len());
    order.sort_by_key(|job| std::cmp::Reverse(size(job)));
    let ran = jobs::run(limit, &order, |job| {
        run_job(list, job)?;
        on_event(Event::Done { module: job.module().to_owned(), worker: None });
        Ok(())
    });
    ran.into_iter().collect()
}

fn run_job(list: &JobList, job: &ListedJob) -> ThinResult<()> {
    let words: Vec<&String> = list.common.args.iter().chain(&job.args).collect();
    let shown = words.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" ");
    let module = job.module().to_owned();
    let ran = Command::new(words[0]).args(&words[1..]).output();
    let ran = ran.map_err(|source| ThinError::NotRun { program: words[0].clone(), source })?;
    if !ran.status.success() {
        let printed = if ran.stderr.is_empty() { b"it printed nothing".to_vec() } else { ran.stderr };
        let text = String::from_utf8_lossy(&printed).into_owned();
        return Err(ThinError::Job { module, status: ran.status.to_string(), text, command: shown });
    }
    if Path::new(job.output()).is_file() {
        return Ok(());
    }
    Err(ThinError::NoOutput { module, output: job.output().to_owned(), command: shown })
}
