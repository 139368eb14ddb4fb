//! What of an image is compiled by itself: the kernels of one module, with what they need of the others. So
//! several can be compiled at a time, and one whose modules have not changed need not be compiled again.
//!
//! Code of one target that can be linked as objects is compiled in parts, if that makes no difference to what
//! it does. What the whole would refuse is left to the whole, which says so.

use crate::Result;
use crate::input::Inputs;
use crate::kernels::is_reserved;
use crate::options::Options;
use crate::target::Target;
use bitcode_link::cache::Key;
use bitcode_link::{Definition, Library, ModuleSource, Summary, Take};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Kernels that are compiled together, and what of.
pub(crate) struct Part {
    pub(crate) inputs: Inputs,
    /// The link's options, with this part's kernels.
    pub(crate) options: Options,
    /// All modules that the kernels can need, where they are known.
    pub(crate) made_of: Option<Vec<Key>>,
    /// Whether all of the code is known to have been optimized when it was compiled.
    pub(crate) optimized: bool,
}

/// The parts of an image for `target`; one, where the image can't be compiled in several.
pub(crate) fn split(inputs: Inputs, target: Target, options: &Options) -> Result<Vec<Part>> {
    let parts = if is_divisible(&inputs, target, options) { divide(&inputs, target, options)? } else { None };
    if let Some(parts) = parts {
        return Ok(parts);
    }
    let mut optimized = inputs.library.is_empty() && inputs.own.is_empty();
    for source in &inputs.modules {
        optimized = optimized && source.summary()?.optimized;
    }
    Ok(vec![Part { inputs, options: options.clone(), made_of: None, optimized }])
}

/// Whether the image may have several definitions of what kernels share. Not of variables that change, nor of
/// what objects call; and code that was compiled for the target is linked as it is.
fn is_divisible(inputs: &Inputs, target: Target, options: &Options) -> bool {
    target.is_linked()
        && inputs.modules.len() > 1
        && inputs.objects.is_empty()
        && inputs.own.is_empty()
        && inputs.own_library.is_empty()
        && !options.allow_mutable_statics
}

/// A part for each module with kernels; none where the modules must be seen together.
fn divide(inputs: &Inputs, target: Target, options: &Options) -> Result<Option<Vec<Part>>> {
    let mut library = Library::default();
    for source in &inputs.modules {
        library.add(source.clone(), Take::Needed);
    }
    for (source, take) in inputs.library.members() {
        library.add(source.clone(), take);
    }
    let library = Arc::new(library);
    let mut graph = Graph { library: &library, modules: HashMap::new() };
    if !agree(&inputs.modules)? {
        return Ok(None);
    }
    let Some(kernels) = graph.kernels(inputs.modules.len(), options)? else { return Ok(None) };
    let mut parts = Vec::new();
    for (module, names) in kernels {
        let Some(reached) = graph.reach(module, &names)? else { return Ok(None) };
        let others = reached.iter().filter(|other| **other != module);
        let mut made_of = Vec::new();
        let mut optimized = true;
        for (source, _) in std::iter::once(&module).chain(others).filter_map(|at| library.member(*at)) {
            made_of.push(source.key().clone());
            optimized &= source.summary()?.optimized;
        }
        let source = library.member(module).map(|(source, _)| source.clone());
        // Where nobody has named any, a part finds its kernels as the whole does.
        let chosen = |all: &[String]| all.iter().filter(|name| names.contains(*name)).cloned().collect();
        let (kernels, entries) = (chosen(&options.kernels), chosen(&options.entries));
        parts.push(Part {
            made_of: Some(made_of),
            optimized,
            inputs: Inputs {
                target,
                modules: source.into_iter().collect(),
                own: Vec::new(),
                library: Arc::clone(&library),
                own_library: Library::default(),
                objects: Vec::new(),
                native: inputs.native.clone(),
                standard_library: Arc::clone(&inputs.standard_library),
            },
            options: Options { kernels, entries, ..options.clone() },
        });
    }
    Ok(Some(parts).filter(|parts| !parts.is_empty()))
}

