//! Jobs as files for a build system: what one thin link decided, and how to decide it again when a module changes.

use super::{list_jobs, make, ninja};
use crate::output::Outputs;
use crate::thin::plan::ThinPlan;
use crate::thin::{JobList, LinkInput, ThinResult, object_names};
use std::path::{Path, PathBuf};

/// Who reads the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildSystem {
    /// GNU make.
    Make,
    /// Ninja.
    Ninja,
}

/// What the files say beside the jobs.
#[derive(Debug)]
pub struct BuildFiles<'a> {
    /// Who reads them.
    pub system: BuildSystem,
    /// The folder of the files and of the objects.
    pub folder: &'a Path,
    /// This program.
    pub program: &'a str,
    /// The command that wrote the files.
    pub command: &'a [String],
    /// More arguments of every back end.
    pub arguments: &'a [String],
    /// The files that the thin link reads.
    pub inputs: &'a [PathBuf],
    /// The last link: its output, and the command behind the objects.
    pub link: Option<(&'a Path, Vec<String>)>,
    /// What the last link takes beside the objects.
    pub natives: &'a [PathBuf],
}

/// A job as the files have it.
pub(super) struct BuildJob {
    pub(super) module: String,
    pub(super) index: String,
    pub(super) object: String,
    pub(super) imports: Vec<String>,
}

/// What a file for a build system is made of.
pub(super) struct BuildPlan<'a> {
    pub(super) files: &'a BuildFiles<'a>,
    pub(super) jobs: Vec<BuildJob>,
    /// The command of a back end, up to the module.
    pub(super) backend: Vec<String>,
    /// Objects that the thin link itself writes.
    pub(super) ready: Vec<String>,
    pub(super) inputs: Vec<String>,
    /// The file that the thin link always writes.
    pub(super) main_file: String,
}

impl BuildFiles<'_> {
    /// Writes all files. What is as it was isn't written again, so that only those jobs run again for which
    /// something has changed.
    pub fn write(&self, plan: &ThinPlan<'_>, inputs: &[LinkInput]) -> ThinResult<PathBuf> {
        let mut outputs = Outputs::with_folders();
        for module in inputs.iter().filter_map(LinkInput::module).filter(|module| !module.is_file) {
            outputs.add_if_changed(Path::new(&module.name), &module.bytes)?;
        }
        let path = |name: &str| self.folder.join(name).display().to_string();
        let names: Vec<(String, String)> = object_names(&plan.jobs, "")
            .iter()
            .map(|stem| (path(&format!("{stem}thinlto.bc")), path(&format!("{stem}thin.o"))))
            .collect();
        for (job, (index, _)) in plan.jobs.iter().zip(&names) {
            outputs.add_if_changed(Path::new(index), &job.index)?;
        }
        let ready: Vec<String> = plan.regular.iter().map(|_| path("regular.o")).collect();
        if let Some(regular) = &plan.regular {
            outputs.add_if_changed(&self.folder.join("regular.o"), regular)?;
        }
        let linker_output = self.link.as_ref().map_or(self.folder, |(output, _)| *output);
        let list =
            list_jobs(&plan.jobs, &plan.config, self.program, &linker_output.display().to_string(), &names);
        outputs.add_if_changed(&self.folder.join("jobs.json"), list.text().as_bytes())?;
        let main = match self.system {
            BuildSystem::Make => "thin.mk",
            BuildSystem::Ninja => "thin.ninja",
        };
        let build_plan = self.plan(&list, ready, path(main));
        match self.system {
            // make asks whether the file is older than the modules.
            BuildSystem::Make => outputs.add(&self.folder.join(main), make::text(&build_plan).as_bytes())?,
            BuildSystem::Ninja => {
                outputs.add_if_changed(&self.folder.join(main), ninja::text(&build_plan).as_bytes())?;
                outputs.add_if_changed(
                    &self.folder.join(ninja::IMPORTS),
                    ninja::imports(&build_plan).as_bytes(),
                )?;
            }
        }
        outputs.persist()?;
        Ok(self.folder.join(main))
    }

    fn plan(&self, list: &JobList, ready: Vec<String>, main_file: String) -> BuildPlan<'_> {
        let jobs = list.jobs.iter().map(|job| BuildJob {
            module: job.module().to_owned(),
            index: job.inputs[1].clone(),
            object: job.output().to_owned(),
            imports: job.inputs[2..].to_vec(),
        });
        let mut backend = list.common.args.clone();
        backend.extend_from_slice(self.arguments);
        BuildPlan {
            files: self,
            jobs: jobs.collect(),
            backend,
            ready,
            inputs: self.inputs.iter().map(|path| path.display().to_string()).collect(),
            main_file,
        }
    }
}

impl BuildPlan<'_> {
    /// What the last link takes beside the objects.
    pub(super) fn natives(&self) -> impl Iterator<Item = String> {
        self.files.natives.iter().map(|path| path.display().to_string())
    }

    /// All objects of the last link.
    pub(super) fn objects(&self) -> Vec<&str> {
        let jobs = self.jobs.iter().map(|job| job.object.as_str());
        self.ready.iter().map(String::as_str).chain(jobs).collect()
    }
}

/// `words` for a shell.
pub(super) fn shell(words: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=./,:@%".contains(c);
    let quoted = words.iter().map(|word| {
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}
