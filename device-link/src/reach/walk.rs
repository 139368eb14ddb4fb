//! The walk from a function over everything that it refers to.

use super::{End, EndKind};
use crate::compose::Origins;
use crate::hop::Hop;
use crate::limits::{self, Limit};
use crate::markers;
use crate::target::Target;
use crate::trouble::Trouble;
use abi::markers::{DYNAMIC_MEMORY, Marker};
use llvm_plugin::address_space;
use llvm_plugin::debug_location;
use llvm_plugin::inkwell::values::{FunctionValue, InstructionValue};
use llvm_plugin::references::{self, Referent};
use std::collections::HashMap;

/// A walk over everything that a function refers to, breadth first, so that chains are short.
pub(super) struct Walk<'ctx> {
    pub(super) nodes: Vec<Node<'ctx>>,
    /// Who refers to whom, as positions in `nodes`.
    pub(super) edges: Vec<(usize, usize)>,
}

/// Something that a function refers to, itself or through others.
pub(super) struct Node<'ctx> {
    referent: Referent<'ctx>,
    /// Who refers to it first, and where.
    from: Option<(usize, Option<InstructionValue<'ctx>>)>,
}

impl<'ctx> Walk<'ctx> {
    pub(super) fn from(function: FunctionValue<'ctx>) -> Self {
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

    pub(super) fn chain(&self, index: usize, origins: &Origins) -> Vec<Hop> {
        let mut chain = Vec::new();
        let mut from = &self.nodes[index].from;
        while let Some((parent, at)) = *from {
            let node = &self.nodes[parent];
            chain.extend(node.hops(at, origins));
            from = &node.from;
        }
        chain
    }

    /// What is not device code at node `index`, or in it.
    pub(super) fn ends_at(&self, index: usize, origins: &Origins) -> Vec<End> {
        let node = &self.nodes[index];
        if let Some(kind) = node.end_kind() {
            return vec![End { symbol: node.name(), kind, chain: self.chain(index, origins) }];
        }
        let end = |limit: Limit, at: Option<InstructionValue<'ctx>>| {
            let mut chain = node.hops(at, origins);
            chain.extend(self.chain(index, origins));
            End { symbol: String::new(), kind: EndKind::Limit(limit), chain }
        };
        match node.referent {
            Referent::Function(function) => {
                limits::of_function(function).into_iter().map(|(limit, at)| end(limit, Some(at))).collect()
            }
            Referent::Variable(variable) => references::of_variable(variable)
                .into_iter()
                .filter_map(|referent| match referent {
                    Referent::Function(taken) => {
                        let symbol = taken.get_name().to_string_lossy().into_owned();
                        Some(end(Limit::FunctionAddress(symbol), None))
                    }
                    Referent::Variable(_) => None,
                })
                .collect(),
        }
    }

    /// The names of the functions from which a marker can be reached.
    pub(super) fn callers_of_markers(&self) -> Vec<String> {
        let mut on_the_way: Vec<bool> = self.nodes.iter().map(Node::is_position).collect();
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
        nodes.filter(|(node, there)| *there && !node.is_position()).map(|(node, _)| node.name()).collect()
    }
}

/// What `referent` refers to. A marker's body, if it has one, is for the host.
fn references_of<'ctx>(referent: Referent<'ctx>) -> Vec<(Referent<'ctx>, Option<InstructionValue<'ctx>>)> {
    match referent {
        Referent::Function(function) if markers::of(function).is_some() => Vec::new(),
        Referent::Function(function) => {
            references::of_function(function).into_iter().map(|(referent, at)| (referent, Some(at))).collect()
        }
        Referent::Variable(variable) => {
            references::of_variable(variable).into_iter().map(|referent| (referent, None)).collect()
        }
    }
}

impl Node<'_> {
    pub(super) fn name(&self) -> String {
        match &self.referent {
            Referent::Function(function) => function.get_name(),
            Referent::Variable(variable) => variable.get_name(),
        }
        .to_string_lossy()
        .into_owned()
    }

    /// The steps of a way that leads through `at` in this one.
    fn hops(&self, at: Option<InstructionValue<'_>>, origins: &Origins) -> Vec<Hop> {
        let name = self.name();
        let input = origins.module(&name).map(ToOwned::to_owned);
        Hop::at(name, &at.map(debug_location::frames).unwrap_or_default(), input)
    }

    pub(super) fn is_position(&self) -> bool {
        matches!(self.referent, Referent::Function(function) if markers::position_of(function).is_some())
    }

    pub(super) fn is_barrier(&self) -> bool {
        matches!(self.referent, Referent::Function(function) if markers::of(function) == Some(Marker::Barrier))
    }

    /// What an error may be about, if one may.
    fn end_kind(&self) -> Option<EndKind> {
        match self.referent {
            Referent::Function(function) => {
                let outside = function.count_basic_blocks() == 0 || markers::of(function).is_some();
                outside.then_some(EndKind::Outside)
            }
            Referent::Variable(variable) if variable.is_thread_local() => Some(EndKind::ThreadLocal),
            Referent::Variable(variable) if variable.is_declaration() => Some(EndKind::Outside),
            Referent::Variable(variable) => {
                let own = address_space::of_global(variable) == 0;
                (own && !variable.is_constant()).then_some(EndKind::Mutable)
            }
        }
    }

    pub(super) fn undefined(&self, origins: &Origins, target: Target) -> Option<Trouble> {
        let symbol = self.name();
        let undefined = !origins.in_object(&symbol);
        match self.referent {
            // Thread-local ones are refused, wherever they are.
            Referent::Variable(variable)
                if variable.is_declaration()
                    && !variable.is_thread_local()
                    && undefined
                    && symbol != DYNAMIC_MEMORY =>
            {
                Some(Trouble::UndefinedVariable { native: origins.elsewhere(&symbol), symbol })
            }
            Referent::Function(function)
                // Markers that are left have their own errors.
                if function.count_basic_blocks() == 0
                    && markers::of(function).is_none()
                    && function.get_intrinsic_id() == 0
                    && undefined
                    && !target.has_function(&symbol) =>
            {
                Some(Trouble::UndefinedFunction { native: origins.elsewhere(&symbol), symbol })
            }
            _ => None,
        }
    }
}
