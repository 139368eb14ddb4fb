//! Which functions of a helper module become part of another module, and which stay shared: one definition, in an
//! object of the helpers' own, for all who use it.

use llvm_plugin::assembly;
use llvm_plugin::global::inline_assembly;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::{FunctionValue, GlobalValue, UnnamedAddress};
use llvm_plugin::inlining::is_only_read;
use llvm_plugin::instruction::{FunctionUse, call_site, uses_of};
use llvm_plugin::references::{self, Referent};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

/// Why there must be one definition of a helper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "of")]
pub enum Shared {
    /// It has a variable of its own that changes.
    State(String),
    /// The same for each thread.
    ThreadLocal(String),
    /// The address of its own constant is kept somewhere.
    ConstantAddress(String),
    /// Its address, or that of a function of its own, is taken.
    AddressTaken(String),
    /// Its assembly defines a symbol.
    AssemblySymbol(String),
    /// It uses a symbol that assembly of its file mentions.
    ModuleAssembly(String),
    /// It is weak: another definition may take its place.
    Replaceable,
    /// It stands for another symbol.
    Alias,
    /// It uses a function of its file that is shared.
    Uses(String),
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // What instrumentation adds has no name.
            Self::State(name) if name.is_empty() => {
                write!(f, "it has static state, a variable without a name")
            }
            Self::State(name) => write!(f, "it has static state, `{name}`"),
            Self::ThreadLocal(name) => write!(f, "it has thread-local state, `{name}`"),
            Self::ConstantAddress(name) => write!(f, "it gives away the address of its own `{name}`"),
            Self::AddressTaken(name) => write!(f, "the address of `{name}` is taken"),
            Self::AssemblySymbol(name) => write!(f, "its assembly defines `{name}`"),
            Self::ModuleAssembly(name) => {
                write!(f, "it uses `{name}`, which assembly of its file mentions")
            }
            Self::Replaceable => write!(f, "it is weak, so another definition may take its place"),
            Self::Alias => write!(f, "it is an alias"),
            Self::Uses(name) => write!(f, "it uses `{name}` of its file, which must be shared"),
        }
    }
}

/// What becomes of a module's helpers.
#[derive(Debug, Default)]
pub(super) struct Selection<'ctx> {
    /// Functions that can be copied.
    pub(super) internal: Vec<FunctionValue<'ctx>>,
    /// Those that can't, by name.
    pub(super) shared: BTreeMap<String, Shared>,
}

/// Chooses among the functions of `helpers` that `wanted` names, and those that they need.
pub(super) fn select<'ctx>(
    helpers: &Module<'ctx>,
    caller: &Module<'ctx>,
    wanted: &BTreeSet<String>,
) -> Selection<'ctx> {
    let reached = reach(wanted.iter().filter_map(|name| defined(helpers, name)), |_| true);
    let assembly = words(&inline_assembly(helpers));
    let mut reasons: HashMap<FunctionValue<'ctx>, Shared> = HashMap::new();
    for function in &reached {
        if let Some(reason) = own_reason(*function, &assembly) {
            reasons.insert(*function, reason);
        }
        for (taken, _) in references::addresses_taken(*function) {
            reasons.entry(taken).or_insert_with(|| Shared::AddressTaken(name_of(taken)));
        }
    }
    for name in wanted {
        let addressed = |function: FunctionValue<'ctx>| {
            let mut uses = uses_of(function).into_iter();
            uses.any(|one| matches!(one, FunctionUse::Operand(_) | FunctionUse::Constant))
        };
        if let Some(function) = defined(helpers, name)
            && caller.get_function(name).is_some_and(addressed)
        {
            reasons.entry(function).or_insert_with(|| Shared::AddressTaken(name.clone()));
        }
    }
    spread(&reached, &mut reasons);
    let mut selection = Selection::default();
    let roots = wanted.iter().filter_map(|name| defined(helpers, name));
    for function in reach(roots, |function| !reasons.contains_key(&function)) {
        match reasons.get(&function) {
            None => selection.internal.push(function),
            Some(reason) => {
                selection.shared.insert(name_of(function), reason.clone());
            }
        }
    }
    for name in wanted.iter().filter(|name| defined(helpers, name).is_none()) {
        selection.shared.insert(name.clone(), Shared::Alias);
    }
    selection
}

fn defined<'ctx>(module: &Module<'ctx>, name: &str) -> Option<FunctionValue<'ctx>> {
    module.get_function(name).filter(|function| function.count_basic_blocks() > 0)
}

/// The functions with bodies that `roots` refer to, these too, through those of which `through` is true.
fn reach<'ctx>(
    roots: impl Iterator<Item = FunctionValue<'ctx>>,
    through: impl Fn(FunctionValue<'ctx>) -> bool,
) -> Vec<FunctionValue<'ctx>> {
    let mut known = HashSet::new();
    let mut reached: Vec<_> = roots.filter(|root| known.insert(*root)).collect();
    let mut next = 0;
    while let Some(function) = reached.get(next).copied() {
        next += 1;
        if !through(function) {
            continue;
        }
        for callee in functions_of(function) {
            if callee.count_basic_blocks() > 0 && known.insert(callee) {
                reached.push(callee);
            }
        }
    }
    reached
}

fn functions_of<'ctx>(function: FunctionValue<'ctx>) -> impl Iterator<Item = FunctionValue<'ctx>> {
    references::of_function(function).into_iter().filter_map(|(referent, _)| match referent {
        Referent::Function(callee) => Some(callee),
        Referent::Variable(_) => None,
    })
}

