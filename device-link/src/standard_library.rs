//! Rust's standard library as bitcode, of the toolchains that made the inputs; read only if it is needed. Every
//! input gets that of its own release.

use crate::Result;
use crate::compose::Origins;
use crate::error::{Error, demangled};
use crate::kernels::Kernels;
use crate::problem::{self, Problem};
use crate::reach::walk_kernels;
use crate::trouble::Trouble;
use bitcode_link::{Composite, Library, ModuleSource, Origin, ToolchainError, rust_library};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::references::{self, Referent};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::OnceLock;

/// Crates of the standard library that device code can reach.
const CRATES: [&str; 5] = ["core", "alloc", "std", "hashbrown", "memchr"];

/// The standard libraries, each once it was looked for.
#[derive(Debug, Default)]
pub(crate) struct StandardLibrary {
    /// By release; by the empty text for one that is everybody's.
    toolchains: BTreeMap<String, Toolchain>,
    /// The releases that made the inputs.
    releases: HashMap<Origin, String>,
}

#[derive(Debug, Default)]
struct Toolchain {
    sysroot: Option<PathBuf>,
    library: OnceLock<std::result::Result<Library, ToolchainError>>,
}

/// Who refers to a symbol: by release, one of the modules that were made by it.
type Users = BTreeMap<String, Origin>;

/// One name for two functions of two standard libraries, both of which are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoReleases {
    /// The name, as the source has it.
    pub symbol: String,
    /// Who needs one of them.
    pub first: Origin,
    /// The release that made that.
    pub first_release: String,
    /// Who needs the other.
    pub second: Origin,
    /// The release that made that.
    pub second_release: String,
}

impl StandardLibrary {
    /// That of the toolchain in `sysroot`, or those of the releases that made `inputs`.
    pub(crate) fn new<'a>(sysroot: Option<PathBuf>, inputs: impl Iterator<Item = &'a ModuleSource>) -> Self {
        let release = |source: &ModuleSource| {
            let release = source.identity.producer.as_ref()?.rust_release()?.to_owned();
            Some((source.origin.clone(), release))
        };
        let releases: HashMap<_, _> = inputs.filter_map(release).collect();
        let toolchains = match &sysroot {
            Some(_) => BTreeMap::from([(String::new(), Toolchain { sysroot, ..Toolchain::default() })]),
            None => releases.values().map(|release| (release.clone(), Toolchain::default())).collect(),
        };
        Self { toolchains, releases }
    }

    /// Links `symbols` and what `missing` names in the module then, until no library has it.
    pub(crate) fn complete<'ctx>(
        &self,
        composite: &mut Composite<'ctx>,
        kernels: &Kernels,
        mut symbols: Vec<String>,
        mut missing: impl FnMut(&Module<'ctx>) -> Result<Vec<String>>,
    ) -> Result<()> {
        if self.toolchains.is_empty() || !symbols.iter().any(|symbol| is_of_standard_library(symbol)) {
            return Ok(());
        }
        loop {
            let wanted = self.sort(composite, symbols);
            let mut grown = false;
            for (release, symbols) in &wanted {
                let others = wanted.iter().filter(|(other, _)| *other != release);
                let others: Vec<_> = others.flat_map(|(_, symbols)| symbols).collect();
                match self.library(release) {
                    Ok(library) => grown |= self.take(composite, library, symbols, &others)?,
                    Err(source) => refuse(composite, kernels, symbols, source)?,
                }
            }
            if !grown {
                return self.check_one_release_each(composite);
            }
            symbols = missing(composite.module())?;
        }
    }

    /// Links `symbols` from `library`. Linking takes from a module all that is declared and defined in it, so what
    /// `others` are to define has another name meanwhile.
    fn take(
        &self,
        composite: &mut Composite<'_>,
        library: &Library,
        symbols: &[String],
        others: &[&String],
    ) -> Result<bool> {
        let hidden: Vec<_> = others.iter().filter(|symbol| library.defines(symbol)).collect();
        let elsewhere = |symbol: &str| format!("{symbol}.of.another.release");
        for symbol in &hidden {
            rename(composite.module(), symbol, &elsewhere(symbol));
        }
        let grown = composite.take(library, symbols)?;
        for symbol in hidden {
            let mut users = self.users(composite);
            let of = |users: Option<Users>| users.and_then(|mut users| users.pop_first());
            if let (Some(first), Some(second)) =
                (of(users.remove(symbol.as_str())), of(users.remove(&elsewhere(symbol))))
            {
                return Err(two_releases(symbol, first, second));
            }
            rename(composite.module(), &elsewhere(symbol), symbol);
        }
        Ok(grown)
    }

    /// `symbols` by the release whose library is to define them: that of who refers to them.
    fn sort(&self, composite: &mut Composite<'_>, symbols: Vec<String>) -> BTreeMap<String, Vec<String>> {
        let mut releases = self.toolchains.keys();
        if let (Some(only), None) = (releases.next(), releases.next()) {
            return BTreeMap::from([(only.clone(), symbols)]);
        }
        let users = self.users(composite);
        let mut sorted: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for symbol in symbols {
            let of_users = users.get(&symbol).into_iter().flat_map(Users::keys);
            // What only modules of other compilers refer to, may come from any.
            let all: Vec<_> = of_users.chain(self.toolchains.keys()).collect();
            let has =
                |release: &&&String| self.library(release).is_ok_and(|library| library.defines(&symbol));
            let release = all.iter().find(has).or(all.first());
            sorted.entry(release.map_or_else(String::new, ToString::to_string)).or_default().push(symbol);
        }
        sorted
    }

    /// For each symbol that the module's functions and variables refer to, who does.
    fn users(&self, composite: &mut Composite<'_>) -> HashMap<String, Users> {
        let mut by_origin = self.releases.clone();
        for (release, toolchain) in &self.toolchains {
            let library = toolchain.library.get().and_then(|library| library.as_ref().ok());
            let sources = library.into_iter().flat_map(Library::sources);
            by_origin.extend(sources.map(|source| (source.origin.clone(), release.clone())));
        }
        let mut users: HashMap<String, Users> = HashMap::new();
        for (name, referents) in references(composite.module()) {
            let Some(origin) = composite.origin(&name) else { continue };
            let Some(release) = by_origin.get(origin) else { continue };
            for symbol in referents {
                users.entry(symbol).or_default().entry(release.clone()).or_insert_with(|| origin.clone());
            }
        }
        users
    }

    /// Refuses a definition of one library that code of another release refers to by the same name.
    fn check_one_release_each(&self, composite: &mut Composite<'_>) -> Result<()> {
        if self.toolchains.len() < 2 {
            return Ok(());
        }
        let mut users: Vec<_> = self.users(composite).into_iter().collect();
        users.sort();
        for (symbol, users) in users.into_iter().filter(|(_, users)| users.len() > 1) {
            let of_input = composite.origin(&symbol).is_some_and(|origin| self.releases.contains_key(origin));
            let has = |release: &str| self.library(release).is_ok_and(|library| library.defines(&symbol));
            let mut users = users.into_iter().filter(|(release, _)| !of_input && has(release));
            if let (Some(first), Some(second)) = (users.next(), users.next()) {
                return Err(two_releases(&symbol, first, second));
            }
        }
        Ok(())
    }

    fn library(&self, release: &str) -> std::result::Result<&Library, &ToolchainError> {
        let toolchain = &self.toolchains[release];
        let find = || rust_library(toolchain.sysroot.as_deref(), &[release.to_owned()]);
        toolchain.library.get_or_init(find).as_ref()
    }
}

