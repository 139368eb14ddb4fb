//! ThinLTO in its parts: what modules define and need, the thin link, and the back end, all in memory. For
//! programs that link libLLVM.

mod callbacks;
mod ffi;

use crate::ffi::{Sink, bytes_from, text_from};
use callbacks::{push_diagnostic, push_slice, push_symbol, take_object};
use inkwell::module::Module;
use std::ffi::c_void;
use std::sync::Mutex;

pub use crate::collect::{Collected, CollectedSeverity};

/// How addresses get into code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relocation {
    /// As the module's flags say.
    Module,
    /// For a fixed address.
    Static,
    /// For any address.
    Pic,
}

/// How far apart code and data may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeModel {
    /// As the module's flags say.
    Module,
    /// Everything within 2 GiB.
    Small,
    /// In the negative 2 GiB.
    Kernel,
    /// Code within 2 GiB.
    Medium,
    /// Anywhere.
    Large,
}

/// How code is made. The thin link and the back ends of one link take the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThinConfig {
    /// The processor; empty for the target's most general one.
    pub cpu: String,
    /// Features as LLVM writes them, `+a,-b`.
    pub features: String,
    /// How addresses get into code.
    pub relocation: Relocation,
    /// How far apart code and data may be.
    pub code_model: CodeModel,
    /// 0 to 3.
    pub level: u8,
    /// Text in place of an object.
    pub assembly: bool,
}

impl ThinConfig {
    fn raw(&self) -> ffi::Config {
        ffi::Config {
            cpu: self.cpu.as_str().into(),
            features: self.features.as_str().into(),
            relocation: match self.relocation {
                Relocation::Module => -1,
                Relocation::Static => 0,
                Relocation::Pic => 1,
            },
            code_model: match self.code_model {
                CodeModel::Module => -1,
                CodeModel::Small => 0,
                CodeModel::Kernel => 1,
                CodeModel::Medium => 2,
                CodeModel::Large => 3,
            },
            level: self.level.into(),
            assembly: self.assembly,
        }
    }
}

/// Bitcode with the name that an index knows it by.
#[derive(Debug, Clone, Copy)]
pub struct ThinFile<'a> {
    /// The name.
    pub name: &'a str,
    /// The bitcode.
    pub bytes: &'a [u8],
}

impl ThinFile<'_> {
    fn raw(&self) -> ffi::Named {
        ffi::Named { name: self.name.into(), bytes: self.bytes.into() }
    }
}

/// Who may see a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Everybody.
    Default,
    /// Everybody, and nobody puts another in its place.
    Protected,
    /// This link.
    Hidden,
}

/// A symbol of a module, as a linker sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThinSymbol {
    /// Its name in objects.
    pub name: String,
    /// Its section, where the module gives it one.
    pub section: String,
    /// Whether the module only refers to it.
    pub undefined: bool,
    /// Whether another definition goes before it, or whether it may stay undefined.
    pub weak: bool,
    /// Whether it is a common symbol, and how large then.
    pub common: Option<u64>,
    /// Whether no symbol table needs it.
    pub omittable: bool,
    /// The group of definitions that goes in or out with the first of its name, where it is in one.
    pub comdat: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
}

/// What a linker reads of a module before it links it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThinSymbols {
    /// Its triple.
    pub triple: String,
    /// Whether it has a summary for ThinLTO.
    pub has_summary: bool,
    /// Its symbols.
    pub symbols: Vec<ThinSymbol>,
}

/// What became of a module's symbol in the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resolution {
    /// Its definition is the one that is taken.
    pub prevailing: bool,
    /// The definition is in this link, and nothing takes its place when the program runs.
    pub is_final: bool,
    /// Something that isn't bitcode of this link refers to it.
    pub visible: bool,
    /// Other links see it.
    pub exported: bool,
}

impl Resolution {
    fn bits(self) -> u8 {
        u8::from(self.prevailing)
            | u8::from(self.is_final) << 1
            | u8::from(self.visible) << 2
            | u8::from(self.exported) << 3
    }
}

/// A module of a thin link, with what became of its symbols in their order.
#[derive(Debug)]
pub struct ThinInput<'a> {
    /// The module.
    pub file: ThinFile<'a>,
    /// What became of its symbols.
    pub resolutions: &'a [Resolution],
}

