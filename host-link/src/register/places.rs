//! Where the functions of a link's records are in the source.

use crate::units::Unit;
use diagnostics::Span;
use offload_records::Place;
use std::collections::HashMap;

/// The places of a link's functions.
pub(crate) struct Places {
    /// Where functions begin, by their symbols.
    starts: HashMap<String, Place>,
}

impl Places {
    pub(crate) fn of(units: &[Unit<'_>]) -> Self {
        let mut starts = HashMap::new();
        for unit in units {
            for (symbol, place) in unit.summary.places() {
                starts.entry(symbol.to_owned()).or_insert(place);
            }
        }
        Self { starts }
    }

    /// Where `symbol` begins.
    pub(crate) fn start_of(&self, symbol: &str) -> Option<Span> {
        self.starts.get(symbol).map(span)
    }
}

/// The place, with its line of the source.
pub(crate) fn span(place: &Place) -> Span {
    Span::new(&place.file, place.line, place.column)
}
