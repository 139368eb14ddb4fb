//! The kernels that a link launches, and the units that may be needed for them.

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

/// The units that define `roots`, and those that define what these need, in the order of `units`. A unit is
/// taken whole, so these are more than device code needs, and never less.
pub(crate) fn needed<'u>(units: &'u [Unit<'u>], roots: &Roots<'_>) -> Result<Vec<&'u Unit<'u>>, Error> {
    let mut definers: HashMap<&str, usize> = HashMap::new();
    for (position, unit) in units.iter().enumerate() {
        for symbol in &unit.summary.defined {
            definers.entry(symbol).or_insert(position);
        }
    }
    let mut needed = vec![false; units.len()];
    let mut pending = Vec::new();
    for (kernel, launches) in roots {
        let Some(position) = definers.get(kernel) else {
            let (unit, launch) = launches[0];
            return Err(Error::NoKernel {
                kernel: (*kernel).to_owned(),
                place: unit.place.to_owned(),
                launch: Box::new(launch.clone()),
            });
        };
        pending.push(*position);
    }
    while let Some(position) = pending.pop() {
        if std::mem::replace(&mut needed[position], true) {
            continue;
        }
        let undefined = units[position].summary.undefined.iter();
        pending.extend(undefined.filter_map(|symbol| definers.get(symbol.as_str())));
    }
    Ok(units.iter().zip(needed).filter_map(|(unit, needed)| needed.then_some(unit)).collect())
}
