//! Parts of errors' texts that depend on what was found.

use crate::problem::Refusal;
use diagnostics::names::demangled;
use std::path::Path;

pub(super) fn there_is(in_object: Option<&Path>, name: &str, known: &[String]) -> String {
    const SHOWN: usize = 10;
    if let Some(object) = in_object {
        return format!(
            "; `{}` has it as machine code\n\
             help: compile it to bitcode; or, if it has the entry's signature, say --entry {name}",
            object.display()
        );
    }
    if known.is_empty() {
        return "; the inputs define no function for others".to_owned();
    }
    let shown: Vec<_> = known.iter().take(SHOWN).map(|name| demangled(name)).collect();
    let more = known.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("; the inputs define: {}{more}", shown.join(", "))
}

pub(super) fn did_you_mean(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}

pub(super) fn lines(refusals: &[Refusal]) -> String {
    refusals.iter().map(Refusal::to_string).collect::<Vec<_>>().join("\n")
}

pub(super) fn wanted(triple: Option<&str>, arch: Option<&str>) -> String {
    let part = |name: &str, value: Option<&str>| value.map(|value| format!("with {name} `{value}`"));
    let parts: Vec<_> = [part("triple", triple), part("arch", arch)].into_iter().flatten().collect();
    parts.join(" and ")
}
