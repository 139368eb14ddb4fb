//! What keeps a helper from being inlined into a caller, attribute by attribute, and what can be done about it.

use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::values::{FunctionValue, InstructionValue};
use llvm_plugin::inlining::Advisor;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// A difference that changes what inlined code does, by the flag that allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// One side is instrumented by a sanitizer, the other isn't.
    Sanitizers,
    /// One side is hardened against speculative loads.
    SpeculativeLoadHardening,
    /// The helper's indirect branches go through thunks.
    Retpoline,
    /// The two treat denormal numbers differently.
    Denormals,
    /// One side keeps its stack apart.
    SafeStack,
    /// The helper uses features that the caller's processor may lack.
    CpuFeatures,
}

impl Risk {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sanitizers,
        Self::SpeculativeLoadHardening,
        Self::Retpoline,
        Self::Denormals,
        Self::SafeStack,
        Self::CpuFeatures,
    ];

    /// The word that allows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sanitizers => "sanitizers",
            Self::SpeculativeLoadHardening => "speculative-load-hardening",
            Self::Retpoline => "retpoline",
            Self::Denormals => "denormals",
            Self::SafeStack => "safe-stack",
            Self::CpuFeatures => "cpu-features",
        }
    }

    /// The risk that `name` allows.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.name() == name)
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What can be done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// `repair` fixes it: nothing that either side relies on is lost.
    Repair,
    /// It changes what the code does, and must be allowed by name.
    Allow(Risk),
    /// Somebody wants it so.
    Intended,
}

/// An attribute that the helper and its caller have differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Its name, as IR has it.
    pub attribute: String,
    /// What the helper has; nothing where it isn't set.
    pub helper: Option<String>,
    /// What the caller has.
    pub caller: Option<String>,
    /// What can be done about it.
    pub remedy: Remedy,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |value: &Option<String>| match value.as_deref() {
            None => "not set".to_owned(),
            Some("") => "set".to_owned(),
            Some(text) => format!("`{text}`"),
        };
        let (helper, caller) = (value(&self.helper), value(&self.caller));
        write!(f, "`{}` is {helper} in the helper and {caller} in the caller: ", self.attribute)?;
        match self.remedy {
            Remedy::Repair => write!(f, "harmless, repair fixes it"),
            Remedy::Allow(risk) => write!(f, "changes what the code does, {risk} must be allowed"),
            Remedy::Intended => write!(f, "intended"),
        }
    }
}

pub(super) const NULL_IS_VALID: &str = "null_pointer_is_valid";
pub(super) const NO_BUILTINS: &str = "no-builtin";
pub(super) const CPU: &str = "target-cpu";
pub(super) const TUNE: &str = "tune-cpu";
pub(super) const FEATURES: &str = "target-features";
pub(super) const ALWAYS_INLINE: &str = "alwaysinline";

/// Attributes that both sides must have alike or not at all.
///
/// Source: `CompatRule` in llvm/IR/Attributes.td (LLVM 22.1). Speculative load hardening isn't among them: clang adds
/// features to it that block.
const ALIKE: [(&str, Remedy); 11] = [
    ("sanitize_address", Remedy::Allow(Risk::Sanitizers)),
    ("sanitize_hwaddress", Remedy::Allow(Risk::Sanitizers)),
    ("sanitize_memory", Remedy::Allow(Risk::Sanitizers)),
    ("sanitize_memtag", Remedy::Allow(Risk::Sanitizers)),
    ("sanitize_thread", Remedy::Allow(Risk::Sanitizers)),
    ("sanitize_type", Remedy::Allow(Risk::Sanitizers)),
    ("sanitize_realtime", Remedy::Allow(Risk::Sanitizers)),
    ("sanitize_numerical_stability", Remedy::Allow(Risk::Sanitizers)),
    ("speculative_load_hardening", Remedy::Allow(Risk::SpeculativeLoadHardening)),
    ("safestack", Remedy::Allow(Risk::SafeStack)),
    ("shadowcallstack", Remedy::Allow(Risk::SafeStack)),
];

/// The same for those with a value.
const SAME_TEXT: [&str; 2] = ["denormal-fp-math", "denormal-fp-math-f32"];
/// What `denormal-fp-math` is where it isn't set.
const IEEE: &str = "ieee,ieee";

/// What a helper alone must not have.
const OF_HELPER: [&str; 3] = ["noinline", "optnone", "strictfp"];

/// Features that clang's options for retpolines stand for.
const RETPOLINES: [&str; 4] =
    ["retpoline-external-thunk", "retpoline-indirect-branches", "retpoline-indirect-calls", "lvi-cfi"];

/// The attributes of a function that inlining depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Traits(BTreeMap<String, String>);

