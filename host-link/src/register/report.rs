//! What was made for a program and what is worth saying about it, as files beside each other: `PROGRAM.json`, and the
//! images themselves in `PROGRAM.offload`.

use crate::roots::Roots;
use anyhow::{Context as _, Result};
use device_link::{container, write_file};
use host_link::job::Job;
use offload_binary::Image;
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is told of one link.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// What is linked.
    program: PathBuf,
    /// In the order of their names.
    kernels: Vec<KernelLine>,
    /// The images, with the kernels as the runtime sees them.
    #[serde(flatten)]
    images: container::Listing,
    /// What is worth saying.
    pub(crate) warnings: Vec<String>,
    /// Why nothing was linked.
    pub(crate) error: Option<String>,
    #[serde(skip)]
    container: Option<Vec<Image>>,
}

/// One kernel.
#[derive(Debug, Serialize)]
struct KernelLine {
    /// Its Rust name.
    name: String,
    /// Its name in images.
    symbol: String,
}

impl Report {
    /// Of a job that has not begun.
    pub(crate) fn of(job: &Job) -> Self {
        let program = std::path::absolute(&job.program).unwrap_or_else(|_| job.program.clone());
        Self {
            program,
            kernels: Vec::new(),
            images: container::list(&[]),
            warnings: Vec::new(),
            error: None,
            container: None,
        }
    }

    /// Adds what was made.
    pub(crate) fn add(&mut self, images: &[Image], roots: &Roots<'_>) {
        let kernel = |symbol: &&str| KernelLine {
            name: format!("{:#}", rustc_demangle::demangle(symbol)),
            symbol: (*symbol).to_owned(),
        };
        self.kernels = roots.keys().map(kernel).collect();
        self.kernels.sort_by(|a, b| a.name.cmp(&b.name));
        self.images = container::list(images);
        self.container = Some(images.to_vec());
    }

    /// Writes the files, in place of those of an earlier link.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make `{}`", folder.display()))?;
        if let Some(images) = &self.container {
            write_file(&file(folder, &self.program, ".offload"), &container::pack(images)?)?;
        }
        self.write_text(folder)
    }

    /// Writes the file for programs alone.
    pub(crate) fn write_text(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec(self).context("a path is not UTF-8")?;
        Ok(write_file(&file(folder, &self.program, ".json"), &text)?)
    }
}

/// The file about `program` in `folder`.
pub(crate) fn file(folder: &Path, program: &Path, end: &str) -> PathBuf {
    let mut name = program.file_name().map_or_else(|| OsString::from("program"), OsString::from);
    name.push(end);
    folder.join(name)
}
