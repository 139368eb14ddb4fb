//! A module as it is before anything is done to it, as its object's record has it.

use abi::launch::LaunchOptions;
use abi::map_flags::MapFlags;
use abi::names;
use diagnostics::names::is_mangled_by_rust;
use host_codegen::plan::{Argument, HostPlan, LaunchPlan};
use inkwell::module::{Linkage, Module};
use inkwell::values::{FunctionValue, GlobalValue};
use llvm_plugin::debug_location::{self, DebugLocation};
use llvm_plugin::global;
use offload_records::{Launch, Place, Slot, Summary, Symbol, SymbolKind, encode};
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The architecture whose code becomes device code.
const HOST: &str = "x86_64";

/// Prefix of names that LLVM keeps for itself.
const INTRINSICS: &str = "llvm.";

/// Metadata that a module with debug info has. Source: "Source Level Debugging", llvm/docs (LLVM 22.1).
const DEBUG_INFO: &str = "llvm.dbg.cu";

/// Metadata that names the compiler. Source: "Metadata", llvm/docs/LangRef.md (LLVM 22.1).
const IDENT: &str = "llvm.ident";

/// Whether `module` has its record already.
pub(crate) fn has_record(module: &Module<'_>) -> bool {
    module.get_global(names::RECORD).is_some()
}

/// Whether `module` is one that device code can be made of.
pub(crate) fn is_host(module: &Module<'_>) -> bool {
    let triple = module.get_triple();
    let triple = triple.as_str().to_string_lossy();
    triple.is_empty() || triple.split('-').next() == Some(HOST)
}

/// A module's bitcode and symbols.
pub(crate) struct Pristine {
    bitcode: Vec<u8>,
    summary: Summary,
    /// The names that kernels have in the record, where these are others than in the module.
    kernel_names: HashMap<String, String>,
}

impl Pristine {
    /// Takes what matters of `module`: no debug info, no assembly; the kernels of `plan` that nothing outside of
    /// the module can see are made visible.
    pub(crate) fn take(module: &Module<'_>, plan: &HostPlan) -> Self {
        let kernels: BTreeSet<&str> = plan.launches.iter().map(|launch| launch.kernel.as_str()).collect();
        let local: Vec<_> = kernels.into_iter().filter(|kernel| is_local(module, kernel)).collect();
        let is_plain = local.is_empty()
            && global::inline_assembly(module).is_empty()
            && module.get_global_metadata(DEBUG_INFO).is_empty();
        let copy = (!is_plain).then(|| {
            let copy = llvm_plugin::module::copy(module);
            copy.strip_debug_info();
            copy.set_inline_assembly("");
            copy
        });
        let kernel_names = copy.as_ref().map_or_else(HashMap::new, |copy| show_kernels(copy, &local));
        let pristine = copy.as_ref().unwrap_or(module);
        let (symbols, files) = symbols(pristine, module);
        let summary = Summary {
            module: module.get_name().to_string_lossy().into_owned(),
            producer: producer(module),
            plugin: env!("CARGO_PKG_VERSION").to_owned(),
            symbols,
            files,
            launches: Vec::new(),
        };
        Self { bitcode: llvm_plugin::bitcode::write_bitcode(pristine), summary, kernel_names }
    }

    /// The names that kernels have in the record, where these are others than in the module.
    pub(crate) fn kernel_names(&self) -> &HashMap<String, String> {
        &self.kernel_names
    }

    /// The record, with the launches of `plan`.
    pub(crate) fn encode(&self, plan: &HostPlan) -> Result<Vec<u8>, offload_records::Error> {
        let launches = plan.launches.iter().map(|launch| self.launch(launch)).collect();
        encode(&Summary { launches, ..self.summary.clone() }, &self.bitcode)
    }

    fn launch(&self, plan: &LaunchPlan) -> Launch {
        let slot = |argument: &Argument| match argument.map.contains(MapFlags::LITERAL) {
            true => Slot::Value,
            false => Slot::Pointer,
        };
        Launch {
            kernel: self.kernel_names.get(&plan.kernel).unwrap_or(&plan.kernel).clone(),
            slots: plan.arguments.iter().map(slot).collect(),
            geometry: !plan.options.contains(LaunchOptions::OWN_ENTRY),
            function: plan.site.function.clone(),
            place: plan.location.as_ref().map(|location| Place {
                file: location.file.clone(),
                line: location.line,
                column: location.column,
            }),
        }
    }
}

