//! Jobs on a Dask cluster, through a Python program that talks to it.

use super::shipment::{Shipment, ShippedJob, Shipping, ship_jobs, ship_list};
use super::{Event, llvm_version};
use crate::file_error::FileError;
use crate::thin::plan::Job;
use crate::thin::{JobList, TemporaryFolder, ThinError, ThinResult};
use llvm_plugin::thin_lto::ThinConfig;
use serde::Deserialize;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program that talks to Dask.
const PROGRAM: &str = include_str!("../../../python/dask_jobs.py");
/// Where `cargo xtask setup` and many others put a project's Python.
const ENVIRONMENT: &str = ".venv/bin/python";

/// What it prints, a line each.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Told {
    Done { job: usize, worker: String },
    Again { job: usize, why: String },
    End { sent: u64, total: u64, files: u64, known: u64 },
    Error(Failure),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Failure {
    Job { job: usize, status: String, text: String, command: String },
    Output { job: usize, command: String },
    Timeout { job: usize },
    Lost { job: usize, attempts: u64, why: String },
    Llvm { llvm: String, workers: Vec<String> },
    Changed { path: PathBuf },
    Write { path: PathBuf, number: i32 },
    Scheduler { text: String },
    Nobody { patience: u64 },
    Python { text: String },
}

/// Runs `wanted` on a cluster. The objects, in the order of the list.
pub fn run_dask(
    wanted: &[&Job<'_>],
    config: &ThinConfig,
    shipping: &Shipping<'_>,
) -> ThinResult<Vec<Vec<u8>>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let folder = TemporaryFolder::new()?;
    let jobs = ship_jobs(wanted, config, shipping, &folder)?;
    let results: Vec<PathBuf> = jobs.iter().map(|job| job.result.clone()).collect();
    distribute(jobs, shipping, &folder)?;
    let read = |path: PathBuf| Ok(std::fs::read(&path).map_err(FileError::reading(&path))?);
    results.into_iter().map(read).collect()
}

/// Runs a list of jobs that somebody else made.
pub fn run_list_dask(list: &JobList, shipping: &Shipping<'_>) -> ThinResult<()> {
    if list.jobs.is_empty() {
        return Ok(());
    }
    let folder = TemporaryFolder::new()?;
    let jobs = ship_list(list, shipping, &folder)?;
    distribute(jobs, shipping, &folder)
}

fn distribute(jobs: Vec<ShippedJob>, shipping: &Shipping<'_>, folder: &TemporaryFolder) -> ThinResult<()> {
    let shipment = Shipment {
        scheduler: shipping.scheduler.clone(),
        patience: shipping.patience,
        llvm: llvm_version(),
        jobs,
    };
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).map_err(FileError::writing(&path))?;
        Ok::<_, ThinError>(path)
    };
    let list = file("shipment.json", &serde_json::to_string(&shipment).expect("a shipment is plain data"))?;
    let script = file("dask_jobs.py", PROGRAM)?;
    let complaints = folder.path().join("complaints");
    let stderr = std::fs::File::create(&complaints).map_err(FileError::writing(&complaints))?;
    let python = python(shipping);
    let mut command = Command::new(&python);
    // Nothing of the folder that it is started in, nor of the user's variables for other Pythons.
    command
        .args(["-B", "-I"])
        .arg(script)
        .arg(list)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr);
    let not_run = |source: std::io::Error| ThinError::NoDask {
        program: python.display().to_string(),
        text: source.to_string(),
    };
    let mut child = command.spawn().map_err(not_run)?;
    // It ends when this is closed: with this process, whatever ends it.
    let _alive = child.stdin.take();
    let mut ended = false;
    let mut outcome = Ok(());
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(Told::Error(failure)) => outcome = Err(error_of(failure, &shipment, shipping, &python)),
                Ok(told) => ended |= tell(told, &shipment, shipping),
                // Whatever a library prints.
                Err(_) => {}
            }
        }
    }
    let status = child.wait().map_err(not_run)?;
    outcome?;
    if ended {
        return Ok(());
    }
    let text = std::fs::read_to_string(&complaints).unwrap_or_default();
    Err(ThinError::Distributor { status: status.to_string(), text })
}

