//! What was made for a program and what is worth saying about it, as files beside each other: `PROGRAM.json`, and the
//! images themselves in `PROGRAM.offload`.

use crate::roots::Roots;
use anyhow::{Context as _, Result};
use device_link::{container, write_file};
use diagnostics::names::kernel_name;
use diagnostics::{Code, Diagnostic};
use host_link::job::Job;
use host_link::report::file;
use offload_binary::Image;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is told of one link.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// What is linked.
    program: PathBuf,
    /// In the order of their names.
    kernels: Vec<KernelLine>,
    /// Kernels that no image has.
    stayed: Vec<Stayed>,
    /// The images, with the kernels as the runtime sees them.
    #[serde(flatten)]
    images: container::Listing,
    /// What is wrong, and what is worth saying.
    pub(crate) diagnostics: Vec<Diagnostic>,
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

/// A kernel that runs on the CPU alone.
#[derive(Debug, Serialize)]
struct Stayed {
    name: String,
    symbol: String,
    /// Why.
    reason: String,
    code: Option<Code>,
}

impl Report {
    /// Of a job that has not begun.
    pub(crate) fn of(job: &Job) -> Self {
        let program = std::path::absolute(&job.program).unwrap_or_else(|_| job.program.clone());
        Self {
            program,
            kernels: Vec::new(),
            stayed: Vec::new(),
            images: container::list(&[]),
            diagnostics: Vec::new(),
            container: None,
        }
    }

    /// Adds what was made.
    pub(crate) fn add(&mut self, images: &[Image], roots: &Roots<'_>) {
        let kernel = |symbol: &&str| KernelLine { name: kernel_name(symbol), symbol: (*symbol).to_owned() };
        self.kernels = roots.keys().map(kernel).collect();
        self.kernels.sort_by(|a, b| a.name.cmp(&b.name));
        self.images = container::list(images);
        self.container = Some(images.to_vec());
    }

    /// Adds kernels that no image has, each with what is wrong with it.
    pub(crate) fn add_stayed(&mut self, kernels: &BTreeMap<String, Diagnostic>) {
        for (symbol, why) in kernels {
            let name = kernel_name(symbol);
            let about = [format!("kernel `{name}` "), format!("`{name}` ")];
            let reason = about.iter().find_map(|start| why.message.strip_prefix(start));
            let reason = reason.unwrap_or(&why.message).to_owned();
            self.stayed.push(Stayed { name, symbol: symbol.clone(), reason, code: why.code });
        }
    }

    /// Writes the files, in place of those of an earlier link.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make `{}`", folder.display()))?;
        let path = file(folder, &self.program, ".offload");
        match self.container.as_deref() {
            Some([]) if path.exists() => {
                std::fs::remove_file(&path).with_context(|| format!("can't remove `{}`", path.display()))?;
            }
            Some([]) | None => {}
            Some(images) => write_file(&path, &container::pack(images)?)?,
        }
        self.write_text(folder)
    }

    /// Writes the file for programs alone.
    pub(crate) fn write_text(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec(self).context("a path is not UTF-8")?;
        Ok(write_file(&file(folder, &self.program, ".json"), &text)?)
    }
}
