//! What became of helpers and of their calls, for people and as JSON.

use super::differences::Difference;
use super::select::Shared;
use crate::origin::Origin;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What was linked into one module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HelperReport {
    /// The module.
    pub module: String,
    /// What may not be meant.
    pub warnings: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// The helpers that it calls, and those that these need.
    pub helpers: Vec<Helper>,
    /// Each call of a helper.
    pub calls: Vec<HelperCall>,
}

/// One helper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helper {
    /// Its symbol.
    pub name: String,
    /// Where it came from.
    pub file: String,
    /// Why it is left to an object of the helpers' own; nothing where it is part of the module.
    pub shared: Option<Shared>,
    /// What was repaired.
    pub repaired: Vec<String>,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is gone: the helper's code stands there, or nobody needs it.
    Inlined,
    /// Nothing in the attributes is against it, and the inliner is yet to run.
    Open,
    /// It calls a copy in the module.
    Called,
    /// It calls the shared definition.
    Shared,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelperCall {
    /// The helper.
    pub helper: String,
    /// The function that calls it.
    pub caller: String,
    /// Where, if there is debug info.
    pub place: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// LLVM's reason against inlining.
    pub why: Option<String>,
    /// The attributes that are behind it.
    pub differences: Vec<Difference>,
}

impl HelperCall {
    /// Whether it was a call of `helper` in `caller` and is there no more.
    pub(super) fn is_gone_from(&self, caller: &str, helper: &str) -> bool {
        self.outcome == Outcome::Inlined && self.caller == caller && self.helper == helper
    }
}

impl HelperReport {
    /// A report about `module` with nothing in it.
    pub fn new(module: String) -> Self {
        Self { module, ..Self::default() }
    }

    pub(super) fn add_helper(&mut self, name: String, origin: &Origin, shared: Option<Shared>) {
        if self.helpers.iter().all(|known| known.name != name) {
            let file = origin.to_string();
            self.helpers.push(Helper { name, file, shared, repaired: Vec::new() });
        }
    }

    /// How many calls have `outcome`.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.calls.iter().filter(|call| call.outcome == outcome).count()
    }

    /// What is said of calls that aren't inlined: those with one reason together.
    fn grouped(&self) -> BTreeMap<(&str, Outcome, Option<&str>), Vec<&HelperCall>> {
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for call in self.calls.iter().filter(|call| call.outcome != Outcome::Inlined) {
            if call.outcome != Outcome::Open {
                let key = (call.helper.as_str(), call.outcome, call.why.as_deref());
                groups.entry(key).or_default().push(call);
            }
        }
        groups
    }
}

/// What is said of a call that is left although nothing is against inlining it.
pub const NOTHING_AGAINST: &str = "nothing is against it, but at -O0 no inliner runs";

/// `1 call`, `2 calls`.
fn counted(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

impl fmt::Display for HelperReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let linked = self.helpers.iter().filter(|helper| helper.shared.is_none()).count();
        write!(f, "{}: {}", self.module, counted(linked, "helper"))?;
        let outcomes = [
            (Outcome::Inlined, "inlined"),
            (Outcome::Open, "left to the inliner"),
            (Outcome::Called, "not inlined"),
            (Outcome::Shared, "to shared helpers"),
        ];
        let counts = outcomes.iter().map(|(outcome, words)| (self.count(*outcome), words));
        let counts: Vec<_> = counts.filter(|(count, _)| *count > 0).collect();
        for (count, words) in counts {
            write!(f, ", {} {words}", counted(count, "call"))?;
        }
        writeln!(f)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))?;
        for helper in &self.helpers {
            if let Some(shared) = &helper.shared {
                writeln!(f, "{} ({}) stays shared: {shared}", helper.name, helper.file)?;
            }
            helper.repaired.iter().try_for_each(|repair| writeln!(f, "{}: {repair}", helper.name))?;
        }
        for ((helper, outcome, why), calls) in self.grouped() {
            if outcome == Outcome::Shared {
                continue;
            }
            let why = why.unwrap_or(NOTHING_AGAINST);
            writeln!(f, "{helper}: {} not inlined: {why}", counted(calls.len(), "call"))?;
            for call in &calls {
                let place = call.place.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
                writeln!(f, "  in {}{place}", call.caller)?;
            }
            let mut known: Vec<&Difference> = Vec::new();
            for difference in calls.iter().flat_map(|call| &call.differences) {
                if !known.contains(&difference) {
                    writeln!(f, "  {difference}")?;
                    known.push(difference);
                }
            }
        }
        Ok(())
    }
}
