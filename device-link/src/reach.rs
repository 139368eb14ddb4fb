//! What kernels reach, and the way there: the source of every error that names a call chain.

use crate::input::Origins;
use crate::kernels::{Form, Kernel, Kernels};
use crate::markers;
use crate::problem::{Hop, Problem, Trouble};
use crate::target::Target;
use abi::markers::Marker;
use llvm_plugin::debug_location::{self, DebugLocation};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::references::{self, Referent};
use std::collections::{HashMap, HashSet};

/// For each kernel, and each function without a body or variable in its reach: how it is reached, in the
/// order in which a breadth-first walk finds them.
pub(crate) struct Reached {
    kernels: HashMap<String, Vec<End>>,
    /// The functions on the way to a marker.
    pub(crate) on_the_way_to_markers: HashSet<String>,
}

/// Something that a kernel reaches and that is not device code.
struct End {
    symbol: String,
    thread_local: bool,
    /// The way there, last step first.
    chain: Vec<Hop>,
}

impl Reached {
    /// The way from `kernel` to `symbol`, last step first. Empty if there was none.
    fn chain(&self, kernel: &str, symbol: &str) -> Vec<Hop> {
        let found = self.ends(kernel).find(|end| end.symbol == symbol);
        found.map(|end| end.chain.clone()).unwrap_or_default()
    }

    fn ends(&self, kernel: &str) -> impl Iterator<Item = &End> {
        self.kernels.get(kernel).into_iter().flatten()
    }
}

/// Walks from every kernel of a linked module that nothing has changed yet.
pub(crate) fn walk_kernels(module: &Module<'_>, kernels: &Kernels, origins: &Origins) -> Reached {
    let mut reached = Reached { kernels: HashMap::new(), on_the_way_to_markers: HashSet::new() };
    for (kernel, function) in in_module(module, kernels) {
        let walk = Walk::from(function);
        let ends = walk.nodes.iter().enumerate().filter(|(_, node)| node.is_end());
        let ends = ends.map(|(index, node)| End {
            symbol: node.name(),
            thread_local: node.is_thread_local(),
            chain: walk.chain(index, origins),
        });
        reached.kernels.insert(kernel.name.clone(), ends.collect());
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

/// Finds barriers, positions asked for where there is no geometry, and variables of host threads. The
/// last are looked for here because what only the host changes looks constant to the optimizer.
pub(crate) fn find_refused(kernels: &Kernels, reached: &Reached) -> Vec<Problem> {
    let mut problems = Vec::new();
    for kernel in kernels.iter() {
        for end in reached.ends(&kernel.name) {
            let symbol = end.symbol.clone();
            let trouble = match (Marker::from_symbol(&symbol), kernel.form) {
                (Some(Marker::Barrier), _) => Trouble::Barrier,
                (Some(_), Form::Ordinary) => continue,
                (Some(_), _) => Trouble::MarkerInEntry { marker: symbol },
                (None, _) if end.thread_local => Trouble::ThreadLocal { symbol },
                (None, _) => continue,
            };
            problems.push(Problem { kernel: kernel.name.clone(), trouble, chain: end.chain.clone() });
        }
    }
    problems
}

/// Finds the markers that `function`, the entry of `kernel`, reaches though everything is inlined.
pub(crate) fn find_unresolved(kernel: &str, function: FunctionValue<'_>, reached: &Reached) -> Vec<Problem> {
    let walk = Walk::from(function);
    let left = walk.nodes.iter().filter(|node| node.is_marker()).map(Node::name);
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

/// A walk over everything that a function refers to, breadth first, so that chains are short.
struct Walk<'ctx> {
    nodes: Vec<Node<'ctx>>,
    /// Who refers to whom, as positions in `nodes`.
    edges: Vec<(usize, usize)>,
}

struct Node<'ctx> {
    referent: Referent<'ctx>,
    /// Who refers to it first, and where.
    from: Option<(usize, Option<DebugLocation>)>,
}

impl<'ctx> Walk<'ctx> {
    fn from(function: FunctionValue<'ctx>) -> Self {
        let start = Referent::Function(function);
        let mut walk = Self { nodes: vec![Node { referent: start, from: None }], edges: Vec::new() };
        let mut known = HashMap::from([(start, 0)]);
        let mut next = 0;
        while next < walk.nodes.len() {
            for (referent, location) in references_of(walk.nodes[next].referent) {
                let position = *known.entry(referent).or_insert_with(|| {
                    walk.nodes.push(Node { referent, from: Some((next, location)) });
                    walk.nodes.len() - 1
                });
                walk.edges.push((next, position));
            }
            next += 1;
        }
        walk
    }

    fn chain(&self, index: usize, origins: &Origins) -> Vec<Hop> {
        let mut chain = Vec::new();
        let mut from = &self.nodes[index].from;
        while let Some((parent, location)) = from {
            let node = &self.nodes[*parent];
            let name = node.name();
            let input = origins.module(&name).map(ToOwned::to_owned);
            chain.push(Hop { name, location: location.clone(), input });
            from = &node.from;
        }
        chain
    }

    /// The names of the functions from which a marker can be reached.
    fn callers_of_markers(&self) -> Vec<String> {
        let mut on_the_way: Vec<bool> = self.nodes.iter().map(Node::is_marker).collect();
        let mut grown = true;
        while grown {
            grown = false;
            for (from, to) in &self.edges {
                if on_the_way[*to] && !on_the_way[*from] {
                    on_the_way[*from] = true;
                    grown = true;
                }
            }
        }
        let nodes = self.nodes.iter().zip(on_the_way);
        nodes.filter(|(node, there)| *there && !node.is_marker()).map(|(node, _)| node.name()).collect()
    }
}

/// What `referent` refers to. A marker's body, if it has one, is for the host.
fn references_of<'ctx>(referent: Referent<'ctx>) -> Vec<(Referent<'ctx>, Option<DebugLocation>)> {
    match referent {
        Referent::Function(function) if markers::of(function).is_some() => Vec::new(),
        Referent::Function(function) => references::of_function(function)
            .into_iter()
            .map(|(referent, at)| (referent, debug_location::of(at)))
            .collect(),
        Referent::Variable(variable) => {
            references::of_variable(variable).into_iter().map(|referent| (referent, None)).collect()
        }
    }
}

