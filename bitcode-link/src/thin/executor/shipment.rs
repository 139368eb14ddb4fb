//! Jobs for machines that share no folder with this one: every file has a name of its own in the job's folder, and is
//! known by its hash.

use super::{OnEvent, config_arguments};
use crate::file_error::FileError;
use crate::thin::plan::Job;
use crate::thin::{JobList, TemporaryFolder, ThinError, ThinResult};
use llvm_plugin::thin_lto::{ThinConfig, index_modules, rename_modules};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What the program that talks to Dask reads.
#[derive(Debug, Serialize)]
pub(super) struct Shipment {
    /// The scheduler's address.
    pub(super) scheduler: String,
    /// How long to wait for workers, in seconds.
    pub(super) patience: u64,
    /// The version of LLVM that workers must have.
    pub(super) llvm: String,
    /// The jobs.
    pub(super) jobs: Vec<ShippedJob>,
}

/// A job as a worker gets it.
#[derive(Debug, Serialize)]
pub(super) struct ShippedJob {
    /// By which messages call it.
    pub(super) module: String,
    /// The command.
    args: Vec<String>,
    /// What it reads.
    files: Vec<ShippedFile>,
    /// What it writes.
    output: String,
    /// Where that goes here.
    pub(super) result: PathBuf,
    /// Its place among all jobs when the longest are the first.
    rank: usize,
    /// How long it may take, in seconds.
    pub(super) timeout: u64,
}

#[derive(Debug, Clone, Serialize)]
struct ShippedFile {
    name: String,
    sha256: String,
    path: PathBuf,
}

/// What all jobs of a shipment have.
#[derive(Clone)]
pub struct Shipping<'a> {
    /// The scheduler's address.
    pub scheduler: String,
    /// The Python that has Dask.
    pub python: Option<&'a Path>,
    /// This program, as workers find it.
    pub program: &'a str,
    /// How long to wait for workers, in seconds.
    pub patience: u64,
    /// How long a job may take, in seconds.
    pub timeout: u64,
    /// Who is told what happens.
    pub on_event: OnEvent<'a>,
}

const INDEX: &str = "index.thinlto.bc";
const OUTPUT: &str = "out.o";

