//! What kernels reach, and the way there: the source of every error that names a call chain.

mod walk;

use crate::compose::Origins;
use crate::hop::Hop;
use crate::host_loops::Asked;
use crate::kernels::{Form, Kernel, Kernels};
use crate::limits::Limit;
use crate::problem::Problem;
use crate::target::Target;
use crate::trouble::Trouble;
use abi::markers::Marker;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::FunctionValue;
use std::collections::{BTreeSet, HashMap, HashSet};
use walk::Walk;

/// For each kernel, and each function without a body or variable in its reach: how it is reached, in the
/// order in which a breadth-first walk finds them.
#[derive(Default)]
pub(crate) struct Reached {
    kernels: HashMap<String, Vec<End>>,
    /// Where each kernel begins.
    starts: HashMap<String, Hop>,
    /// The functions on the way to a marker.
    pub(crate) on_the_way_to_markers: HashSet<String>,
}

/// Something that a kernel reaches and that is not device code, or not everywhere.
struct End {
    symbol: String,
    kind: EndKind,
    /// The way there, last step first.
    chain: Vec<Hop>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum EndKind {
    /// Without a definition, or a marker.
    Outside,
    /// A variable of the host's threads.
    ThreadLocal,
    /// A variable that can change.
    Mutable,
    /// Something that a function does.
    Limit(Limit),
}

/// What is refused beside what no device has.
pub(crate) struct Rules {
    pub(crate) target: Target,
    pub(crate) allow_mutable_statics: bool,
    /// Markers that threads meet in and whose callers' control flow may have been moved.
    pub(crate) unmarked: BTreeSet<String>,
}

impl Reached {
    /// Adds what the kernels of another module reach.
    pub(crate) fn extend(&mut self, other: Self) {
        self.kernels.extend(other.kernels);
        self.starts.extend(other.starts);
        self.on_the_way_to_markers.extend(other.on_the_way_to_markers);
    }

    /// The way to `kernel` itself.
    pub(crate) fn start(&self, kernel: &str) -> Vec<Hop> {
        self.starts.get(kernel).cloned().into_iter().collect()
    }

    /// What `kernel` asks of where it is.
    pub(crate) fn asked(&self, kernel: &str) -> Asked {
        let markers = || self.ends(kernel).filter_map(|end| Marker::from_symbol(&end.symbol));
        if markers().any(Marker::is_of_block) {
            return Asked::Together;
        }
        let of_block = markers().any(|marker| matches!(marker, Marker::ThreadId(_) | Marker::BlockId(_)));
        if of_block { Asked::Block } else { Asked::Global }
    }

    /// The way from `kernel` to `symbol`, last step first. Empty if there was none.
    pub(crate) fn chain(&self, kernel: &str, symbol: &str) -> Vec<Hop> {
        let found = self.ends(kernel).find(|end| end.symbol == symbol && !end.kind.is_limit());
        found.map(|end| end.chain.clone()).unwrap_or_default()
    }

    /// The way to something like `limit`.
    fn chain_to_limit(&self, kernel: &str, limit: &Limit) -> Vec<Hop> {
        let ends = || self.ends(kernel).filter_map(|end| end.kind.limit().map(|known| (known, end)));
        let same = ends().find(|(known, _)| *known == limit);
        let found = same.or_else(|| ends().find(|(known, _)| known.is_like(limit)));
        found.map(|(_, end)| end.chain.clone()).unwrap_or_default()
    }

