//! Where in the source the functions of a link are, and where they call each other.

use crate::host_code::{HostCode, Reference};
use crate::units::Unit;
use diagnostics::Span;
use diagnostics::names::{demangled, is_of_library};
use offload_records::{Launch, Place};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// How many functions of libraries may stand between a launch and who wrote it.
const MOST_STEPS: usize = 32;

/// The places of a link's functions.
pub(crate) struct Places<'u> {
    /// Where functions begin, by their symbols.
    starts: HashMap<&'u str, Place>,
    code: HostCode<'u>,
}

impl<'u> Places<'u> {
    pub(crate) fn of(units: &'u [Unit<'u>]) -> Self {
        let mut starts = HashMap::new();
        for unit in units {
            for (symbol, place) in unit.summary.places() {
                starts.entry(symbol).or_insert(place);
            }
        }
        Self { starts, code: HostCode::of(units) }
    }

    /// Where `symbol` begins.
    pub(crate) fn start_of(&self, symbol: &str) -> Option<Span> {
        self.starts.get(symbol).map(span)
    }

    /// Where `function` refers to `symbol`, or else where it begins.
    pub(crate) fn of_use(&self, function: &str, symbol: Option<&str>) -> Option<Span> {
        let references = symbol.map(|symbol| self.code.references_to(symbol)).unwrap_or_default();
        let mut own = references.iter().filter(|reference| reference.function == function);
        own.find_map(|reference| self.exact(reference)).or_else(|| self.start_of(function))
    }

    /// Where somebody has written `launch`: libraries that stand between are left out. None where that isn't known.
    pub(crate) fn of_launch(&self, launch: &Launch) -> Option<(String, Option<Span>)> {
        if !is_of_library(&demangled(&launch.function)) {
            return Some((launch.function.clone(), launch.place.as_ref().map(span)));
        }
        let (mut seen, mut pending) = (HashSet::new(), vec![launch.function.clone()]);
        for _ in 0..MOST_STEPS {
            let symbol = pending.pop()?;
            for reference in self.code.references_to(&symbol) {
                if !is_of_library(&demangled(&reference.function)) {
                    let place = self.exact(&reference).or_else(|| self.start_of(&reference.function));
                    return Some((reference.function, place));
                }
                if seen.insert(reference.function.clone()) {
                    pending.push(reference.function);
                }
            }
        }
        None
    }

    /// The line of a reference, if that is in the function's own file and not in one that was inlined.
    fn exact(&self, reference: &Reference) -> Option<Span> {
        let start = self.starts.get(reference.function.as_str())?;
        let (line, column, name) = reference.line.as_ref()?;
        let is_own = Path::new(&start.file).file_name().is_some_and(|file| file == name.as_str());
        is_own.then(|| Span::new(&start.file, *line, *column))
    }
}

/// The place, with its line of the source.
fn span(place: &Place) -> Span {
    Span::new(&place.file, place.line, place.column)
}
