//! Several modules in one, which remembers where everything in it came from.

use crate::Result;
use crate::error::{Error, Mismatch};
use crate::library::{Library, Take};
use crate::origin::Origin;
use crate::source::ModuleSource;
use llvm_plugin::collect::link_modules;
use llvm_plugin::global::{function_aliases, inline_assembly};
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::GlobalValue;
use llvm_plugin::module::{FlagBehavior, ModuleFlag, module_flags};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Several modules in one.
#[derive(Debug)]
pub struct Composite<'ctx> {
    context: &'ctx Context,
    module: Option<Module<'ctx>>,
    /// Whether modules may have assembly of their own.
    assembly: bool,
    /// Where each definition came from, the internal ones too.
    origins: HashMap<String, Origin>,
    /// The definitions that only one module may have.
    strong: HashMap<String, Origin>,
    /// The data layout, and whose it is.
    layout: Option<(Origin, String)>,
    /// The flags that all modules must agree on, with their values, and who had them first.
    flags: HashMap<String, (Origin, String)>,
    /// Symbols that a library was asked for: each is, once.
    asked: HashSet<String>,
    /// Modules of libraries that are in as a whole.
    whole: HashSet<(Origin, usize)>,
}

impl<'ctx> Composite<'ctx> {
    /// Nothing yet.
    pub fn new(context: &'ctx Context) -> Self {
        Self {
            context,
            module: None,
            assembly: false,
            origins: HashMap::new(),
            strong: HashMap::new(),
            layout: None,
            flags: HashMap::new(),
            asked: HashSet::new(),
            whole: HashSet::new(),
        }
    }

    /// The same, and modules may have assembly: what it defines is nothing that anybody here knows of.
    #[must_use]
    pub fn with_assembly(self) -> Self {
        Self { assembly: true, ..self }
    }

