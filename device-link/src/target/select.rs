//! Which images a link makes: targets and processors, checked before anything is read.

use super::SelectionError;
use super::{Target, x86_64};
use crate::Result;
use crate::options::TargetSpec;
use std::fmt;

/// The processor of this machine, in options.
pub(super) const NATIVE: &str = "native";

/// One image to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) target: Target,
    /// None: what every machine of the target is. Several: levels of x86_64, in ascending order.
    pub(crate) cpus: Vec<String>,
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.target.triple())?;
        if self.cpus.is_empty() { Ok(()) } else { write!(f, ":{}", self.cpus.join(",")) }
    }
}

/// The images that `specs` ask for, each checked; one for x86_64 if there are none.
pub(crate) fn select_all(specs: &[TargetSpec]) -> Result<Vec<Selection>> {
    if specs.is_empty() {
        return Ok(vec![select(&TargetSpec::default())?]);
    }
    let mut selections: Vec<Selection> = Vec::new();
    for spec in specs {
        let selection = select(spec)?;
        if selections.contains(&selection) {
            return Err(SelectionError::TargetTwice { target: selection.to_string() }.into());
        }
        let id = |selection: &Selection| selection.cpus.first().cloned().unwrap_or_default();
        let clashes = |other: &&Selection| {
            selection.target == Target::Amdgcn
                && other.target == selection.target
                && offload_binary::ids_clash(&id(other), &id(&selection))
        };
        if let Some(other) = selections.iter().find(clashes) {
            let (first, second) = (id(other), id(&selection));
            return Err(SelectionError::TargetIds { first, second }.into());
        }
        selections.push(selection);
    }
    Ok(selections)
}

fn select(spec: &TargetSpec) -> Result<Selection> {
    let wanted = match offload_binary::architecture(&spec.triple) {
        "" => Target::X86_64.name(),
        architecture => architecture,
    };
    let target = Target::ALL.into_iter().find(|target| target.name() == wanted).ok_or_else(|| {
        SelectionError::UnknownTarget {
            name: spec.triple.clone(),
            known: Target::ALL.map(Target::name).to_vec(),
        }
    })?;
    for cpu in &spec.cpus {
        check_cpu(target, cpu)?;
    }
    let mut cpus = spec.cpus.clone();
    match (target, cpus.len()) {
        (_, 1) | (Target::X86_64 | Target::Spirv64, 0) => {}
        (_, 0) => {
            return Err(
                SelectionError::NoCpu { target: target.name(), example: target.facts().cpus[0] }.into()
            );
        }
        (Target::X86_64, _) => {
            if let Some(cpu) = cpus.iter().find(|cpu| x86_64::level(cpu).is_none()) {
                return Err(
                    SelectionError::NotALevel { cpu: cpu.clone(), levels: x86_64::LEVELS.to_vec() }.into()
                );
            }
            cpus.sort_by_key(|cpu| x86_64::level(cpu));
            cpus.dedup();
        }
        (_, _) => return Err(SelectionError::SeveralCpus { target: target.name(), cpus }.into()),
    }
    Ok(Selection { target, cpus })
}

/// Refuses processors that `target` doesn't have: LLVM ends the process at some of them.
pub(crate) fn check_cpu(target: Target, cpu: &str) -> Result<()> {
    const SHOWN: usize = 3;
    let known = target.facts().cpus;
    if known.is_empty() {
        return Err(SelectionError::NoProcessors { target: target.name(), cpu: cpu.to_owned() }.into());
    }
    let name = match target {
        Target::X86_64 if cpu == NATIVE => return Ok(()),
        Target::Amdgcn => super::amdgcn::check_features(cpu)?,
        _ => cpu,
    };
    if known.contains(&name) {
        return Ok(());
    }
    let mut nearest = known.to_vec();
    nearest.sort_by_key(|known| strsim::damerau_levenshtein(name, known));
    let nearest = nearest.into_iter().take(SHOWN).map(ToOwned::to_owned).collect();
    Err(SelectionError::UnknownArch { target: target.name(), arch: name.to_owned(), nearest }.into())
}