fn two_releases(symbol: &str, first: (String, Origin), second: (String, Origin)) -> Error {
    let symbol = demangled(symbol);
    let ((first_release, first), (second_release, second)) = (first, second);
    Error::TwoReleases(Box::new(TwoReleases { symbol, first, first_release, second, second_release }))
}

/// Gives the function or variable `from` of `module` the name `to`.
fn rename(module: &Module<'_>, from: &str, to: &str) {
    let function = module.get_function(from).map(|function| function.as_global_value());
    if let Some(global) = function.or_else(|| module.get_global(from)) {
        global.set_name(to);
    }
}

/// The functions and variables that `module` defines, and what each refers to.
fn references(module: &Module<'_>) -> Vec<(String, Vec<String>)> {
    let text = |name: &std::ffi::CStr| name.to_string_lossy().into_owned();
    let name_of = |referent: &Referent<'_>| match referent {
        Referent::Function(function) => text(function.get_name()),
        Referent::Variable(variable) => text(variable.get_name()),
    };
    let functions = module.get_functions().filter(|function| function.count_basic_blocks() > 0);
    let of_functions = functions.map(|function| {
        let referents = references::of_function(function);
        (text(function.get_name()), referents.iter().map(|(referent, _)| name_of(referent)).collect())
    });
    let variables = module.get_globals().filter(|variable| !variable.is_declaration());
    let of_variables = variables.map(|variable| {
        let referents = references::of_variable(variable);
        (text(variable.get_name()), referents.iter().map(name_of).collect())
    });
    of_functions.chain(of_variables).collect()
}

/// Refuses the kernels that need any of `symbols`, for there is no library to define them.
fn refuse(
    composite: &mut Composite<'_>,
    kernels: &Kernels,
    symbols: &[String],
    source: &ToolchainError,
) -> Result<()> {
    let of_library: Vec<_> = symbols.iter().filter(|symbol| is_of_standard_library(symbol)).collect();
    let Some(first) = of_library.first() else { return Ok(()) };
    let origins = Origins::of_modules(composite.origins().clone());
    let reached = walk_kernels(composite.module(), kernels, &origins);
    let mut problems = Vec::new();
    for kernel in kernels.names() {
        let mut chains = of_library.iter().map(|symbol| (symbol, reached.chain(kernel, symbol)));
        if let Some((symbol, chain)) = chains.find(|(_, chain)| !chain.is_empty()) {
            let trouble = Trouble::NoStandardLibrary { symbol: (*symbol).clone(), why: source.to_string() };
            problems.push(Problem { kernel: kernel.to_owned(), trouble, chain });
        }
    }
    problem::refuse(problems)?;
    Err(Error::StandardLibrary { symbol: demangled(first), source: source.clone() })
}

/// Whether `symbol` is mangled by Rust and has to do with a crate of the standard library.
fn is_of_standard_library(symbol: &str) -> bool {
    if !symbol.starts_with("_R") && !symbol.starts_with("_ZN") {
        return false;
    }
    let name = demangled(symbol);
    let words =
        name.split(|character: char| !character.is_alphanumeric() && character != '_' && character != ':');
    words.filter_map(|word| word.split_once("::")).any(|(first, _)| CRATES.contains(&first))
}