/// What compiling one module takes beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThinSlice {
    /// The module.
    pub module: String,
    /// The part of the index that is about it.
    pub index: Vec<u8>,
    /// The modules that it imports from.
    pub imports: Vec<String>,
}

/// What a thin link made.
#[derive(Debug, Default)]
pub struct ThinLinked {
    /// A slice for each module, in the order of the modules.
    pub slices: Vec<ThinSlice>,
    /// The object of what can't be ThinLTO, where there is something.
    pub regular: Option<Vec<u8>>,
    /// What LLVM had to say.
    pub diagnostics: Vec<Collected>,
}

/// The symbols of the module in `file`.
pub fn thin_symbols(file: ThinFile<'_>) -> Result<ThinSymbols, String> {
    let mut symbols: Vec<ThinSymbol> = Vec::new();
    let (mut triple, mut has_summary, mut failed) = (String::new(), false, false);
    let error = text_from(|error, string| {
        triple = text_from(|triple, triple_string| {
            // SAFETY: bytes and name are valid during the call; each sink is for the object beside it.
            failed = unsafe {
                ffi::outboard_thin_symbols(
                    file.raw(),
                    push_symbol,
                    (&raw mut symbols).cast(),
                    triple,
                    triple_string,
                    &raw mut has_summary,
                    error,
                    string,
                )
            };
        });
    });
    if failed { Err(error) } else { Ok(ThinSymbols { triple, has_summary, symbols }) }
}

/// Functions that code generation for `triple` calls without any module naming them.
pub fn libcalls(triple: &str) -> Vec<String> {
    let mut symbols: Vec<ThinSymbol> = Vec::new();
    // SAFETY: the text is valid during the call, and the sink is for this vector.
    unsafe { ffi::outboard_libcalls(triple.into(), push_symbol, (&raw mut symbols).cast()) };
    symbols.into_iter().map(|symbol| symbol.name).collect()
}

/// The processors that functions of the module name, each once; on AMD's GPUs with the features that all of an image
/// must agree on: `gfx90a:xnack+`.
pub fn function_cpus(file: ThinFile<'_>) -> Result<Vec<String>, String> {
    let mut symbols: Vec<ThinSymbol> = Vec::new();
    let mut failed = false;
    let error = text_from(|error, string| {
        // SAFETY: bytes and name are valid during the call; each sink is for the object beside it.
        failed = unsafe {
            ffi::outboard_function_cpus(file.raw(), push_symbol, (&raw mut symbols).cast(), error, string)
        };
    });
    if failed { Err(error) } else { Ok(symbols.into_iter().map(|symbol| symbol.name).collect()) }
}

/// The first of `cpu` and `features`, which have commas between them, that the target hasn't; nothing where it has them
/// all, or is none that this LLVM knows.
pub fn unknown_to_target(triple: &str, cpu: &str, features: &str) -> Option<String> {
    let text = text_from(|sink, string| {
        // SAFETY: texts that are valid during the call, and the sink is for this string.
        unsafe {
            ffi::outboard_unknown_to_target(triple.into(), cpu.into(), features.into(), sink, string);
        }
    });
    (!text.is_empty()).then_some(text)
}

