//! Attributes rewritten so that helpers can be inlined: of the helpers, and of their callers where that alone is
//! harmless.

use super::Options;
use super::calls::{caller_of, calls_of};
use super::differences::{
    ALWAYS_INLINE, CPU, Difference, FEATURES, KnownTraits, NO_BUILTINS, NULL_IS_VALID, Remedy, Risk, TUNE,
    Traits, differences, kind,
};
use llvm_plugin::inkwell::attributes::AttributeLoc;
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::inlining::Advisor;
use std::collections::HashSet;

const OF_FUNCTION: AttributeLoc = AttributeLoc::Function;

/// Callers of one sort, and what keeps a helper out of them.
#[derive(Debug, Clone)]
pub(super) struct Obstacle<'ctx> {
    /// The callers; all have the same traits.
    pub(super) callers: HashSet<FunctionValue<'ctx>>,
    /// These.
    pub(super) traits: Traits,
    /// What differs.
    pub(super) differences: Vec<Difference>,
}

/// What keeps `helper` out of those who call `declared`, its name in their module. Where it is `always_inline`, that
/// keeps nobody out, and it is worth knowing all the same.
pub(super) fn find_obstacles<'ctx>(
    helper: FunctionValue<'ctx>,
    declared: FunctionValue<'ctx>,
    (advisor, known): (&Advisor, &mut KnownTraits<'ctx>),
) -> Vec<Obstacle<'ctx>> {
    let own = Traits::of(helper);
    let mut sorts: Vec<(usize, Obstacle<'ctx>)> = Vec::new();
    for call in calls_of(declared) {
        let Some(caller) = caller_of(call) else { continue };
        let sort = known.sort(caller);
        if let Some((_, obstacle)) = sorts.iter_mut().find(|(other, _)| *other == sort) {
            obstacle.callers.insert(caller);
            continue;
        }
        let traits = known.traits(sort).clone();
        let asked = own.has(ALWAYS_INLINE) || advisor.blocker(call, helper).is_some();
        let differences = if asked { differences(call, &traits, helper, advisor) } else { Vec::new() };
        sorts.push((sort, Obstacle { callers: HashSet::from([caller]), traits, differences }));
    }
    sorts.into_iter().map(|(_, obstacle)| obstacle).collect()
}

/// What of `obstacles` may be removed: all that `options` allow. Nothing is, where something else would still be in
/// the way.
fn repairs<'o, 'ctx>(
    obstacles: &'o [Obstacle<'ctx>],
    options: &'o Options,
) -> impl Iterator<Item = (&'o Obstacle<'ctx>, &'o Difference)> {
    let allowed = move |difference: &Difference| match difference.remedy {
        Remedy::Repair => options.repair,
        Remedy::Allow(risk) => options.allow.contains(&risk),
        Remedy::Intended => false,
    };
    let possible = obstacles.iter().filter(move |one| one.differences.iter().all(allowed));
    possible.flat_map(|one| one.differences.iter().map(move |difference| (one, difference)))
}

/// Makes `functions` fit their callers, as far as `options` allow, and says of each how. Where one is changed, what
/// it calls may not fit it any more: so until nothing changes.
pub(super) fn repair<'ctx>(
    functions: &[FunctionValue<'ctx>],
    advisor: &Advisor,
    options: &Options,
) -> Vec<(FunctionValue<'ctx>, String)> {
    let mut said = Vec::new();
    if !options.repair && options.allow.is_empty() {
        return said;
    }
    loop {
        let before = said.len();
        for function in functions {
            // Of callers that an earlier turn has changed, nothing is known any more.
            let known = &mut KnownTraits::default();
            for text in apply(*function, &find_obstacles(*function, *function, (advisor, known)), options) {
                let line = (*function, text);
                if !said.contains(&line) {
                    said.push(line);
                }
            }
        }
        if said.len() == before {
            return said;
        }
    }
}

/// Makes `helper` fit its callers, and says how.
fn apply(helper: FunctionValue<'_>, obstacles: &[Obstacle<'_>], options: &Options) -> Vec<String> {
    let one_processor = obstacles.windows(2).all(|pair| {
        [CPU, TUNE, FEATURES].iter().all(|name| pair[0].traits.get(name) == pair[1].traits.get(name))
    });
    let mut said: Vec<String> = Vec::new();
    for (obstacle, difference) in repairs(obstacles, options) {
        let name = difference.attribute.as_str();
        let text = match difference.remedy {
            Remedy::Allow(Risk::Retpoline | Risk::CpuFeatures) => {
                set_flag(helper, ALWAYS_INLINE, true);
                format!("inlined although its `{name}` are more than its callers'")
            }
            Remedy::Repair if [CPU, TUNE].contains(&name) => {
                tune_alike(helper, one_processor.then_some(&obstacle.traits));
                format!("`{name}` made that of its callers")
            }
            Remedy::Repair if name == NULL_IS_VALID => {
                obstacle.callers.iter().for_each(|caller| set_flag(*caller, name, true));
                format!("`{name}` given to its callers")
            }
            Remedy::Repair if name.starts_with(NO_BUILTINS) => {
                helper.remove_string_attribute(OF_FUNCTION, name);
                format!("`{name}` removed")
            }
            Remedy::Allow(_) => {
                copy(helper, &obstacle.traits, name);
                format!("`{name}` made that of its callers")
            }
            Remedy::Repair | Remedy::Intended => continue,
        };
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}

/// Takes away that `helper` is tuned for another processor; where all callers are for one, it becomes that one's.
fn tune_alike(helper: FunctionValue<'_>, processor: Option<&Traits>) {
    helper.remove_string_attribute(OF_FUNCTION, TUNE);
    let Some(processor) = processor else { return };
    for name in [CPU, TUNE, FEATURES] {
        helper.remove_string_attribute(OF_FUNCTION, name);
        if let Some(value) = processor.get(name) {
            let attribute = context(helper).create_string_attribute(name, value);
            helper.add_attribute(OF_FUNCTION, attribute);
        }
    }
}

/// Gives `helper` the attribute `name` as `traits` have it.
fn copy(helper: FunctionValue<'_>, traits: &Traits, name: &str) {
    if kind(name) != 0 {
        return set_flag(helper, name, traits.has(name));
    }
    helper.remove_string_attribute(OF_FUNCTION, name);
    if let Some(value) = traits.get(name) {
        helper.add_attribute(OF_FUNCTION, context(helper).create_string_attribute(name, value));
    }
}

fn set_flag(function: FunctionValue<'_>, name: &str, set: bool) {
    if set {
        let attribute = context(function).create_enum_attribute(kind(name), 0);
        function.add_attribute(OF_FUNCTION, attribute);
    } else {
        function.remove_enum_attribute(OF_FUNCTION, kind(name));
    }
}

fn context<'ctx>(function: FunctionValue<'ctx>) -> llvm_plugin::inkwell::context::ContextRef<'ctx> {
    function.get_type().get_context()
}
