//! Why there are no images, in the words of the program that is linked: what of its own code does what a device
//! can't, where, and which kernels need it. What lies inside of the standard library is left out.

use crate::error::launched_at;
use crate::roots::Roots;
use crate::units::Unit;
use device_link::{Hop, Problem, Refusal, Trouble};
use offload_records::Place;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Where the source of Rust's standard library is, as its debug info has it.
const LIBRARY_SOURCES: &str = "library/";

/// One thing that is wrong, and the kernels that it is wrong with.
struct Mistake<'r> {
    /// What is wrong, in one line.
    headline: String,
    /// Where that is.
    place: Option<String>,
    /// What is known beyond it.
    details: Vec<String>,
    kernels: Vec<&'r str>,
}

/// The text for `refusals`: of every mistake one message, however many kernels have it.
pub(crate) fn describe(refusals: &[Refusal], units: &[Unit<'_>], roots: &Roots<'_>) -> Vec<String> {
    let places = places(units);
    let mut mistakes: Vec<Mistake<'_>> = Vec::new();
    for refusal in refusals {
        let new = mistake(refusal, &places);
        match mistakes.iter_mut().find(|known| known.headline == new.headline && known.place == new.place) {
            Some(known) => known.kernels.extend(new.kernels),
            None => mistakes.push(new),
        }
    }
    mistakes.iter().map(|mistake| text(mistake, roots)).collect()
}

/// Where functions begin in the source.
fn places(units: &[Unit<'_>]) -> HashMap<String, Place> {
    let mut places = HashMap::new();
    for unit in units {
        for (symbol, ..) in &unit.summary.functions {
            if let Some(place) = unit.summary.place_of(symbol) {
                places.entry(symbol.clone()).or_insert(place);
            }
        }
    }
    places
}

fn mistake<'r>(refusal: &'r Refusal, places: &HashMap<String, Place>) -> Mistake<'r> {
    let Problem { kernel, trouble, chain } = &refusal.problem;
    let place = |hop: &Hop| {
        let known = hop.location.as_ref().map(ToString::to_string);
        known.or_else(|| places.get(&hop.name).map(ToString::to_string))
    };
    let is_own = |hop: &Hop| {
        let of_library = |place: String| place.starts_with(LIBRARY_SOURCES);
        !hop.name.is_empty() && !is_of_library(&demangled(&hop.name)) && !place(hop).is_some_and(of_library)
    };
    let mut own = chain.iter().enumerate().filter(|(_, hop)| is_own(hop));
    let first = own.next();
    let mut details = Vec::new();
    let mut help = help(trouble);
    let headline = match first {
        Some((position, hop)) if position > 0 && is_of_code(trouble) => {
            details.push(format!("note: that {}", what(trouble)));
            help = "keep what runs on a device from calling it";
            let (own, library) = (demangled(&hop.name), demangled(&chain[position - 1].name));
            format!("`{own}` calls `{library}`, which can't run on a device")
        }
        Some((_, hop)) => format!("`{}` {}", demangled(&hop.name), what(trouble)),
        None => format!("kernel `{}` {}", demangled(kernel), what(trouble)),
    };
    for (_, hop) in own.filter(|(_, hop)| hop.name != *kernel) {
        let place = place(hop).map(|place| format!(" at {place}")).unwrap_or_default();
        details.push(format!("called by `{}`{place}", demangled(&hop.name)));
    }
    details.push(format!("help: {help}"));
    if !refusal.targets.is_empty() {
        details.push(format!("note: for {}", refusal.targets.join(", ")));
    }
    Mistake { headline, place: first.and_then(|(_, hop)| place(hop)), details, kernels: vec![kernel] }
}

/// Whether the trouble is with the code where it is. A thread-local variable is its user's trouble, whatever the
/// standard library puts between.
fn is_of_code(trouble: &Trouble) -> bool {
    !matches!(trouble, Trouble::ThreadLocal { .. })
}

/// What is wrong, where a link has records in place of inputs.
fn what(trouble: &Trouble) -> String {
    match trouble {
        Trouble::UndefinedFunction { symbol, native: None } => {
            format!("calls `{}`, of which nothing that is linked has bitcode", demangled(symbol))
        }
        Trouble::UndefinedVariable { symbol, native: None } => {
            format!("uses the variable `{}`, of which nothing that is linked has bitcode", demangled(symbol))
        }
        Trouble::ThreadLocal { symbol } => {
            let name = demangled(symbol);
            // The variable itself is in a function that the macro makes.
            let name = name.split("::{").next().unwrap_or(&name);
            format!("uses the thread-local variable `{name}`")
        }
        other => other.to_string(),
    }
}

fn help(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::UndefinedFunction { native: None, .. } | Trouble::UndefinedVariable { native: None, .. } => {
            "compile the crate that defines it with the plugin; code of other languages can't be part of a kernel"
        }
        Trouble::Mutable { .. } => "pass it as an argument: a device doesn't see the host's variables",
        Trouble::MayBeMoved { .. } => {
            "compile with -Zmir-enable-passes=-JumpThreading, and say so with \
             -Clink-arg=--outboard-assume-convergent-source"
        }
        other => other.help(),
    }
}

fn text(mistake: &Mistake<'_>, roots: &Roots<'_>) -> String {
    let mut text = mistake.headline.clone();
    if let Some(place) = &mistake.place {
        let _ = write!(text, "\n  --> {place}");
    }
    for detail in &mistake.details {
        let _ = write!(text, "\n  = {detail}");
    }
    for kernel in &mistake.kernels {
        let launch = roots.get(kernel).and_then(|launches| launches.first());
        let launch = launch.map(|(_, launch)| launched_at(launch)).unwrap_or_default();
        let _ = write!(text, "\n  = in kernel `{}`, launched {launch}", demangled(kernel));
    }
    text
}

/// Whether a demangled name is of Rust's standard library, or glue by which that calls a closure.
fn is_of_library(name: &str) -> bool {
    const GLUE: &str = " as core::ops::function::Fn";
    let path = name.trim_start_matches(['<', '&', '*']).trim_start_matches("mut ");
    ["std::", "core::", "alloc::"].iter().any(|root| path.starts_with(root)) || name.contains(GLUE)
}

fn demangled(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

#[cfg(test)]
mod tests {
    use super::is_of_library;

    #[test]
    fn what_is_of_the_library() {
        for name in
            ["std::io::stdio::_print", "<core::option::Option<app::T>>::map::<u8, app::main::{closure#0}>"]
        {
            assert!(is_of_library(name), "{name}");
        }
        assert!(is_of_library(
            "<&app::main::{closure#0} as core::ops::function::FnMut<(&mut i64,)>>::call_mut"
        ));
        for name in ["app::main::{closure#0}", "<app::T as core::clone::Clone>::clone", "stdx::f"] {
            assert!(!is_of_library(name), "{name}");
        }
    }
}