    fn ends(&self, kernel: &str) -> impl Iterator<Item = &End> {
        self.kernels.get(kernel).into_iter().flatten()
    }
}

/// Walks from every kernel of a linked module that nothing has changed yet.
pub(crate) fn walk_kernels(module: &Module<'_>, kernels: &Kernels, origins: &Origins) -> Reached {
    let mut reached = Reached::default();
    for (kernel, function) in in_module(module, kernels) {
        reached.starts.insert(kernel.name.clone(), Hop::start_of(function, origins));
        let walk = Walk::from(function);
        let ends = (0..walk.nodes.len()).flat_map(|index| walk.ends_at(index, origins)).collect();
        reached.kernels.insert(kernel.name.clone(), ends);
        reached.on_the_way_to_markers.extend(walk.callers_of_markers());
    }
    reached
}

/// The kernels that the module has, with their functions.
pub(crate) fn in_module<'k, 'ctx>(
    module: &Module<'ctx>,
    kernels: &'k Kernels,
) -> impl Iterator<Item = (&'k Kernel, FunctionValue<'ctx>)> {
    kernels
        .iter()
        .filter(|kernel| kernel.form != Form::ObjectEntry)
        .filter_map(|kernel| Some((kernel, module.get_function(&kernel.name)?)))
}

/// Finds barriers where there can't be any, positions asked for where there is no geometry, and variables of
/// the host. The last are looked for here because what only the host changes looks constant to the optimizer.
pub(crate) fn find_refused(kernels: &Kernels, reached: &Reached, rules: &Rules) -> Vec<Problem> {
    let mut problems = Vec::new();
    for kernel in kernels.iter() {
        for end in reached.ends(&kernel.name) {
            if let Some(trouble) = rules.trouble(kernel, end) {
                problems.push(Problem { kernel: kernel.name.clone(), trouble, chain: end.chain.clone() });
            }
        }
    }
    problems
}

impl Rules {
    fn trouble(&self, kernel: &Kernel, end: &End) -> Option<Trouble> {
        let symbol = end.symbol.clone();
        match (&end.kind, Marker::from_symbol(&symbol)) {
            (EndKind::Limit(_), _) => None,
            (EndKind::ThreadLocal, _) => Some(Trouble::ThreadLocal { symbol }),
            (EndKind::Mutable, _) => (!self.allow_mutable_statics).then_some(Trouble::Mutable { symbol }),
            (EndKind::Outside, None) => None,
            (EndKind::Outside, Some(marker)) if !self.target.has_marker(marker) => {
                Some(Trouble::NoSuchMarker { marker: symbol, target: self.target.name() })
            }
            (EndKind::Outside, Some(_)) if self.unmarked.contains(&symbol) => {
                Some(Trouble::MayBeMoved { marker: symbol })
            }
            (EndKind::Outside, Some(marker)) => {
                let of_geometry = marker.is_position() || marker.is_of_block();
                let placeless = of_geometry && kernel.form != Form::Ordinary && !self.target.is_gpu();
                placeless.then_some(Trouble::MarkerInEntry { marker: symbol })
            }
        }
    }
}

impl EndKind {
    fn limit(&self) -> Option<&Limit> {
        if let Self::Limit(limit) = self { Some(limit) } else { None }
    }

    fn is_limit(&self) -> bool {
        self.limit().is_some()
    }
}

/// Finds what optimized kernels still do and `target` can't.
pub(crate) fn find_limits(
    module: &Module<'_>,
    kernels: &Kernels,
    reached: &Reached,
    origins: &Origins,
    target: Target,
) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for (kernel, function) in in_module(module, kernels) {
        let walk = Walk::from(function);
        let mut told: Vec<Limit> = Vec::new();
        for end in (0..walk.nodes.len()).flat_map(|index| walk.ends_at(index, origins)) {
            let Some(limit) = end.kind.limit().filter(|limit| limit.applies_to(target)) else { continue };
            if told.iter().any(|known| known.is_like(limit)) {
                continue;
            }
            // The chain from before inlining and with debug info says more.
            let chain = reached.chain_to_limit(&kernel.name, limit);
            let chain = if chain.is_empty() { end.chain.clone() } else { chain };
            let trouble = Trouble::of_limit(limit, target.name());
            problems.push(Problem { kernel: kernel.name.clone(), trouble, chain });
            told.push(limit.clone());
        }
    }
    problems
}

/// Finds the markers that `function`, the item function of `kernel`, reaches though everything is inlined. Barriers of
/// its own are where they should be.
pub(crate) fn find_unresolved(kernel: &str, function: FunctionValue<'_>, reached: &Reached) -> Vec<Problem> {
    let walk = Walk::from(function);
    let in_callees = |at: usize| walk.edges.iter().any(|(from, to)| *from != 0 && *to == at);
    let left = walk.nodes.iter().enumerate().filter(|(_, node)| node.is_position());
    let left = left.filter(|(at, node)| !node.is_barrier() || in_callees(*at)).map(|(_, node)| node.name());
    let problem = |marker: String| Problem {
        kernel: kernel.to_owned(),
        chain: reached.chain(kernel, &marker),
        trouble: Trouble::MarkerNotInlined { marker },
    };
    left.map(problem).collect()
}

/// Finds what optimized kernels still need and nobody defines.
pub(crate) fn find_undefined(
    module: &Module<'_>,
    kernels: &Kernels,
    reached: &Reached,
    origins: &Origins,
    target: Target,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (kernel, function) in in_module(module, kernels) {
        let walk = Walk::from(function);
        for (index, node) in walk.nodes.iter().enumerate() {
            let Some(trouble) = node.undefined(origins, target) else { continue };
            // The chain from before inlining and with debug info says more.
            let mut chain = reached.chain(&kernel.name, &node.name());
            if chain.is_empty() {
                chain = walk.chain(index, origins);
            }
            problems.push(Problem { kernel: kernel.name.clone(), trouble, chain });
        }
    }
    problems
}
