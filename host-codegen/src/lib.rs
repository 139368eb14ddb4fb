//! A plan becomes host code: launches turn into calls of libomptarget, and the images they need are embedded
//! and registered. The pass makes its plan from the launches of a module; any other front end can write one as
//! JSON (`host-codegen plan.json in.ll`).

#![forbid(unsafe_code)]

pub mod container;
mod cx;
mod embed;
mod entry_block;
mod entry_point;
mod error;
mod global;
mod ir_struct;
mod kernel_launch;
mod launch_check;
mod map_arrays;
mod map_check;
pub mod plan;
mod program;
mod record;
mod regions;
mod registration;
mod resolve;
mod source_ident;
mod weak_runtime;

pub use container::Container;
pub use embed::{EmbeddedEntry, EntryRole, emit_embed, find_entries};
pub use error::Error;
pub use map_check::{MapError, check_map};
pub use plan::HostPlan;
pub use program::{Launcher, emit_program};
pub use record::emit_record;
pub use weak_runtime::emit_weak_runtime;

use inkwell::module::Module;
use regions::Regions;
use std::collections::HashMap;

/// Rewrites the launches of `plan` in `module`, and embeds and registers `container` if there are any.
///
/// All call sites are found before anything is changed; the result is verified.
///
/// # Errors
/// The plan does not fit the module, the module has no data layout, or (our bug) the result is not valid IR.
pub fn emit_host(module: &Module<'_>, plan: &HostPlan, container: &Container) -> Result<(), Error> {
    if plan.launches.is_empty() {
        return Ok(());
    }
    let cx = cx::Cx::new(module)?;
    let launches = resolve::resolve_launches(&cx, plan, Some(container))?;
    let registered = registration::emit_registration(&cx, plan.registration, container);
    for launch in &launches {
        kernel_launch::emit_launch(&cx, &Regions::Here(&registered), launch)?;
    }
    resolve::remove_unused_declarations(module);
    cx.verify()
}

/// Rewrites the launches of `plan` in `module` for a program that gets its images when it is linked: each refers
/// to its kernel weakly, by the name that `names` has for it or else by its own. Where nothing defines that, the
/// launch does what the contract says of one that no device takes.
///
/// # Errors
/// As [`emit_host`].
pub fn emit_weak_launches(
    module: &Module<'_>,
    plan: &HostPlan,
    names: &HashMap<String, String>,
) -> Result<(), Error> {
    if plan.launches.is_empty() {
        return Ok(());
    }
    let cx = cx::Cx::new(module)?;
    for launch in &resolve::resolve_launches(&cx, plan, None)? {
        kernel_launch::emit_launch(&cx, &Regions::InProgram(names), launch)?;
    }
    resolve::remove_unused_declarations(module);
    cx.verify()
}