/// Runs the thin link: decides what is exported, imported and internal, and compiles nothing.
pub fn thin_link(inputs: &[ThinInput<'_>], config: &ThinConfig) -> Result<ThinLinked, String> {
    let bits: Vec<Vec<u8>> = inputs
        .iter()
        .map(|input| input.resolutions.iter().map(|resolution| resolution.bits()).collect())
        .collect();
    let raw: Vec<ffi::Input> = inputs
        .iter()
        .zip(&bits)
        .map(|(input, bits)| ffi::Input {
            file: input.file.raw(),
            resolutions: bits.as_ptr(),
            count: bits.len(),
        })
        .collect();
    let mut linked = ThinLinked::default();
    let diagnostics = Mutex::new(Vec::new());
    let mut failed = false;
    let error = text_from(|error, string| {
        // SAFETY: the inputs and all that they point to live as long as the call; each callback is for the object
        // beside it.
        failed = unsafe {
            ffi::outboard_thin_link(
                raw.as_ptr(),
                raw.len(),
                config.raw(),
                push_slice,
                take_object,
                (&raw mut linked).cast(),
                push_diagnostic,
                (&raw const diagnostics).cast_mut().cast(),
                error,
                string,
            )
        };
    });
    linked.diagnostics = into_diagnostics(diagnostics);
    check(failed, error, &linked.diagnostics)?;
    Ok(linked)
}

/// Compiles `file` with the slice of the index for it, importing from `imports`. Gives the object, or assembly.
pub fn thin_backend(
    file: ThinFile<'_>,
    index: &[u8],
    imports: &[ThinFile<'_>],
    config: &ThinConfig,
) -> Result<(Vec<u8>, Vec<Collected>), String> {
    let files: Vec<ffi::Named> = std::iter::once(&file).chain(imports).map(ThinFile::raw).collect();
    let diagnostics = Mutex::new(Vec::new());
    let (mut failed, mut object) = (false, Vec::new());
    let error = text_from(|error, string| {
        object = bytes_from(|sink, bytes| {
            // SAFETY: the files, the index and the configuration live as long as the call; each callback is for the
            // object beside it.
            failed = unsafe {
                ffi::outboard_thin_backend(
                    files.as_ptr(),
                    files.len(),
                    index.into(),
                    config.raw(),
                    sink,
                    bytes,
                    push_diagnostic,
                    (&raw const diagnostics).cast_mut().cast(),
                    error,
                    string,
                )
            };
        });
    });
    let diagnostics = into_diagnostics(diagnostics);
    check(failed, error, &diagnostics)?;
    Ok((object, diagnostics))
}

/// The index with its modules under other names: old and new ones. What imports are taken in the order of is the
/// names, so that the new ones must sort as the old ones do for the same object to come out.
pub fn rename_modules(index: &[u8], names: &[(&str, &str)]) -> Result<Vec<u8>, String> {
    let raw: Vec<ffi::Named> =
        names.iter().map(|(old, new)| ffi::Named { name: (*old).into(), bytes: (*new).into() }).collect();
    change(|sink, bytes, error, string| {
        // SAFETY: the index and the names are valid during the call; each sink is for the object beside it.
        unsafe {
            ffi::outboard_rename_modules(index.into(), raw.as_ptr(), raw.len(), sink, bytes, error, string)
        }
    })
}

/// The modules that `index` names, in the order of their names.
pub fn index_modules(index: &[u8]) -> Result<Vec<String>, String> {
    let mut symbols: Vec<ThinSymbol> = Vec::new();
    let mut failed = false;
    let error = text_from(|error, string| {
        // SAFETY: the index is valid during the call; each sink is for the object beside it.
        failed = unsafe {
            ffi::outboard_index_modules(index.into(), push_symbol, (&raw mut symbols).cast(), error, string)
        };
    });
    if failed { Err(error) } else { Ok(symbols.into_iter().map(|symbol| symbol.name).collect()) }
}

/// The bitcode of `module` with a summary for ThinLTO.
pub fn with_summary(module: &Module<'_>) -> Vec<u8> {
    bytes_from(|sink, bytes| {
        // SAFETY: a live module, and the sink is for this vector.
        unsafe { ffi::outboard_add_summary(module.as_mut_ptr(), sink, bytes) }
    })
}

fn change(call: impl FnOnce(Sink, *mut c_void, Sink, *mut c_void) -> bool) -> Result<Vec<u8>, String> {
    let (mut failed, mut changed) = (false, Vec::new());
    let error = text_from(|error, string| {
        changed = bytes_from(|sink, bytes| failed = call(sink, bytes, error, string));
    });
    if failed { Err(error) } else { Ok(changed) }
}

/// What LLVM returned as an error, or reported as one.
fn check(failed: bool, error: String, diagnostics: &[Collected]) -> Result<(), String> {
    let reported = diagnostics.iter().filter(|one| one.severity == CollectedSeverity::Error);
    let mut texts: Vec<String> = reported.map(|one| one.text.clone()).collect();
    if failed {
        texts.insert(0, error);
    }
    if texts.is_empty() { Ok(()) } else { Err(texts.join("; ")) }
}

fn into_diagnostics(collected: Mutex<Vec<Collected>>) -> Vec<Collected> {
    collected.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
