//! Which files are part of a link, and what becomes of each symbol of its modules: as ld.lld decides it, so that the
//! same functions become internal.

use super::ThinResult;
use super::inputs::{Content, LinkInput, ThinModule};
use super::native::NativeFile;
use super::options::{LinkKind, ThinOptions};
use super::symbol_table::{Entry, Incoming, State, SymbolTable};
use crate::origin::Origin;
use llvm_plugin::thin_lto::{Resolution, ThinSymbol, Visibility, libcalls};
use std::collections::{HashMap, HashSet};

/// A module that is part of a link.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The module.
    pub module: &'a ThinModule,
    /// What became of its symbols, in their order.
    pub resolutions: Vec<Resolution>,
}

/// Decides which of `inputs` are part of the link and what becomes of the symbols of the modules among them, which are
/// returned in the order in which they became part of it.
pub fn resolve<'a>(inputs: &'a [LinkInput], options: &ThinOptions) -> ThinResult<Vec<Resolved<'a>>> {
    let mut link = Link::new(inputs);
    let entry = options.kind.is_program().then_some(&options.entry);
    // What others are to see is needed, in archives too.
    for name in entry.into_iter().chain(options.exports.iter().flatten()) {
        link.table.need(name);
    }
    for (index, input) in inputs.iter().enumerate() {
        if input.is_lazy { link.offer(index)? } else { link.load(index)? }
    }
    link.load_libcalls()?;
    let sections = link.sections_with_bounds();
    let modules = link.loaded.iter().filter_map(|index| match &inputs[*index].content {
        Content::Module(module) => Some((*index, &**module)),
        Content::Native(_) => None,
    });
    let resolved = modules.map(|(index, module)| {
        let symbols = module.symbols.iter();
        let resolutions = symbols.map(|symbol| link.resolution(index, symbol, &sections, options)).collect();
        Resolved { module, resolutions }
    });
    Ok(resolved.collect())
}

struct Link<'a> {
    inputs: &'a [LinkInput],
    table: SymbolTable,
    /// The inputs that are part of the link, in the order in which they became so.
    loaded: Vec<usize>,
    is_loaded: HashSet<usize>,
    /// The input whose group of a name is taken.
    comdats: HashMap<&'a str, usize>,
}

impl<'a> Link<'a> {
    fn new(inputs: &'a [LinkInput]) -> Self {
        Self {
            inputs,
            table: SymbolTable::default(),
            loaded: Vec::new(),
            is_loaded: HashSet::new(),
            comdats: HashMap::new(),
        }
    }

    /// Takes an input into the link, and what it needs of files that aren't.
    fn load(&mut self, first: usize) -> ThinResult<()> {
        let mut waiting = vec![first];
        while let Some(index) = waiting.pop() {
            if !self.is_loaded.insert(index) {
                continue;
            }
            self.loaded.push(index);
            let mut needed = match &self.inputs[index].content {
                Content::Module(module) => self.load_module(index, module)?,
                Content::Native(native) => self.load_native(index, native)?,
            };
            needed.reverse();
            waiting.append(&mut needed);
        }
        Ok(())
    }

    fn load_module(&mut self, index: usize, module: &'a ThinModule) -> ThinResult<Vec<usize>> {
        let mut needed = Vec::new();
        for symbol in &module.symbols {
            let group = symbol.comdat.as_deref();
            let taken = group.is_none_or(|group| *self.comdats.entry(group).or_insert(index) == index);
            let incoming = Incoming {
                name: &symbol.name,
                undefined: symbol.undefined || !taken,
                weak: symbol.weak,
                common: symbol.common,
                visibility: symbol.visibility,
            };
            needed.extend(self.take_symbol(index, incoming, false)?);
            if !incoming.undefined && !symbol.omittable {
                self.table.keep(&symbol.name);
            }
        }
        Ok(needed)
    }

    fn load_native(&mut self, index: usize, native: &'a NativeFile) -> ThinResult<Vec<usize>> {
        for group in &native.comdats {
            self.comdats.entry(group).or_insert(index);
        }
        let mut needed = Vec::new();
        for symbol in &native.symbols {
            if native.is_shared {
                if symbol.undefined {
                    needed.extend(self.table.want_for_shared(&symbol.name));
                } else {
                    self.table.share(&symbol.name);
                }
                continue;
            }
            let incoming = Incoming {
                name: &symbol.name,
                undefined: symbol.undefined,
                weak: symbol.weak,
                common: symbol.common,
                visibility: symbol.visibility,
            };
            needed.extend(self.take_symbol(index, incoming, true)?);
        }
        Ok(needed)
    }

