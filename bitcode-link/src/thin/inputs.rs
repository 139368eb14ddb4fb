//! Inputs of a ThinLTO link, as a linker takes them: modules with summaries, and native files for their symbols.

use super::native::{NativeFile, read_native};
use super::{ThinError, ThinResult};
use crate::cache::{Key, KeyBuilder};
use crate::input::{Bytes, Format, Input, Part, unknown_format};
use crate::origin::Origin;
use crate::source::{ModuleSource, Warning};
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::thin_lto::{ThinFile, ThinSymbol, thin_symbols, with_summary};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Bitcode with a summary.
#[derive(Debug, Clone)]
pub struct ThinModule {
    /// Where it came from.
    pub origin: Origin,
    /// What the index calls it: the path as it was given, and what ld.lld adds for members of archives.
    pub name: String,
    /// The bitcode.
    pub bytes: Bytes,
    /// Its triple.
    pub triple: String,
    /// Its symbols, in LLVM's order.
    pub symbols: Vec<ThinSymbol>,
    /// Whether the bytes are those of the file called `name`.
    pub is_file: bool,
    /// The hash of the bytes, once somebody asked.
    digest: OnceLock<Key>,
}

impl ThinModule {
    /// A hash of the bitcode.
    pub fn digest(&self) -> &Key {
        self.digest.get_or_init(|| digest(&self.bytes))
    }
}

/// A hash of a module's bitcode.
pub(super) fn digest(bytes: &[u8]) -> Key {
    KeyBuilder::new("thin module").part("bitcode", bytes).finish()
}

/// One thing that is linked.
#[derive(Debug)]
pub struct LinkInput {
    /// What it is.
    pub content: Content,
    /// Whether it is part of the link only if something needs it.
    pub is_lazy: bool,
}

impl LinkInput {
    /// The module, if it is one.
    pub fn module(&self) -> Option<&ThinModule> {
        match &self.content {
            Content::Module(module) => Some(module),
            Content::Native(_) => None,
        }
    }
}

/// What an input is.
#[derive(Debug)]
pub enum Content {
    /// Bitcode.
    Module(Box<ThinModule>),
    /// An object or a shared library.
    Native(NativeFile),
}

/// The bytes before a member of an archive.
const MEMBER_HEADER: usize = 60;

/// What was read.
#[derive(Debug, Default)]
pub struct Inputs {
    /// In the order of the command line, and of the archives.
    pub inputs: Vec<LinkInput>,
    /// The files that the last link takes as they are.
    pub native_files: Vec<PathBuf>,
    /// What is worth saying about them.
    pub warnings: Vec<Warning>,
}

impl Inputs {
    /// Has modules that stand in no file of their own called by one in `folder`, which is where jobs look for them.
    pub fn name_files_in(&mut self, folder: &Path) {
        let modules = self.inputs.iter_mut().filter_map(|input| match &mut input.content {
            Content::Module(module) => Some(module),
            Content::Native(_) => None,
        });
        for module in modules.filter(|module| !module.is_file) {
            let plain = |c: char| if c.is_ascii_alphanumeric() || "._+-".contains(c) { c } else { '_' };
            let name: String = module.name.chars().map(plain).collect();
            module.name = folder.join(format!("{name}.bc")).display().to_string();
        }
    }
}

/// Reads the files at `paths`.
pub fn read_inputs(paths: &[PathBuf]) -> ThinResult<Inputs> {
    let mut inputs = Inputs::default();
    for path in paths {
        let input = Input::read(path)?;
        let mut has_native = false;
        for part in input.parts()? {
            let modules = modules_of(&part, path, &mut inputs.warnings)?;
            if modules.is_empty() {
                has_native = true;
                let native = read_native(&part)?;
                inputs.inputs.push(LinkInput { content: Content::Native(native), is_lazy: part.is_member });
            }
            for module in modules {
                let content = Content::Module(Box::new(module));
                inputs.inputs.push(LinkInput { content, is_lazy: part.is_member });
            }
        }
        if has_native {
            inputs.native_files.push(path.clone());
        }
    }
    Ok(inputs)
}

/// The modules of a part, each with a summary. Modules of one stream belong together.
fn modules_of(part: &Part, path: &Path, warnings: &mut Vec<Warning>) -> ThinResult<Vec<ThinModule>> {
    if part.format.is_none() {
        return Err(unknown_format(&part.origin, &part.bytes).into());
    }
    let mut modules: Vec<ThinModule> = Vec::new();
    let sources = ModuleSource::of_part(part)?;
    let single = sources.iter().all(|source| source.identity.stream == sources[0].identity.stream);
    for source in sources {
        warnings.extend(source.warning());
        if source.identity.index > 0 {
            continue;
        }
        let mut name = name_of(part, path, source.stream());
        if !modules.is_empty() {
            name = format!("{name}#{}", modules.len());
        }
        // What was text, or stands in an object, isn't what the file has.
        let is_named = path.as_os_str().is_ascii();
        let is_file = single && !part.is_member && part.format == Some(Format::Bitcode) && is_named;
        modules.push(module_of(&source, name, is_file)?);
    }
    Ok(modules)
}

/// What ld.lld calls it, for functions are imported in the order of these names.
///
/// Source: the constructor of `BitcodeFile`, lld/ELF/InputFiles.cpp (LLVM 22.1).
fn name_of(part: &Part, path: &Path, bytes: &Bytes) -> String {
    let mut name = path.as_os_str().as_bytes().to_vec();
    if let Some(member) = &part.origin.member {
        let header = bytes.offset().saturating_sub(MEMBER_HEADER);
        name.extend_from_slice(format!("({member} at {header})").as_bytes());
    }
    in_ascii(name)
}

/// `name` itself, or what stands for it: LLVM 22 reads other characters of names in an index wrongly, for it writes each
/// byte with the bits of its sign.
fn in_ascii(name: Vec<u8>) -> String {
    match String::from_utf8(name) {
        Ok(name) if name.is_ascii() => name,
        Ok(name) => escaped(name.as_bytes()),
        Err(error) => escaped(error.as_bytes()),
    }
}

fn escaped(name: &[u8]) -> String {
    let escape =
        |byte: &u8| if byte.is_ascii() { char::from(*byte).to_string() } else { format!("%{byte:02x}") };
    name.iter().map(escape).collect()
}

fn module_of(source: &ModuleSource, name: String, is_file: bool) -> ThinResult<ThinModule> {
    let read = |bytes: &Bytes| {
        thin_symbols(ThinFile { name: &name, bytes })
            .map_err(|text| ThinError::Module { origin: source.origin.clone(), text })
    };
    let (mut bytes, mut is_file) = (source.stream().clone(), is_file);
    let mut found = read(&bytes)?;
    if !found.has_summary {
        source.check()?;
        bytes = Bytes::new(with_summary(&source.parse(&&Context::create())?));
        is_file = false;
        found = read(&bytes)?;
    }
    let (triple, symbols) = (found.triple, found.symbols);
    Ok(ThinModule {
        origin: source.origin.clone(),
        name,
        bytes,
        triple,
        symbols,
        is_file,
        digest: OnceLock::new(),
    })
}