/// Who uses a function that only its own file can name, and that is shared, is shared too.
fn spread<'ctx>(reached: &[FunctionValue<'ctx>], reasons: &mut HashMap<FunctionValue<'ctx>, Shared>) {
    loop {
        let mut grown = false;
        for function in reached {
            if reasons.contains_key(function) {
                continue;
            }
            let own = |callee: &FunctionValue<'ctx>| {
                is_local(callee.as_global_value()) && reasons.contains_key(callee)
            };
            let shared = functions_of(*function).find(own);
            if let Some(callee) = shared {
                reasons.insert(*function, Shared::Uses(name_of(callee)));
                grown = true;
            }
        }
        if !grown {
            return;
        }
    }
}

fn own_reason(function: FunctionValue<'_>, assembly: &BTreeSet<String>) -> Option<Shared> {
    if matches!(function.get_linkage(), Linkage::WeakAny | Linkage::LinkOnceAny | Linkage::ExternalWeak) {
        return Some(Shared::Replaceable);
    }
    if let Some(symbol) = assembly_symbol(function) {
        return Some(Shared::AssemblySymbol(symbol));
    }
    let found = references::of_function(function).into_iter();
    found.into_iter().find_map(|(referent, _)| match referent {
        Referent::Variable(variable) if is_local(variable) => variable_reason(variable, &mut HashSet::new()),
        Referent::Variable(variable) => mentioned(variable, assembly),
        Referent::Function(callee) if callee.count_basic_blocks() == 0 => {
            mentioned(callee.as_global_value(), assembly)
        }
        Referent::Function(_) => None,
    })
}

fn mentioned(global: GlobalValue<'_>, assembly: &BTreeSet<String>) -> Option<Shared> {
    let name = global.get_name().to_string_lossy();
    assembly.contains(&*name).then(|| Shared::ModuleAssembly(name.into_owned()))
}

/// Why a copy of `variable`, which only its own file can name, isn't as good as itself.
fn variable_reason<'ctx>(
    variable: GlobalValue<'ctx>,
    seen: &mut HashSet<GlobalValue<'ctx>>,
) -> Option<Shared> {
    if !seen.insert(variable) {
        return None;
    }
    let name = || variable.get_name().to_string_lossy().into_owned();
    if variable.is_thread_local() {
        return Some(Shared::ThreadLocal(name()));
    }
    if !variable.is_constant() {
        return Some(Shared::State(name()));
    }
    if variable.get_unnamed_address() != UnnamedAddress::Global && !is_only_read(variable) {
        return Some(Shared::ConstantAddress(name()));
    }
    references::of_variable(variable).into_iter().find_map(|referent| match referent {
        Referent::Variable(other) if is_local(other) => variable_reason(other, seen),
        Referent::Function(function) if function.count_basic_blocks() > 0 => {
            Some(Shared::AddressTaken(name_of(function)))
        }
        _ => None,
    })
}

/// Whether others can't name it.
fn is_local(global: GlobalValue<'_>) -> bool {
    matches!(global.get_linkage(), Linkage::Internal | Linkage::Private)
}

fn name_of(function: FunctionValue<'_>) -> String {
    function.get_name().to_string_lossy().into_owned()
}

/// The symbols that assembly in `function` defines: twice in one program they are an error.
fn assembly_symbol(function: FunctionValue<'_>) -> Option<String> {
    let instructions = function.get_basic_block_iter().flat_map(|block| block.get_instructions());
    let texts = instructions.filter_map(|instruction| assembly::of_call(call_site(instruction)?));
    texts.into_iter().find_map(|text| text.split(['\n', ';']).find_map(defined_by).map(ToOwned::to_owned))
}

/// The symbol that a line of assembly defines: a label, or what a directive is about. Labels of digits, those that
/// start with `.L` and those with `${:uid}` in them are local to their place.
fn defined_by(line: &str) -> Option<&str> {
    const DIRECTIVES: [&str; 8] =
        [".globl", ".global", ".weak", ".set", ".equ", ".comm", ".lcomm", ".symver"];
    let line = line.trim();
    let is_symbol = |text: &str| {
        text.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '.')
            && !text.starts_with(".L")
            && text.chars().all(|c| c.is_alphanumeric() || "_.".contains(c))
    };
    let mut parts = line.split([' ', '\t', ',']).filter(|part| !part.is_empty());
    let first = parts.next()?;
    if DIRECTIVES.contains(&first) {
        return parts.next().filter(|symbol| is_symbol(symbol));
    }
    first.split_once(':').map(|(label, _)| label).filter(|label| is_symbol(label))
}

/// The words of assembly that may be symbols.
pub(crate) fn words(assembly: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '$';
    assembly
        .split(|c: char| !is_part(c))
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{defined_by, words};

    #[test]
    fn symbols_of_assembly() {
        let defined = ["here: nop", "\t.globl there", ".set a, b", "_x:"];
        assert_eq!(defined.map(defined_by), [Some("here"), Some("there"), Some("a"), Some("_x")]);
        for line in
            ["1: jmp 1b", ".Ltmp${:uid}:", "tmp${:uid}: nop", "nop", "mov %fs:0, $0", ".pushsection a"]
        {
            assert_eq!(defined_by(line), None, "{line}");
        }
    }

    #[test]
    fn words_that_may_be_symbols() {
        let found: Vec<_> = words(".globl f\nf: jmp other_1@PLT # 12").into_iter().collect();
        assert_eq!(found, ["PLT", "f", "jmp", "other_1"]);
    }
}
