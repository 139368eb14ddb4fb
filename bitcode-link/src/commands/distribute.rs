//! `bitcode-link distribute`: runs a list of jobs, as ld.lld's --thinlto-distributor.

use super::engine::{EngineArguments, Progress, Teller};
use super::tell;
use anyhow::Result;
use bitcode_link::FileError;
use bitcode_link::thin::executor::{run_list_dask, run_list_processes};
use bitcode_link::thin::{JobList, ThinError, check_processor, name_processors};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Instant;

/// Who runs the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Executor {
    /// Processes of this machine
    #[default]
    Threads,
    /// A Dask cluster
    Dask,
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The list, as ld.lld writes it
    #[arg(value_name = "JOBS")]
    list: PathBuf,
    /// Who runs the jobs
    #[arg(long, value_enum, default_value_t)]
    executor: Executor,
    #[command(flatten)]
    engine: EngineArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<()> {
    let started = Instant::now();
    let mut list = JobList::read(&arguments.list)?;
    name_processors(&mut list)?;
    let teller = Teller::new(&arguments.engine, list.jobs.len(), json);
    let on_event = |event| teller.tell(&event);
    match arguments.executor {
        Executor::Threads => run_list_processes(&list, arguments.engine.limit(), &on_event)?,
        Executor::Dask => {
            let shipping = arguments.engine.shipping("", &on_event)?;
            run_list_dask(&list, &shipping)?;
        }
    }
    for job in &list.jobs {
        let path = PathBuf::from(job.output());
        let object =
            std::fs::read(&path).map_err(|source| ThinError::File(FileError::reading(&path)(source)))?;
        check_processor(job.module(), &object)?;
    }
    if arguments.engine.progress != Progress::Never {
        let taken = started.elapsed().as_secs_f64();
        let text = format!("{} jobs for `{}` in {taken:.3} s", list.jobs.len(), list.common.linker_output);
        tell("summary", &text, json);
    }
    Ok(())
}