/// Whether nobody could tell that the modules were not linked together: what several define is the same, and
/// so are their data layouts and flags.
fn agree(modules: &[ModuleSource]) -> Result<bool> {
    let mut definitions: HashMap<&str, Definition> = HashMap::new();
    let (mut layouts, mut flags) = (BTreeSet::new(), BTreeMap::new());
    for source in modules {
        let summary = source.summary()?;
        if summary.opaque {
            return Ok(false);
        }
        for symbol in summary.symbols.iter().filter(|symbol| symbol.definition.is_visible()) {
            let known = definitions.insert(&symbol.name, symbol.definition);
            if known.is_some_and(|known| known != Definition::Same || symbol.definition != known) {
                return Ok(false);
            }
        }
        layouts.extend(Some(summary.data_layout.as_str()).filter(|layout| !layout.is_empty()));
        for (flag, value) in &summary.flags {
            if *flags.entry(flag).or_insert(value) != value {
                return Ok(false);
            }
        }
    }
    Ok(layouts.len() <= 1)
}

/// The modules given and the members of archives, by their places in the library.
struct Graph<'a> {
    library: &'a Library,
    /// Those that were looked at.
    modules: HashMap<usize, Module<'a>>,
}

struct Module<'a> {
    summary: &'a Summary,
    visible: HashMap<&'a str, usize>,
}

impl<'a> Graph<'a> {
    fn module(&mut self, at: usize) -> Result<Option<&Module<'a>>> {
        if !self.modules.contains_key(&at) {
            let Some((source, _)) = self.library.member(at) else { return Ok(None) };
            let summary = source.summary()?;
            let symbols = summary.symbols.iter().enumerate();
            let visible = symbols.filter(|(_, symbol)| symbol.definition.is_visible());
            let visible = visible.map(|(position, symbol)| (symbol.name.as_str(), position)).collect();
            self.modules.insert(at, Module { summary, visible });
        }
        Ok(self.modules.get(&at))
    }

    /// The kernels that `options` name, or all that look like one in the first `given` modules, by module.
    /// None if one isn't there.
    fn kernels(
        &mut self,
        given: usize,
        options: &Options,
    ) -> Result<Option<BTreeMap<usize, BTreeSet<String>>>> {
        let mut kernels: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for name in options.kernels.iter().chain(&options.entries) {
            let Some(at) = self.library.position(name) else { return Ok(None) };
            kernels.entry(at).or_default().insert(name.clone());
        }
        if kernels.is_empty() {
            for at in 0..given {
                let Some(Module { summary, .. }) = self.module(at)? else { return Ok(None) };
                let looks_like_one = summary.symbols.iter().filter(|symbol| {
                    symbol.definition == Definition::Strong
                        && symbol.returns_nothing
                        && !is_reserved(&symbol.name)
                });
                let names: BTreeSet<_> = looks_like_one.map(|symbol| symbol.name.clone()).collect();
                if !names.is_empty() {
                    kernels.insert(at, names);
                }
            }
        }
        Ok(Some(kernels))
    }

    /// The modules that have something which `names` of the module at `start` can need, it included. None if
    /// a member of an archive defines what another module defines otherwise.
    fn reach(&mut self, start: usize, names: &BTreeSet<String>) -> Result<Option<BTreeSet<usize>>> {
        let Some(first) = self.module(start)? else { return Ok(None) };
        let roots = names.iter().filter_map(|name| first.visible.get(name.as_str()));
        let mut open: Vec<_> = roots.map(|symbol| (start, *symbol)).collect();
        let mut seen: HashSet<_> = open.iter().copied().collect();
        let mut reached = BTreeSet::from([start]);
        while let Some((at, symbol)) = open.pop() {
            let library = self.library;
            let Some(Module { summary, .. }) = self.module(at)? else { return Ok(None) };
            let symbol = &summary.symbols[symbol];
            if symbol.definition != Definition::Declared {
                let references = symbol.references.iter().map(|reference| (at, *reference));
                open.extend(references.filter(|node| seen.insert(*node)));
                continue;
            }
            let name = symbol.name.as_str();
            let Some(definer) = library.position(name).filter(|definer| *definer != at) else { continue };
            if reached.insert(definer) && !self.defines_alone(definer)? {
                return Ok(None);
            }
            let node = self.module(definer)?.and_then(|module| Some((definer, *module.visible.get(name)?)));
            open.extend(node.filter(|node| seen.insert(*node)));
        }
        Ok(Some(reached))
    }

    /// Whether nobody before the module at `at` defines what it defines, or everybody does it as it does.
    fn defines_alone(&mut self, at: usize) -> Result<bool> {
        let library = self.library;
        let Some(Module { summary, .. }) = self.module(at)? else { return Ok(false) };
        let visible = summary.symbols.iter().filter(|symbol| symbol.definition.is_visible());
        let mut others = visible.filter(|symbol| library.position(&symbol.name) != Some(at));
        Ok(!summary.opaque && others.all(|symbol| symbol.definition == Definition::Same))
    }
}