    /// The module; an empty one where nothing was added.
    pub fn module(&mut self) -> &Module<'ctx> {
        self.module.get_or_insert_with(|| self.context.create_module(""))
    }

    /// The module, and where what is in it came from.
    pub fn into_parts(self) -> (Module<'ctx>, HashMap<String, Origin>) {
        (self.module.unwrap_or_else(|| self.context.create_module("")), self.origins)
    }

    /// Where the definition of `symbol` came from.
    pub fn origin(&self, symbol: &str) -> Option<&Origin> {
        self.origins.get(symbol)
    }

    /// Where each definition came from.
    pub fn origins(&self) -> &HashMap<String, Origin> {
        &self.origins
    }

    /// Where the definition of `symbol` came from that only one module may have.
    pub fn strong_origin(&self, symbol: &str) -> Option<&Origin> {
        self.strong.get(symbol)
    }

    /// Parses `source` and links it.
    pub fn add_source(&mut self, source: &ModuleSource) -> Result<()> {
        let module = source.parse(&self.context)?;
        self.add(&source.origin, module)
    }

    /// Links `module`. Weak and link-once definitions may occur several times, and modules without a data
    /// layout go with any. Assembly is refused unless asked for: nobody can tell what it defines.
    pub fn add(&mut self, origin: &Origin, module: Module<'ctx>) -> Result<()> {
        let assembly = inline_assembly(&module);
        let first = assembly.lines().find(|line| !line.trim().is_empty());
        if let Some(line) = first.filter(|_| !self.assembly) {
            return Err(Error::ModuleAssembly { origin: origin.clone(), line: line.trim().to_owned() });
        }
        self.check_layout(origin, &module)?;
        self.check_flags(origin, &module)?;
        self.check_definitions(origin, &module)?;
        for global in definitions(&module) {
            self.origins.entry(name_of(global)).or_insert_with(|| origin.clone());
        }
        match &self.module {
            Some(linked) => {
                link_modules(linked, module).map_err(|text| Error::Link { origin: origin.clone(), text })
            }
            None => {
                self.module = Some(module);
                Ok(())
            }
        }
    }

    /// Links from `library` what `missing` names in the module, and what is missing then, until nothing that
    /// it names is in the library.
    pub fn complete<E: From<Error>>(
        &mut self,
        library: &Library,
        mut missing: impl FnMut(&Module<'ctx>) -> std::result::Result<Vec<String>, E>,
    ) -> std::result::Result<(), E> {
        loop {
            let symbols = missing(self.module())?;
            if !self.take(library, &symbols)? {
                return Ok(());
            }
        }
    }

    /// Links the modules of `library` that define `symbols`. Whether there were any that weren't in yet.
    pub fn take(&mut self, library: &Library, symbols: &[String]) -> Result<bool> {
        // In the library's order, so that the same inputs give the same bytes.
        let mut positions = BTreeSet::new();
        for symbol in symbols {
            if let Some(position) = library.position(symbol)
                && self.asked.insert(symbol.clone())
            {
                positions.insert(position);
            }
        }
        let mut grown = false;
        for (source, take) in positions.into_iter().filter_map(|position| library.member(position)) {
            match take {
                Take::Needed => self.take_needed(source)?,
                Take::Module if !self.whole.insert((source.origin.clone(), source.identity.index)) => {
                    continue;
                }
                Take::Module => {
                    source.check()?;
                    self.add_source(source)?;
                }
            }
            grown = true;
        }
        Ok(grown)
    }

    fn take_needed(&mut self, source: &ModuleSource) -> Result<()> {
        let module = self.module();
        let before: HashSet<String> = definitions(module).map(name_of).collect();
        source.link_needed(module)?;
        let new: Vec<_> = definitions(module).map(name_of).filter(|name| !before.contains(name)).collect();
        for name in new {
            self.origins.entry(name).or_insert_with(|| source.origin.clone());
        }
        Ok(())
    }

    fn check_layout(&mut self, origin: &Origin, module: &Module<'_>) -> Result<()> {
        let layout = module.get_data_layout().as_str().to_string_lossy().into_owned();
        if layout.is_empty() {
            return Ok(());
        }
        let known = self.layout.get_or_insert_with(|| (origin.clone(), layout.clone()));
        mismatch(known, origin, layout).map_or(Ok(()), |values| Err(Error::LayoutMismatch(values)))
    }

    fn check_flags(&mut self, origin: &Origin, module: &Module<'_>) -> Result<()> {
        let must_agree = |flag: &ModuleFlag| flag.behavior == FlagBehavior::Error;
        for flag in module_flags(module).into_iter().filter(must_agree) {
            let first = || (origin.clone(), flag.value.clone());
            let known = self.flags.entry(flag.key.clone()).or_insert_with(first);
            if let Some(values) = mismatch(known, origin, flag.value) {
                return Err(Error::FlagMismatch { flag: flag.key, values });
            }
        }
        Ok(())
    }

    fn check_definitions(&mut self, origin: &Origin, module: &Module<'_>) -> Result<()> {
        for global in definitions(module).filter(|global| global.get_linkage() == Linkage::External) {
            let symbol = name_of(global);
            if let Some(first) = self.strong.insert(symbol.clone(), origin.clone()) {
                return Err(Error::DuplicateSymbol { symbol, first, second: origin.clone() });
            }
        }
        Ok(())
    }
}

/// `value` of `origin` and the value that is known, if they differ.
fn mismatch(known: &(Origin, String), origin: &Origin, value: String) -> Option<Box<Mismatch>> {
    let (first, first_value) = known.clone();
    let second = origin.clone();
    (first_value != value).then(|| Box::new(Mismatch { first, first_value, second, second_value: value }))
}

/// What `module` defines: functions, variables, aliases of functions.
fn definitions<'ctx>(module: &Module<'ctx>) -> impl Iterator<Item = GlobalValue<'ctx>> {
    let functions = module.get_functions().map(|function| function.as_global_value());
    let aliases = function_aliases(module).into_iter().map(|(alias, _)| alias);
    functions.chain(module.get_globals()).filter(|global| !global.is_declaration()).chain(aliases)
}

fn name_of(global: GlobalValue<'_>) -> String {
    global.get_name().to_string_lossy().into_owned()
}