    /// A file that is needed now.
    fn take_symbol(&mut self, index: usize, symbol: Incoming<'_>, native: bool) -> ThinResult<Option<usize>> {
        if symbol.undefined {
            return Ok(self.table.refer(symbol, native));
        }
        let inputs = self.inputs;
        self.table.define(index, symbol, native, &|file| origin(&inputs[file]))?;
        Ok(None)
    }

    /// Makes an archive's member known, and takes it where it was waited for.
    fn offer(&mut self, index: usize) -> ThinResult<()> {
        let inputs = self.inputs;
        let names: Vec<&str> = match &inputs[index].content {
            Content::Module(module) => {
                module.symbols.iter().filter(|symbol| !symbol.undefined).map(|symbol| &*symbol.name).collect()
            }
            Content::Native(native) => {
                native.symbols.iter().filter(|symbol| !symbol.undefined).map(|symbol| &*symbol.name).collect()
            }
        };
        for name in names {
            if self.table.offer(index, name) {
                return self.load(index);
            }
        }
        Ok(())
    }

    /// Code generation may call functions that no module names, and they can't be compiled afterwards.
    fn load_libcalls(&mut self) -> ThinResult<()> {
        let is_module = |index: &usize| matches!(self.inputs[*index].content, Content::Module(_));
        let Some(first) = self.loaded.iter().copied().find(is_module) else { return Ok(()) };
        let Content::Module(module) = &self.inputs[first].content else { return Ok(()) };
        for name in libcalls(&module.triple) {
            if let Some(State::Lazy(file)) = self.table.get(&name).map(|entry| entry.state)
                && is_module(&file)
            {
                self.load(file)?;
            }
        }
        Ok(())
    }

    /// The sections whose start or end something refers to.
    fn sections_with_bounds(&self) -> HashSet<String> {
        let names = self
            .table
            .names()
            .filter_map(|name| name.strip_prefix("__start_").or_else(|| name.strip_prefix("__stop_")));
        names.map(ToOwned::to_owned).collect()
    }

    /// Source: `BitcodeCompiler::add`, lld/ELF/LTO.cpp, and `computeIsPreemptible` with its neighbours,
    /// lld/ELF/Symbols.cpp (LLVM 22.1).
    fn resolution(
        &self,
        index: usize,
        symbol: &ThinSymbol,
        sections: &HashSet<String>,
        options: &ThinOptions,
    ) -> Resolution {
        let Some(entry) = self.table.get(&symbol.name) else { return Resolution::default() };
        let owner = match entry.state {
            State::Defined { file, .. } | State::Common { file, .. } => Some(file),
            _ => None,
        };
        let prevailing = !symbol.undefined && owner == Some(index);
        let shown = shown(&symbol.name, entry, options);
        let exported = owner.is_some() && shown;
        Resolution {
            prevailing,
            is_final: matches!(entry.state, State::Defined { .. })
                && (options.kind.is_program() || entry.visibility != Visibility::Default),
            visible: all_visible(&symbol.name, options)
                || entry.native
                || (prevailing && exported)
                || sections.contains(&symbol.section),
            exported: shown && (exported || options.kind == LinkKind::Shared),
        }
    }
}

/// Whether the next link may refer to `name`.
fn all_visible(name: &str, options: &ThinOptions) -> bool {
    let listed = options.exports.as_ref().is_none_or(|exports| exports.contains(name));
    options.kind == LinkKind::Objects && listed
}

/// Whether programs and libraries that load this see `name`.
fn shown(name: &str, entry: &Entry, options: &ThinOptions) -> bool {
    if entry.visibility == Visibility::Hidden {
        return false;
    }
    let listed = options.exports.as_ref().map(|exports| exports.contains(name));
    match options.kind {
        LinkKind::Objects => listed == Some(true),
        LinkKind::Shared => listed.unwrap_or(true) && (entry.native || !entry.omittable),
        LinkKind::Static | LinkKind::Pie => listed == Some(true) || entry.wanted_by_shared,
    }
}

fn origin(input: &LinkInput) -> Origin {
    match &input.content {
        Content::Module(module) => module.origin.clone(),
        Content::Native(native) => native.origin.clone(),
    }
}