impl Traits {
    pub(super) fn of(function: FunctionValue<'_>) -> Self {
        let alike = ALIKE.iter().map(|(name, _)| *name);
        let flags = alike.chain(OF_HELPER).chain([NULL_IS_VALID, ALWAYS_INLINE]);
        let mut traits: BTreeMap<_, _> = flags
            .filter(|name| function.get_enum_attribute(AttributeLoc::Function, kind(name)).is_some())
            .map(|name| (name.to_owned(), String::new()))
            .collect();
        for attribute in function.attributes(AttributeLoc::Function) {
            if !attribute.is_string() {
                continue;
            }
            let name = attribute.get_string_kind_id().to_string_lossy();
            if [CPU, TUNE, FEATURES].contains(&&*name)
                || SAME_TEXT.contains(&&*name)
                || name.starts_with(NO_BUILTINS)
            {
                let value = attribute.get_string_value().to_string_lossy().into_owned();
                traits.insert(name.into_owned(), value);
            }
        }
        Self(traits)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// What says for which processor the code is.
    fn processor(&self) -> (&str, &str) {
        (self.get(CPU).unwrap_or_default(), self.get(FEATURES).unwrap_or_default())
    }
}

/// The traits of functions, each looked at once: thousands of calls are in a few sorts of callers.
#[derive(Debug, Default)]
pub(super) struct KnownTraits<'ctx> {
    sorts: Vec<Traits>,
    of: HashMap<FunctionValue<'ctx>, usize>,
}

impl<'ctx> KnownTraits<'ctx> {
    /// The sort of `function`: functions with the same traits are of one.
    pub(super) fn sort(&mut self, function: FunctionValue<'ctx>) -> usize {
        let sorts = &mut self.sorts;
        *self.of.entry(function).or_insert_with(|| {
            let traits = Traits::of(function);
            sorts.iter().position(|known| *known == traits).unwrap_or_else(|| {
                sorts.push(traits);
                sorts.len() - 1
            })
        })
    }

    /// What functions of a sort have.
    pub(super) fn traits(&self, sort: usize) -> &Traits {
        &self.sorts[sort]
    }
}

/// LLVM's number for the attribute `name`.
pub(super) fn kind(name: &str) -> u32 {
    Attribute::get_named_enum_kind_id(name)
}

/// What is against inlining `helper` at `call`, or makes a difference when it is done all the same.
pub(super) fn differences(
    call: InstructionValue<'_>,
    caller: &Traits,
    helper: FunctionValue<'_>,
    advisor: &Advisor,
) -> Vec<Difference> {
    let agree = advisor.processors_agree(call, helper);
    let helper = &Traits::of(helper);
    let mut found = Vec::new();
    let mut push = |attribute: &str, remedy| {
        let (helper, caller) = (helper.text(attribute), caller.text(attribute));
        found.push(Difference { attribute: attribute.to_owned(), helper, caller, remedy });
    };
    for (name, remedy) in ALIKE {
        if helper.has(name) != caller.has(name) {
            push(name, remedy);
        }
    }
    for name in SAME_TEXT {
        if helper.get(name).unwrap_or(IEEE) != caller.get(name).unwrap_or(IEEE) {
            push(name, Remedy::Allow(Risk::Denormals));
        }
    }
    for name in OF_HELPER {
        if helper.has(name) && !caller.has(name) {
            push(name, Remedy::Intended);
        }
    }
    if helper.has(NULL_IS_VALID) && !caller.has(NULL_IS_VALID) {
        push(NULL_IS_VALID, Remedy::Repair);
    }
    let builtins = helper.0.keys().filter(|name| name.starts_with(NO_BUILTINS));
    for name in builtins.filter(|name| !caller.has(name) && !caller.has("no-builtins")) {
        push(name, Remedy::Repair);
    }
    if !agree {
        found.extend(processor_difference(caller, helper, advisor));
    }
    found
}

/// What the processors that the two are for have to do with it.
fn processor_difference(caller: &Traits, helper: &Traits, advisor: &Advisor) -> Vec<Difference> {
    let enabled = |traits: &Traits| {
        let (cpu, features) = traits.processor();
        advisor.enabled_features(cpu, features)
    };
    let has = enabled(caller);
    let missing = enabled(helper).into_iter().filter(|feature| !has.contains(feature));
    let (thunks, others): (Vec<_>, Vec<_>) =
        missing.partition(|feature| RETPOLINES.contains(&feature.as_str()));
    let mut found = Vec::new();
    for (features, risk) in [(&thunks, Risk::Retpoline), (&others, Risk::CpuFeatures)] {
        if !features.is_empty() {
            let listed: Vec<_> = features.iter().map(|feature| format!("+{feature}")).collect();
            found.push(Difference {
                attribute: FEATURES.to_owned(),
                helper: Some(listed.join(",")),
                caller: None,
                remedy: Remedy::Allow(risk),
            });
        }
    }
    if found.is_empty() {
        // What is left only says for which processor the code is fast.
        let attribute = if helper.has(TUNE) { TUNE } else { CPU };
        found.push(Difference {
            attribute: attribute.to_owned(),
            helper: helper.text(attribute),
            caller: caller.text(attribute),
            remedy: Remedy::Repair,
        });
    }
    found
}
