//! What is wrong with kernels: the trouble, the way there, and what can be done.

use crate::Result;
use crate::compose::Origins;
use crate::error::{Error, demangled};
use crate::hop::Hop;
use crate::trouble::Trouble;
use diagnostics::Code;
use llvm_plugin::inkwell::module::Module;
use std::collections::HashSet;
use std::fmt;

/// One thing that is wrong with one kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kernel's symbol.
    pub kernel: String,
    /// What is wrong.
    pub trouble: Trouble,
    /// The way there, the last step first.
    pub chain: Vec<Hop>,
}

/// The error that tells all `problems`, ordered by kernel, if there are any. That a kernel is empty is
/// told only where nothing else is wrong with it.
pub(crate) fn refuse(mut problems: Vec<Problem>) -> Result<()> {
    let others: HashSet<_> = problems
        .iter()
        .filter(|problem| !problem.trouble.is_what_is_left())
        .map(|problem| problem.kernel.clone())
        .collect();
    problems.retain(|problem| !problem.trouble.is_what_is_left() || !others.contains(&problem.kernel));
    problems.sort_by(|a, b| a.kernel.cmp(&b.kernel));
    let refusals = group(problems);
    if refusals.is_empty() { Ok(()) } else { Err(Error::Kernels(refusals)) }
}

/// Tells of `problems` that are about a kernel as a whole where that begins, if `module` has it.
pub(crate) fn locate(problems: &mut [Problem], module: &Module<'_>, origins: &Origins) {
    for problem in problems.iter_mut().filter(|problem| problem.chain.is_empty()) {
        let function = module.get_function(&problem.kernel);
        problem.chain.extend(function.map(|function| Hop::start_of(function, origins)));
    }
}

/// One refusal for each thing that the author of a kernel wrote: a `println!` reaches a dozen things of the
/// standard library that a device can't do, and is one mistake.
fn group(problems: Vec<Problem>) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> = Vec::new();
    for problem in problems {
        let called = problem.library_function().map(str::to_owned);
        let same = |known: &&mut Refusal| {
            called.is_some()
                && known.problem.kernel == problem.kernel
                && known.problem.library_function() == called.as_deref()
        };
        match refusals.iter_mut().find(same) {
            Some(known) => known.more += 1,
            None => refusals.push(Refusal { problem, targets: Vec::new(), more: 0 }),
        }
    }
    refusals
}

/// Whether a demangled name begins in a crate of Rust's standard library: `std::…`, `<core::… as …>::…`.
fn is_of_standard_library(name: &str) -> bool {
    let path =
        name.trim_start_matches(['<', '&', '*']).trim_start_matches("mut ").trim_start_matches("const ");
    ["std::", "core::", "alloc::"].iter().any(|root| path.starts_with(root))
}

/// A problem and the images that it keeps from being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong with which kernel.
    pub problem: Problem,
    /// Target and processor of the images; none where it is all of them.
    pub targets: Vec<String>,
    /// How many more problems the same call of the standard library leads to.
    pub more: usize,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)?;
        if let (Some(called), more @ 1..) = (self.problem.library_function(), self.more) {
            let things = if more == 1 { "one more thing" } else { &format!("{more} more things") };
            write!(f, "\nnote: `{}` leads to {things} that a device can't do", demangled(called))?;
        }
        if self.targets.is_empty() { Ok(()) } else { write!(f, "\nnote: for {}", self.targets.join(", ")) }
    }
}

/// What is wrong with the kernels of an image, found in its parts and for each of its processors.
pub(crate) fn of_one_image(found: Vec<Refusal>) -> Vec<Refusal> {
    let mut merged: Vec<Refusal> = Vec::new();
    for refusal in found {
        match merged.iter_mut().find(|known| known.problem == refusal.problem) {
            Some(known) => known.more = known.more.max(refusal.more),
            None => merged.push(refusal),
        }
    }
    merged.sort_by(|a, b| a.problem.kernel.cmp(&b.problem.kernel));
    merged
}

/// All that is wrong with kernels for any image: what is wrong for all `images` of them is told once.
pub(crate) fn merge(found: Vec<(String, Vec<Refusal>)>, images: usize) -> Vec<Refusal> {
    let mut merged: Vec<Refusal> = Vec::new();
    for (target, refusals) in found {
        for refusal in refusals {
            match merged.iter_mut().find(|known| known.problem == refusal.problem) {
                Some(known) => {
                    known.targets.push(target.clone());
                    known.more = known.more.max(refusal.more);
                }
                None => merged.push(Refusal { targets: vec![target.clone()], ..refusal }),
            }
        }
    }
    for refusal in merged.iter_mut().filter(|refusal| refusal.targets.len() == images) {
        refusal.targets.clear();
    }
    merged.sort_by(|a, b| a.problem.kernel.cmp(&b.problem.kernel));
    merged
}

/// The first of what keeps images from being made, with the image where the same doesn't hold for all.
pub(crate) fn first_of(mut errors: Vec<(String, Error)>, images: usize) -> Option<Error> {
    let texts: HashSet<_> = errors.iter().map(|(_, error)| error.to_string()).collect();
    let is_common = errors.len() == images && texts.len() == 1;
    let (target, error) = if errors.is_empty() { return None } else { errors.swap_remove(0) };
    Some(if is_common { error } else { Error::ForTarget { target, source: Box::new(error) } })
}

impl Problem {
    /// What explains it: of what the standard library does, that its function can't run on a device.
    pub fn code(&self) -> Code {
        match self.library_function() {
            Some(_) if self.trouble.is_what_code_uses() => Code::OB0012,
            _ => self.trouble.code(),
        }
    }

    /// The function of Rust's standard library that the kernel's own code calls on the way.
    fn library_function(&self) -> Option<&str> {
        let names = self.chain.iter().rev().filter(|hop| !hop.inlined).map(|hop| hop.name.as_str());
        names.into_iter().find(|name| is_of_standard_library(&demangled(name)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kernel, trouble, chain } = self;
        write!(f, "{} `{}` {trouble}", trouble.noun(), demangled(kernel))?;
        for hop in chain {
            write!(f, "\n  {hop}")?;
        }
        match self.library_function() {
            Some(called) if trouble.is_what_code_uses() => {
                write!(f, "\nhelp: keep the kernel from calling `{}`", demangled(called))
            }
            _ => write!(f, "\nhelp: {}", trouble.help()),
        }
    }
}
