//! How far the images of a program are, in a file for the run of cargo that waits for them: `PROGRAM.progress`.

use device_link::{Listener, Step, write_file};
use host_link::job::Job;
use host_link::report::file;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Removes the file when the images are made, or can't be.
pub(crate) struct Shown(PathBuf);

impl Drop for Shown {
    fn drop(&mut self) {
        // Who looks at it sees the report by now.
        drop(std::fs::remove_file(&self.0));
    }
}

#[derive(Serialize)]
struct Progress<'a> {
    program: &'a Path,
    done: usize,
    all: usize,
    image: &'a str,
}

/// Says that the work has begun, if somebody looks.
pub(crate) fn start(job: &Job) -> Option<Shown> {
    let path = place(job)?;
    write(&path, &job.program, &Step { image: "", done: 0, all: 0 });
    Some(Shown(path))
}

/// Says how far it is.
pub(crate) fn listener(job: &Job) -> Option<Listener> {
    let (path, program) = (place(job)?, job.program.clone());
    Some(Listener::new(move |step| write(&path, &program, step)))
}

fn place(job: &Job) -> Option<PathBuf> {
    Some(file(job.run.as_deref()?, &job.program, ".progress"))
}

fn write(path: &Path, program: &Path, step: &Step<'_>) {
    let Step { image, done, all } = *step;
    if let Ok(text) = serde_json::to_vec(&Progress { program, done, all, image }) {
        // Nothing depends on it; a full disk is told where it matters.
        drop(write_file(path, &text));
    }
}
