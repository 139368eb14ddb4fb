//! Jobs in threads of this process.

use super::{Event, OnEvent};
use crate::jobs;
use crate::thin::backend::{compile, weight};
use crate::thin::plan::Job;
use crate::thin::{ThinError, ThinResult};
use llvm_plugin::thin_lto::ThinConfig;
use std::num::NonZeroUsize;

/// Compiles `wanted`, at most `limit` at a time. The objects, in the order of the list.
pub fn run_threads(
    wanted: &[&Job<'_>],
    config: &ThinConfig,
    limit: NonZeroUsize,
    on_event: OnEvent<'_>,
) -> ThinResult<Vec<Vec<u8>>> {
    // The longest first, so that no thread has a long one left when the others are done.
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(weight(wanted[*index].module)));
    let compiled = jobs::run(limit, &order, |index| {
        let object = compile(wanted[*index], config);
        if object.is_ok() {
            on_event(Event::Done { module: wanted[*index].module.name.clone(), worker: None });
        }
        (*index, object)
    });
    let mut objects: Vec<(usize, Vec<u8>)> =
        compiled.into_iter().map(|(index, object)| Ok((index, object?))).collect::<Result<_, ThinError>>()?;
    objects.sort_by_key(|(index, _)| *index);
    Ok(objects.into_iter().map(|(_, object)| object).collect())
}