impl Node<'_> {
    fn name(&self) -> String {
        match &self.referent {
            Referent::Function(function) => function.get_name(),
            Referent::Variable(variable) => variable.get_name(),
        }
        .to_string_lossy()
        .into_owned()
    }

    fn is_marker(&self) -> bool {
        matches!(self.referent, Referent::Function(function) if markers::of(function).is_some())
    }

    /// Whether an error may be about it.
    fn is_end(&self) -> bool {
        match self.referent {
            Referent::Function(function) => {
                function.count_basic_blocks() == 0 || markers::of(function).is_some()
            }
            Referent::Variable(variable) => variable.is_declaration() || variable.is_thread_local(),
        }
    }

    fn is_thread_local(&self) -> bool {
        matches!(self.referent, Referent::Variable(variable) if variable.is_thread_local())
    }

    fn undefined(&self, origins: &Origins, target: Target) -> Option<Trouble> {
        let symbol = self.name();
        let undefined = !origins.in_object(&symbol);
        match self.referent {
            // Thread-local ones are refused, wherever they are.
            Referent::Variable(variable)
                if variable.is_declaration() && !variable.is_thread_local() && undefined =>
            {
                Some(Trouble::UndefinedVariable { symbol })
            }
            Referent::Function(function)
                // Markers that are left have their own errors.
                if function.count_basic_blocks() == 0
                    && markers::of(function).is_none()
                    && function.get_intrinsic_id() == 0
                    && undefined
                    && !target.has_function(&symbol) =>
            {
                Some(Trouble::UndefinedFunction { symbol })
            }
            _ => None,
        }
    }
}
