//! Who runs the jobs of a link: this process, a build system, or a cluster.

mod build_files;
mod dask;
mod make;
mod ninja;
mod processes;
mod shipment;
mod threads;

pub use build_files::{BuildFiles, BuildSystem};
pub use dask::{run_dask, run_list_dask};
pub use processes::run_list_processes;
pub use shipment::Shipping;
pub use threads::run_threads;

use super::plan::Job;
use super::{Common, JobList, ListedJob};
use llvm_plugin::inkwell::support::get_llvm_version;
use llvm_plugin::thin_lto::{CodeModel, Relocation, ThinConfig};

/// What happens while jobs run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A job is done.
    Done {
        /// The module.
        module: String,
        /// Who did it, where that is somebody else.
        worker: Option<String>,
    },
    /// All jobs are done, and this went over the network.
    Sent {
        /// The files that were sent.
        files: u64,
        /// The files that the jobs have.
        known: u64,
        /// The bytes of the former.
        sent: u64,
        /// The bytes of the latter.
        total: u64,
    },
    /// Something that is worth saying.
    Note(String),
}

/// Takes events, from any thread.
pub type OnEvent<'a> = &'a (dyn Fn(Event) + Sync);

/// The version of the LLVM that this program uses.
pub fn llvm_version() -> String {
    let (major, minor, patch) = get_llvm_version();
    format!("{major}.{minor}.{patch}")
}

/// `config` as arguments of `bitcode-link backend`.
pub fn config_arguments(config: &ThinConfig) -> Vec<String> {
    let ThinConfig { cpu, features, relocation, code_model, level, assembly } = config;
    let mut arguments = vec![format!("-O{level}")];
    if !cpu.is_empty() {
        arguments.push(format!("--cpu={cpu}"));
    }
    if !features.is_empty() {
        arguments.push(format!("--features={features}"));
    }
    match relocation {
        Relocation::Module => {}
        Relocation::Static => arguments.push("--relocation=static".to_owned()),
        Relocation::Pic => arguments.push("--relocation=pic".to_owned()),
    }
    match code_model {
        CodeModel::Module => {}
        CodeModel::Small => arguments.push("--code-model=small".to_owned()),
        CodeModel::Kernel => arguments.push("--code-model=kernel".to_owned()),
        CodeModel::Medium => arguments.push("--code-model=medium".to_owned()),
        CodeModel::Large => arguments.push("--code-model=large".to_owned()),
    }
    if *assembly {
        arguments.push("--assembly".to_owned());
    }
    arguments
}

/// `jobs` as a list, for files called `index` and `object` of each job.
pub fn list_jobs(
    jobs: &[Job<'_>],
    config: &ThinConfig,
    program: &str,
    linker_output: &str,
    files: &[(String, String)],
) -> JobList {
    let mut args = vec![program.to_owned(), "backend".to_owned()];
    args.extend(config_arguments(config));
    let listed = jobs.iter().zip(files).map(|(job, (index, object))| {
        let module = job.module.name.clone();
        let imports = job.imports.iter().map(|import| import.name.clone());
        ListedJob {
            args: vec![module.clone(), format!("--index={index}"), "-o".to_owned(), object.clone()],
            inputs: [module, index.clone()].into_iter().chain(imports).collect(),
            outputs: vec![object.clone()],
        }
    });
    let common = Common {
        linker_output: linker_output.to_owned(),
        args,
        inputs: Vec::new(),
        llvm: Some(llvm_version()),
    };
    JobList { common, jobs: listed.collect() }
}