/// Passes on what was told; whether it was the end.
fn tell(told: Told, shipment: &Shipment, shipping: &Shipping<'_>) -> bool {
    let module = |job: usize| shipment.jobs.get(job).map_or(String::new(), |job| job.module.clone());
    match told {
        Told::Done { job, worker } => {
            (shipping.on_event)(Event::Done { module: module(job), worker: Some(worker) });
            false
        }
        Told::Again { job, why } => {
            (shipping.on_event)(Event::Note(format!("`{}` is compiled again: {why}", module(job))));
            false
        }
        Told::End { sent, total, files, known } => {
            (shipping.on_event)(Event::Sent { files, known, sent, total });
            true
        }
        Told::Error(_) => false,
    }
}

fn error_of(failure: Failure, shipment: &Shipment, shipping: &Shipping<'_>, python: &Path) -> ThinError {
    let module = |job: usize| shipment.jobs.get(job).map_or(String::new(), |job| job.module.clone());
    let scheduler = shipping.scheduler.clone();
    match failure {
        Failure::Job { job, status, text, command } => {
            ThinError::Job { module: module(job), status, text, command }
        }
        Failure::Output { job, command } => {
            ThinError::NoOutput { module: module(job), output: "out.o".to_owned(), command }
        }
        Failure::Timeout { job } => ThinError::Timeout { module: module(job), seconds: shipping.timeout },
        Failure::Lost { job, attempts, why } => ThinError::Lost { module: module(job), attempts, why },
        Failure::Llvm { llvm, workers } => ThinError::WorkerLlvm { llvm, workers },
        Failure::Changed { path } => ThinError::Changed { path },
        Failure::Write { path, number } => {
            FileError::writing(&path)(std::io::Error::from_raw_os_error(number)).into()
        }
        Failure::Scheduler { text } => ThinError::Scheduler { scheduler, text },
        Failure::Nobody { patience } => ThinError::NoWorkers { scheduler, seconds: patience },
        Failure::Python { text } => ThinError::NoDask { program: python.display().to_string(), text },
    }
}

/// The Python that was given, else that of the folder's environment, else the one on the PATH.
fn python(shipping: &Shipping<'_>) -> PathBuf {
    let own = Path::new(ENVIRONMENT);
    match shipping.python {
        Some(python) => python.to_owned(),
        None if own.is_file() => own.to_owned(),
        None => PathBuf::from("python3"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Shipment, Shipping, Told, error_of};
    use std::error::Error as _;
    use std::path::Path;

    /// What the Python program may print, and a cluster of a test doesn't make it print.
    #[test]
    fn errors_of_the_program_have_texts() {
        let (list, on_event) = (Vec::new(), |_| {});
        let scheduler = "tcp://here:8786".to_owned();
        let shipping = Shipping {
            scheduler: scheduler.clone(),
            python: None,
            program: "",
            patience: 1,
            timeout: 1,
            on_event: &on_event,
        };
        let shipment = Shipment { scheduler, patience: 1, llvm: String::new(), jobs: list };
        let text = |line: &str| {
            let told: Told = serde_json::from_str(line).expect("a line of the program's");
            let Told::Error(failure) = told else { panic!("{line} is no error") };
            let failure: Failure = failure;
            let error = error_of(failure, &shipment, &shipping, Path::new("python3"));
            error.source().map_or(error.to_string(), |source| format!("{error}: {source}"))
        };
        let lines = [
            r#"{"event": "error", "kind": "lost", "job": 0, "attempts": 10, "why": "its worker is lost"}"#,
            r#"{"event": "error", "kind": "changed", "path": "a.o"}"#,
            r#"{"event": "error", "kind": "write", "path": "a.o", "number": 28}"#,
            r#"{"event": "error", "kind": "scheduler", "text": "connection refused"}"#,
        ];
        insta::assert_snapshot!(lines.map(text).join("\n"), @r"
        the job for `` was lost 10 times: its worker is lost
        `a.o` has changed while it was being linked
        can't write `a.o`: No space left on device (os error 28)
        the Dask scheduler `tcp://here:8786` can't be reached: connection refused
        help: start one with `dask scheduler`
        ");
    }
}
