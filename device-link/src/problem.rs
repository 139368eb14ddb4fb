//! What is wrong with kernels: the trouble, the way there, and what can be done.

use crate::Result;
use crate::error::{Error, demangled};
use crate::limits::Limit;
use llvm_plugin::debug_location::DebugLocation;
use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

/// One step of the way from a kernel to what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The function, or the constant, that refers to the step before.
    pub name: String,
    /// Where it does so, if there is debug info.
    pub location: Option<DebugLocation>,
    /// The input that it comes from.
    pub input: Option<PathBuf>,
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in `{}`", demangled(&self.name))?;
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        self.input.as_ref().map_or(Ok(()), |input| write!(f, " ({})", input.display()))
    }
}

/// What is wrong with a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// It returns something.
    Returns {
        /// What.
        type_name: String,
    },
    /// It takes `...`.
    VarArgs,
    /// A parameter that no slot carries.
    Parameter {
        /// Its index, from 0.
        index: usize,
        /// Its type.
        type_name: String,
    },
    /// A parameter that an entry can't have.
    EntryParameter {
        /// Its index, from 0.
        index: usize,
        /// Its type.
        type_name: String,
    },
    /// An entry without the launch environment.
    NoEnvironment,
    /// It waits for other threads.
    Barrier,
    /// Something that the target's device can't do.
    NoSuchMarker {
        /// The marker.
        marker: String,
        /// The target.
        target: &'static str,
    },
    /// A marker whose operands must be known when the image is linked.
    MarkerOperand {
        /// The marker.
        marker: String,
    },
    /// An entry without geometry asks for it.
    MarkerInEntry {
        /// The marker.
        marker: String,
    },
    /// A marker in a function that can't be inlined.
    MarkerNotInlined {
        /// The marker.
        marker: String,
    },
    /// A function that nobody defines.
    UndefinedFunction {
        /// Its symbol.
        symbol: String,
    },
    /// A variable that nobody defines.
    UndefinedVariable {
        /// Its symbol.
        symbol: String,
    },
    /// A variable of the host's threads.
    ThreadLocal {
        /// Its symbol.
        symbol: String,
    },
    /// A variable that can change.
    Mutable {
        /// Its symbol.
        symbol: String,
    },
    /// A marker that threads meet in, where its compiler may have put control flow around it.
    MayBeMoved {
        /// The marker.
        marker: String,
    },
    /// Assembly of the host's.
    Assembly {
        /// Its first line.
        line: String,
        /// The target.
        target: &'static str,
    },
    /// An intrinsic of the host's processor.
    HostIntrinsic {
        /// Its name.
        name: String,
        /// The target.
        target: &'static str,
    },
    /// A function pointer, where there are none.
    FunctionPointer {
        /// The function, where it is known.
        symbol: Option<String>,
        /// The target.
        target: &'static str,
    },
    /// An integer that the target doesn't have.
    WideInteger {
        /// The target.
        target: &'static str,
    },
    /// Nothing is left of it.
    Empty,
}

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
        .filter(|problem| problem.trouble != Trouble::Empty)
        .map(|problem| problem.kernel.clone())
        .collect();
    problems.retain(|problem| problem.trouble != Trouble::Empty || !others.contains(&problem.kernel));
    problems.sort_by(|a, b| a.kernel.cmp(&b.kernel));
    let refusals = group(problems);
    if refusals.is_empty() { Ok(()) } else { Err(Error::Kernels(refusals)) }
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

impl Trouble {
    /// Whether it is something that code refers to: within a library, its author can't be told to change it.
    fn is_what_code_uses(&self) -> bool {
        matches!(
            self,
            Self::UndefinedFunction { .. }
                | Self::UndefinedVariable { .. }
                | Self::ThreadLocal { .. }
                | Self::Mutable { .. }
        )
    }

    /// What `limit` is on a target that has it.
    pub(crate) fn of_limit(limit: &Limit, target: &'static str) -> Self {
        match limit.clone() {
            Limit::Assembly(line) => Self::Assembly { line, target },
            Limit::HostIntrinsic(name) => Self::HostIntrinsic { name, target },
            Limit::FunctionAddress(symbol) => Self::FunctionPointer { symbol: Some(symbol), target },
            Limit::IndirectCall => Self::FunctionPointer { symbol: None, target },
            Limit::WideInteger => Self::WideInteger { target },
        }
    }
}

impl Problem {
    /// The function of Rust's standard library that the kernel's own code calls on the way.
    fn library_function(&self) -> Option<&str> {
        let names = self.chain.iter().rev().map(|hop| hop.name.as_str());
        names.into_iter().find(|name| is_of_standard_library(&demangled(name)))
    }

