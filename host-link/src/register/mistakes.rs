//! Why there are no images, in the words of the program that is linked: what of its own code does what a device
//! can't, where, and which kernels need it. What lies inside of the standard library is left out.

use crate::places::Places;
use crate::roots::Roots;
use device_link::{Hop, Problem, Refusal, Trouble};
use diagnostics::names::{demangled, is_of_library, kernel_name, path_of};
use diagnostics::{Code, Diagnostic, Level, Span};

/// Where the source of Rust's standard library is, as its debug info has it.
const LIBRARY_SOURCES: &str = "library/";

/// What is known of the link.
pub(crate) struct Known<'k> {
    pub(crate) places: &'k Places<'k>,
    pub(crate) roots: &'k Roots<'k>,
}

/// One thing that is wrong, and the kernels that it is wrong with.
struct Mistake<'r> {
    diagnostic: Diagnostic,
    kernels: Vec<&'r str>,
}

/// What is said about `refusals`: of every mistake one message, however many kernels have it.
pub(crate) fn describe(refusals: &[&Refusal], known: &Known<'_>) -> Vec<Diagnostic> {
    let mut mistakes: Vec<Mistake<'_>> = Vec::new();
    for refusal in refusals {
        let new = mistake(refusal, known.places);
        let same = |known: &&mut Mistake<'_>| {
            known.diagnostic.message == new.diagnostic.message && known.diagnostic.span == new.diagnostic.span
        };
        match mistakes.iter_mut().find(same) {
            Some(known) => known.kernels.extend(new.kernels),
            None => mistakes.push(new),
        }
    }
    mistakes.into_iter().map(|mistake| with_launches(mistake, known)).collect()
}

/// The message about a kernel that the program can't launch: the same, as a warning.
pub(crate) fn of_unreached(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.level = Level::Warning;
    let help = diagnostic.children.pop();
    let note = "the program has no code that reaches the launch, and no image has the kernel";
    diagnostic.add(Level::Note, note, None);
    diagnostic.children.extend(help);
    diagnostic
}

fn mistake<'r>(refusal: &'r Refusal, places: &Places<'_>) -> Mistake<'r> {
    let Problem { kernel, trouble, chain } = &refusal.problem;
    let place = |position: usize, hop: &Hop| {
        let known = hop.location.as_ref().map(|at| Span::new(&at.file, at.line, at.column));
        let before = position.checked_sub(1).map(|before| chain[before].name.as_str());
        known.or_else(|| places.of_use(&hop.name, before.or(symbol_of(trouble))))
    };
    let is_own = |hop: &Hop| {
        let of_library = |place: Span| place.file.starts_with(LIBRARY_SOURCES);
        let start = || places.start_of(&hop.name);
        !hop.name.is_empty() && !is_of_library(&demangled(&hop.name)) && !start().is_some_and(of_library)
    };
    let mut own = chain.iter().enumerate().filter(|(_, hop)| is_own(hop));
    let first = own.next();
    let body = kernel_name(kernel);
    let called = |name: &str| {
        let name = if name == kernel { body.clone() } else { demangled(name) };
        if name == body { format!("kernel `{name}`") } else { format!("`{name}`") }
    };
    let mut code = trouble.code();
    let mut notes = Vec::new();
    let mut help = help(trouble);
    let message = match first {
        Some((position, hop)) if position > 0 && is_of_code(trouble) => {
            code = Code::OB0012;
            notes.push((format!("that {}", what(trouble)), None));
            help = "keep what runs on a device from calling it";
            let library = path_of(&demangled(&chain[position - 1].name));
            format!("{} calls `{library}`, which can't run on a device", called(&hop.name))
        }
        Some((_, hop)) => format!("{} {}", called(&hop.name), what(trouble)),
        None => format!("kernel `{body}` {}", what(trouble)),
    };
    for (position, hop) in own.filter(|(_, hop)| hop.name != *kernel) {
        notes.push((format!("called by {}", called(&hop.name)), place(position, hop)));
    }
    if !refusal.targets.is_empty() {
        notes.push((format!("for {}", refusal.targets.join(", ")), None));
    }
    let mut diagnostic = Diagnostic::new(Level::Error, Some(code), message);
    diagnostic.span = first.and_then(|(position, hop)| place(position, hop));
    for (note, place) in notes {
        diagnostic.add(Level::Note, note, place);
    }
    diagnostic.add(Level::Help, help, None);
    Mistake { diagnostic, kernels: vec![kernel] }
}

/// Whether the trouble is with the code where it is. A thread-local variable is its user's trouble, whatever the
/// standard library puts between.
fn is_of_code(trouble: &Trouble) -> bool {
    !matches!(trouble, Trouble::ThreadLocal { .. })
}

/// What code refers to that is the trouble.
fn symbol_of(trouble: &Trouble) -> Option<&str> {
    match trouble {
        Trouble::UndefinedFunction { symbol, .. }
        | Trouble::UndefinedVariable { symbol, .. }
        | Trouble::NoStandardLibrary { symbol, .. }
        | Trouble::ThreadLocal { symbol }
        | Trouble::Mutable { symbol }
        | Trouble::FunctionPointer { symbol: Some(symbol), .. }
        | Trouble::Recursion { symbol, .. } => Some(symbol),
        Trouble::MayBeMoved { marker } | Trouble::NoSuchMarker { marker, .. } => Some(marker),
        _ => None,
    }
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

/// The message, with the kernels and where they are launched in front of what helps.
fn with_launches(mistake: Mistake<'_>, known: &Known<'_>) -> Diagnostic {
    let Mistake { mut diagnostic, kernels } = mistake;
    let help = diagnostic.children.pop();
    for kernel in kernels {
        let (name, launch) = (kernel_name(kernel), known.roots.get(kernel).and_then(|all| all.first()));
        let launched = launch.and_then(|(_, launch)| known.places.of_launch(launch));
        let (text, place) = match launched {
            Some((_, Some(place))) => (", launched here".to_owned(), Some(place)),
            Some((function, None)) => (format!(", launched in `{}`", demangled(&function)), None),
            None => (String::new(), None),
        };
        diagnostic.add(Level::Note, format!("in kernel `{name}`{text}"), place);
    }
    diagnostic.children.extend(help);
    diagnostic
}
