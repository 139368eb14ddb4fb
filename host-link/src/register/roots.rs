//! The kernels that a link launches, and the units that may be needed for them.

use crate::embedded::Embedded;
use crate::error::Error;
use crate::units::Unit;
use offload_records::Launch;
use std::collections::{BTreeMap, HashMap};

/// A kernel, and its launches: which unit, and where in it.
pub(crate) type Roots<'u> = BTreeMap<&'u str, Vec<(&'u Unit<'u>, &'u Launch)>>;

/// The kernels that `units` launch.
pub(crate) fn find<'u>(units: &'u [Unit<'u>]) -> Roots<'u> {
    let mut roots = Roots::new();
    for unit in units.iter().filter(|unit| !unit.kept) {
        for launch in &unit.summary.launches {
            roots.entry(&launch.kernel).or_default().push((unit, launch));
        }
    }
    roots
}

/// What a link needs of a program.
pub(crate) struct Needed<'u> {
    pub(crate) units: Vec<&'u Unit<'u>>,
    pub(crate) embedded: Vec<&'u Embedded>,
}

/// The modules of a program by the symbols that they define: units before what is embedded.
struct Modules<'u> {
    units: &'u [Unit<'u>],
    embedded: &'u [Embedded],
    definers: HashMap<&'u str, usize>,
}

impl<'u> Modules<'u> {
    fn new(units: &'u [Unit<'u>], embedded: &'u [Embedded]) -> Self {
        let mut definers = HashMap::new();
        let of_units = units.iter().map(|unit| unit.summary.defined().collect::<Vec<_>>());
        let of_embedded = embedded.iter().map(|one| one.defined.iter().map(String::as_str).collect());
        for (position, symbols) in of_units.chain(of_embedded).enumerate() {
            for symbol in symbols {
                definers.entry(symbol).or_insert(position);
            }
        }
        Self { units, embedded, definers }
    }

    fn undefined(&self, position: usize) -> Vec<&'u str> {
        match self.units.get(position) {
            Some(unit) => unit.summary.undefined().collect(),
            None => self.embedded[position - self.units.len()].undefined.iter().map(String::as_str).collect(),
        }
    }

    /// The embedded module at a position, if it is none with a record.
    fn embedded(&self, position: usize) -> Option<&'u Embedded> {
        position.checked_sub(self.units.len()).map(|position| &self.embedded[position])
    }
}

/// The modules that define `roots`, and those that define what these need, in their order. A module is taken
/// whole, so these are more than device code needs, and never less.
pub(crate) fn needed<'u>(
    units: &'u [Unit<'u>],
    embedded: &'u [Embedded],
    roots: &Roots<'_>,
) -> Result<Needed<'u>, Error> {
    let modules = Modules::new(units, embedded);
    let mut needed = vec![false; units.len() + embedded.len()];
    let mut pending = Vec::new();
    for (kernel, launches) in roots {
        let (unit, launch) = launches[0];
        let (kernel, launch) = ((*kernel).to_owned(), || Box::new(launch.clone()));
        let Some(position) = modules.definers.get(kernel.as_str()) else {
            return Err(Error::NoKernel { kernel, place: unit.place.to_owned(), launch: launch() });
        };
        if let Some(embedded) = modules.embedded(*position) {
            return Err(Error::OptimizedKernel {
                kernel,
                place: embedded.file.display().to_string(),
                launch: launch(),
            });
        }
        pending.push(*position);
    }
    while let Some(position) = pending.pop() {
        if std::mem::replace(&mut needed[position], true) {
            continue;
        }
        if let Some(embedded) = modules.embedded(position).filter(|embedded| embedded.has_barriers()) {
            return Err(Error::OptimizedBarrier { place: embedded.file.display().to_string() });
        }
        let undefined = modules.undefined(position).into_iter();
        pending.extend(undefined.filter_map(|symbol| modules.definers.get(symbol)));
    }
    let (of_units, of_embedded) = needed.split_at(units.len());
    Ok(Needed {
        units: units.iter().zip(of_units).filter_map(|(unit, needed)| needed.then_some(unit)).collect(),
        embedded: embedded
            .iter()
            .zip(of_embedded)
            .filter_map(|(one, needed)| needed.then_some(one))
            .collect(),
    })
}