    /// What can be done about it.
    fn help(&self) -> Option<&'static str> {
        Some(match &self.trouble {
            Trouble::Parameter { .. } => "pass it in memory, through a pointer",
            Trouble::MarkerOperand { .. } => "write key, size and alignment as constants at the call",
            Trouble::MarkerInEntry { .. } => "give it as --kernel, and let device-link make the entry",
            Trouble::MarkerNotInlined { .. } => {
                "a function that asks for its position must be called directly, and not by itself"
            }
            Trouble::UndefinedFunction { .. } => {
                "add the bitcode or object that defines it to the inputs, or keep the kernel from calling it"
            }
            Trouble::UndefinedVariable { .. } => "add the bitcode or object that defines it to the inputs",
            Trouble::ThreadLocal { .. } => {
                "a device has no threads of the host; pass the value as an argument"
            }
            Trouble::Mutable { .. } => {
                "pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own"
            }
            Trouble::MayBeMoved { .. } => {
                "compile with -Zmir-enable-passes=-JumpThreading -Cno-prepopulate-passes and give \
                 --assume-convergent-source; in C, declare it __attribute__((convergent))"
            }
            Trouble::Assembly { .. } | Trouble::HostIntrinsic { .. } => {
                "write it in the language itself, or keep it from kernels by a condition at compile time"
            }
            Trouble::FunctionPointer { .. } => {
                "use generics or an enumeration where a function pointer, `dyn` or a virtual call is"
            }
            Trouble::WideInteger { .. } => "use two integers of 64 bits",
            Trouble::Empty => "a kernel whose behaviour is undefined is optimized away like this too",
            _ => return None,
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kernel = demangled(&self.kernel);
        match &self.trouble {
            Trouble::Returns { type_name } => {
                write!(f, "kernel `{kernel}` returns `{type_name}`; a kernel returns nothing")
            }
            Trouble::VarArgs => write!(f, "kernel `{kernel}` takes a variable number of arguments"),
            Trouble::Parameter { index, type_name } => write!(
                f,
                "kernel `{kernel}`: parameter {index} has type `{type_name}`, which no 8-byte slot carries"
            ),
            Trouble::EntryParameter { index, type_name } => write!(
                f,
                "entry `{kernel}`: parameter {index} has type `{type_name}`; an entry takes the launch \
                 environment, a pointer, and then pointers and i64"
            ),
            Trouble::NoEnvironment => write!(
                f,
                "entry `{kernel}` has no parameters; its first is the launch environment, a pointer"
            ),
            Trouble::Barrier => write!(
                f,
                "kernel `{kernel}` waits at a barrier, and kernels with barriers can't be linked for x86_64 by \
                 this version"
            ),
            Trouble::NoSuchMarker { marker, target } => {
                write!(f, "kernel `{kernel}` reaches `{marker}`, which {target} has nothing for")
            }
            Trouble::MarkerOperand { marker } => {
                write!(f, "kernel `{kernel}` reaches a call of `{marker}` whose operands aren't constants")
            }
            Trouble::MarkerInEntry { marker } => write!(
                f,
                "entry `{kernel}` reaches `{marker}`, which needs the geometry that an entry of its own doesn't get"
            ),
            Trouble::MarkerNotInlined { marker } => {
                write!(f, "kernel `{kernel}` reaches `{marker}` in a function that can't be inlined into it")
            }
            Trouble::UndefinedFunction { symbol } => {
                write!(f, "kernel `{kernel}` calls `{}`, which no input defines", demangled(symbol))
            }
            Trouble::UndefinedVariable { symbol } => {
                write!(
                    f,
                    "kernel `{kernel}` uses the variable `{}`, which no input defines",
                    demangled(symbol)
                )
            }
            Trouble::ThreadLocal { symbol } => {
                write!(f, "kernel `{kernel}` uses the thread-local variable `{}`", demangled(symbol))
            }
            Trouble::Mutable { symbol } => {
                write!(f, "kernel `{kernel}` uses the variable `{}`, which can change", demangled(symbol))
            }
            Trouble::MayBeMoved { marker } => write!(
                f,
                "kernel `{kernel}` reaches `{marker}`, and its compiler may have put that under a condition that \
                 not all threads share"
            ),
            Trouble::Assembly { line, target } => {
                write!(f, "kernel `{kernel}` has assembly of the host (`{line}`), which {target} can't run")
            }
            Trouble::HostIntrinsic { name, target } => {
                write!(f, "kernel `{kernel}` uses the host's intrinsic `{name}`, which {target} doesn't have")
            }
            Trouble::FunctionPointer { symbol: Some(symbol), target } => write!(
                f,
                "kernel `{kernel}` takes the address of `{}`, and {target} has no function pointers",
                demangled(symbol)
            ),
            Trouble::FunctionPointer { symbol: None, target } => {
                write!(f, "kernel `{kernel}` calls through a pointer, and {target} has no function pointers")
            }
            Trouble::WideInteger { target } => write!(
                f,
                "kernel `{kernel}` computes with integers of more than 64 bits, which {target} doesn't have"
            ),
            Trouble::Empty => write!(
                f,
                "kernel `{kernel}` does nothing: it has no store, atomic operation or call after optimization"
            ),
        }?;
        for hop in &self.chain {
            write!(f, "\n  {hop}")?;
        }
        match (self.library_function(), self.help()) {
            (Some(called), Some(_)) if self.trouble.is_what_code_uses() => {
                write!(f, "\nhelp: keep the kernel from calling `{}`", demangled(called))
            }
            (_, Some(help)) => write!(f, "\nhelp: {help}"),
            (_, None) => Ok(()),
        }
    }
}
