//! Arguments of all commands that have jobs run, and how they tell what happens.

use super::tell;
use anyhow::{Context as _, Result};
use bitcode_link::jobs::default_jobs;
use bitcode_link::thin::ThinError;
use bitcode_link::thin::executor::{Event, OnEvent, Shipping};
use clap::{Args, ValueEnum};
use std::io::IsTerminal as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whether progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Progress {
    /// On terminals
    #[default]
    Auto,
    /// One line a job
    Always,
    /// Not at all, nor the summary
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct EngineArguments {
    /// Jobs of this machine at the same time [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// The Dask scheduler of --executor=dask [default: $DASK_SCHEDULER_ADDRESS]
    #[arg(long, value_name = "tcp://HOST:PORT")]
    dask_scheduler: Option<String>,
    /// This program, as the workers of a cluster find it [default: the path that it has here]
    #[arg(long, value_name = "PROGRAM")]
    worker_program: Option<String>,
    /// The Python that has Dask [default: .venv/bin/python, else python3]
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// How long to wait for workers where there are none
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    worker_timeout: u64,
    /// How long a job may take on a cluster
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    job_timeout: u64,
    /// Whether to show progress
    #[arg(long, value_enum, default_value_t)]
    pub(crate) progress: Progress,
}

impl EngineArguments {
    /// How many jobs this machine runs at a time.
    pub(crate) fn limit(&self) -> NonZeroUsize {
        self.jobs.unwrap_or_else(default_jobs)
    }

    /// This program, as workers find it.
    pub(crate) fn program(&self) -> Result<String> {
        let own = || std::env::current_exe().context("can't tell where this program is");
        self.worker_program.clone().map_or_else(|| Ok(own()?.display().to_string()), Ok)
    }

    /// How jobs go to the cluster.
    pub(crate) fn shipping<'a>(&'a self, program: &'a str, on_event: OnEvent<'a>) -> Result<Shipping<'a>> {
        let named = self.dask_scheduler.clone().or_else(|| std::env::var("DASK_SCHEDULER_ADDRESS").ok());
        let scheduler = named.ok_or(ThinError::UnnamedScheduler)?;
        Ok(Shipping {
            scheduler,
            python: self.python.as_deref(),
            program,
            patience: self.worker_timeout,
            timeout: self.job_timeout,
            on_event,
        })
    }
}

/// Tells what happens to `count` jobs.
pub(crate) struct Teller {
    progress: Progress,
    count: usize,
    done: AtomicUsize,
    json: bool,
}

impl Teller {
    pub(crate) fn new(arguments: &EngineArguments, count: usize, json: bool) -> Self {
        Self { progress: arguments.progress, count, done: AtomicUsize::new(0), json }
    }

    pub(crate) fn tell(&self, event: &Event) {
        let shown = match self.progress {
            Progress::Auto => std::io::stderr().is_terminal(),
            Progress::Always => true,
            Progress::Never => false,
        };
        match event {
            Event::Done { module, worker } => {
                let number = self.done.fetch_add(1, Ordering::Relaxed) + 1;
                if shown {
                    let by = worker.as_ref().map(|worker| format!(" by {worker}")).unwrap_or_default();
                    tell("progress", &format!("{number}/{} {module}{by}", self.count), self.json);
                }
            }
            Event::Note(text) => tell("note", text, self.json),
            Event::Sent { files, known, sent, total } => {
                if self.progress != Progress::Never {
                    let text = format!("sent {files} of {known} files, {sent} of {total} bytes");
                    tell("note", &text, self.json);
                }
            }
        }
    }
}
