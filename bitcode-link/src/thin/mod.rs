//! ThinLTO that any machine may do a part of: a thin link in memory, a list of jobs, and who runs them.

mod inputs;
mod native;
mod options;
mod resolve;
mod symbol_table;

mod plan;

mod backend;
mod cached;
mod job_list;

pub mod executor;
mod final_link;
mod processor;

mod error;
mod object_names;
mod temporary;

pub use backend::{compile, compile_files};
pub use cached::{Lookup, files_key, job_key, open_cache};
pub use error::ThinError;
pub use final_link::FinalLink;
pub use inputs::{Inputs, LinkInput, ThinModule, read_inputs};
pub use job_list::{Common, JobList, ListedJob};
pub use object_names::object_names;
pub use options::{LinkKind, ThinOptions};
pub use plan::{Job, ThinPlan, plan_thin};
pub use processor::{check_processor, name_processors};
pub use resolve::{Resolved, resolve};

pub use temporary::{TemporaryFolder, remove_all};

/// What the functions of this module return.
pub type ThinResult<T> = std::result::Result<T, ThinError>;