/// Whether `kernel` is a function that only `module` sees.
fn is_local(module: &Module<'_>, kernel: &str) -> bool {
    module.get_function(kernel).is_some_and(|function| is_hidden_by_linkage(function.get_linkage()))
}

fn is_hidden_by_linkage(linkage: Linkage) -> bool {
    matches!(linkage, Linkage::Internal | Linkage::Private)
}

/// Makes the functions `local` visible to other modules. A name that a language's mangling makes unique in the
/// program stays: copies of one kernel in several codegen units are one. Any other gets an end of its own.
fn show_kernels(module: &Module<'_>, local: &[&str]) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for kernel in local {
        let Some(function) = module.get_function(kernel) else { continue };
        if !is_mangled_by_rust(kernel) {
            let name = format!("{kernel}.{:016x}", content_hash(module));
            function.as_global_value().set_name(&name);
            names.insert((*kernel).to_owned(), name);
        }
        function.set_linkage(Linkage::WeakODR);
        function.as_global_value().set_visibility(inkwell::GlobalVisibility::Hidden);
    }
    names
}

fn content_hash(module: &Module<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    module.get_name().to_bytes().hash(&mut hasher);
    llvm_plugin::bitcode::write_bitcode(module).hash(&mut hasher);
    hasher.finish()
}

/// What has a name in `module`, with the source files that functions are in. In the order in which LLVM's bitcode
/// writer puts the names into its table.
///
/// Source: `ModuleBitcodeWriter::writeModuleInfo`, llvm/lib/Bitcode/Writer/BitcodeWriter.cpp (LLVM 22.1).
fn symbols(module: &Module<'_>, original: &Module<'_>) -> (Vec<Symbol>, Vec<String>) {
    let mut files = Files::default();
    let places = places(original, &mut files);
    let functions = module.get_functions().map(FunctionValue::as_global_value);
    let aliases = global::function_aliases(module).into_iter().map(|(alias, _)| alias);
    let mut symbols = Vec::new();
    for value in module.get_globals().chain(functions).chain(aliases) {
        let name = value.get_name().to_string_lossy().into_owned();
        symbols.push(Symbol { kind: kind(value, &name), begin: places.get(&name).copied(), name });
    }
    (symbols, files.names)
}

fn kind(value: GlobalValue<'_>, name: &str) -> SymbolKind {
    let linkage = value.get_linkage();
    if name.starts_with(INTRINSICS) || is_hidden_by_linkage(linkage) {
        SymbolKind::Local
    } else if value.is_declaration() || linkage == Linkage::AvailableExternally {
        // A copy whose original is elsewhere is none.
        SymbolKind::Undefined
    } else {
        SymbolKind::Defined
    }
}

/// Source files, each once.
#[derive(Default)]
struct Files {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Files {
    fn number(&mut self, file: String) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(file).or_insert_with_key(|file| {
            self.names.push(file.clone());
            next
        })
    }
}

/// The places of functions.
fn places(module: &Module<'_>, files: &mut Files) -> HashMap<String, (u32, u32)> {
    let mut places = HashMap::new();
    for function in module.get_functions().filter(|function| function.count_basic_blocks() > 0) {
        let Some(DebugLocation { file, line, .. }) = debug_location::of_function(function) else { continue };
        let name = function.get_name().to_string_lossy().into_owned();
        places.insert(name, (files.number(file), line));
    }
    places
}

/// Who made the module, by its `!llvm.ident`.
fn producer(module: &Module<'_>) -> String {
    let nodes = module.get_global_metadata(IDENT).into_iter();
    let mut values = nodes.flat_map(|node| node.get_node_values().unwrap_or_default());
    let text = values.find_map(|value| {
        let text = value.is_metadata_value().then(|| value.into_metadata_value())?;
        Some(String::from_utf8_lossy(text.get_string_value()?).into_owned())
    });
    text.unwrap_or_default()
}