/// The jobs of a thin link. What isn't a file yet is written to `folder`.
pub(super) fn ship_jobs(
    jobs: &[&Job<'_>],
    config: &ThinConfig,
    shipping: &Shipping<'_>,
    folder: &TemporaryFolder,
) -> ThinResult<Vec<ShippedJob>> {
    let used = jobs.iter().flat_map(|job| std::iter::once(job.module).chain(job.imports.iter().copied()));
    let by_name: HashMap<&str, _> = used.map(|module| (module.name.as_str(), module)).collect();
    let names = short_names(by_name.keys().copied());
    let mut files = HashMap::new();
    for (name, module) in &by_name {
        let short = &names[*name];
        let path = if module.is_file {
            PathBuf::from(name)
        } else {
            write(folder.path().join(short), &module.bytes)?
        };
        files.insert(*name, ShippedFile { name: short.clone(), sha256: hash(&module.bytes), path });
    }
    let ranks = ranks(&jobs.iter().map(|job| job.module.bytes.len()).collect::<Vec<_>>());
    let mut shipped = Vec::new();
    for (number, job) in jobs.iter().enumerate() {
        let index = renamed(&job.module.name, &job.index, &names)?;
        let path = write(folder.path().join(format!("{number}.{INDEX}")), &index)?;
        let mut own = vec![ShippedFile { name: INDEX.to_owned(), sha256: hash(&index), path }];
        let modules = std::iter::once(job.module).chain(job.imports.iter().copied());
        own.extend(modules.map(|module| files[module.name.as_str()].clone()));
        let mut args = vec![shipping.program.to_owned(), "backend".to_owned()];
        args.extend(config_arguments(config));
        args.push(names[&job.module.name].clone());
        args.extend([format!("--index={INDEX}"), "-o".to_owned(), OUTPUT.to_owned()]);
        shipped.push(ShippedJob {
            module: job.module.name.clone(),
            args,
            files: own,
            output: OUTPUT.to_owned(),
            result: folder.path().join(format!("{number}.o")),
            rank: ranks[number],
            timeout: shipping.timeout,
        });
    }
    Ok(shipped)
}

/// The jobs of a list that somebody else made, each to write where the list says.
pub(super) fn ship_list(
    list: &JobList,
    shipping: &Shipping<'_>,
    folder: &TemporaryFolder,
) -> ThinResult<Vec<ShippedJob>> {
    let modules = list.jobs.iter().flat_map(|job| job.inputs.iter().take(1).chain(job.inputs.iter().skip(2)));
    let mut names = short_names(modules.map(String::as_str));
    for (number, input) in list.common.inputs.iter().enumerate() {
        names.entry(input.clone()).or_insert_with(|| format!("common{number}"));
    }
    let mut files: HashMap<&str, ShippedFile> = HashMap::new();
    for (name, short) in &names {
        let sha256 = hash(&read(Path::new(name))?);
        files.insert(name, ShippedFile { name: short.clone(), sha256, path: PathBuf::from(name) });
    }
    let sizes = list.jobs.iter().map(|job| std::fs::metadata(job.module()).map_or(0, |data| data.len()));
    let sizes: Vec<usize> = sizes.map(|size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
    let ranks = ranks(&sizes);
    let mut shipped = Vec::new();
    for (number, job) in list.jobs.iter().enumerate() {
        let index = &job.inputs[1];
        let content = renamed(job.module(), &read(Path::new(index))?, &names)?;
        let path = write(folder.path().join(format!("{number}.{INDEX}")), &content)?;
        let mut own = vec![ShippedFile { name: INDEX.to_owned(), sha256: hash(&content), path }];
        let others = job.inputs.iter().filter(|input| *input != index).chain(&list.common.inputs);
        own.extend(others.map(|input| files[input.as_str()].clone()));
        let rename = |argument: &String| {
            let known = |path: &str| match path {
                _ if path == index => Some(INDEX.to_owned()),
                _ if path == job.output() => Some(OUTPUT.to_owned()),
                _ => names.get(path).cloned(),
            };
            let (option, path) = argument.split_once('=').map_or(("", argument.as_str()), |parts| parts);
            match (known(argument), known(path)) {
                (Some(short), _) => short,
                (None, Some(short)) if !option.is_empty() => format!("{option}={short}"),
                _ => argument.clone(),
            }
        };
        shipped.push(ShippedJob {
            module: job.module().to_owned(),
            args: list.common.args.iter().chain(&job.args).map(rename).collect(),
            files: own,
            output: OUTPUT.to_owned(),
            result: PathBuf::from(job.output()),
            rank: ranks[number],
            timeout: shipping.timeout,
        });
    }
    Ok(shipped)
}

/// Names that any folder can have, which sort as the names do that they stand for: what is imported is taken in their
/// order.
fn short_names<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<String, String> {
    let sorted: BTreeSet<&str> = names.collect();
    // clang takes what ends in .bc for a source, and links device libraries to it.
    let short = |number: usize| format!("m{number:06}.o");
    sorted.into_iter().enumerate().map(|(number, name)| (name.to_owned(), short(number))).collect()
}

fn renamed(module: &str, index: &[u8], names: &HashMap<String, String>) -> ThinResult<Vec<u8>> {
    let failed = |text| ThinError::Backend { module: module.to_owned(), text };
    let named = index_modules(index).map_err(failed)?;
    let pairs: Vec<(&str, &str)> = named
        .iter()
        .filter_map(|name| names.get(name).map(|short| (name.as_str(), short.as_str())))
        .collect();
    rename_modules(index, &pairs).map_err(failed)
}

/// For each size, how many are larger.
fn ranks(sizes: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(sizes[*index]));
    let mut ranks = vec![0; sizes.len()];
    for (rank, index) in order.into_iter().enumerate() {
        ranks[index] = rank;
    }
    ranks
}

fn hash(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn read(path: &Path) -> ThinResult<Vec<u8>> {
    Ok(std::fs::read(path).map_err(FileError::reading(path))?)
}

fn write(path: PathBuf, bytes: &[u8]) -> ThinResult<PathBuf> {
    std::fs::write(&path, bytes).map_err(FileError::writing(&path))?;
    Ok(path)
}
