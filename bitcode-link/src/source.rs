//! One module of an input, as bytes: who made it is checked before LLVM reads it, and LLVM reads it first
//! where it can do no harm.

use crate::Result;
use crate::cache::{Key, KeyBuilder};
use crate::error::Error;
use crate::identify::{Identity, identify};
use crate::input::{Bytes, Format, Part};
use crate::origin::Origin;
use crate::summary::Summary;
use llvm_plugin::bitcode::{Checked, check_bitcode, link_needed, parse_bitcode};
use llvm_plugin::collect::{CollectedSeverity, collect};
use llvm_plugin::inkwell::context::{AsContextRef, Context};
use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::support::get_llvm_version;
use llvm_plugin::module::parse_ir;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Something about an input that is no error, and that may explain one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Bitcode that doesn't say who made it.
    NoProducer {
        /// The module.
        origin: Origin,
    },
    /// Bitcode of something else than a release of LLVM.
    UnknownProducer {
        /// The module.
        origin: Origin,
        /// What it says.
        producer: String,
    },
}

impl From<Warning> for diagnostics::Warning {
    fn from(warning: Warning) -> Self {
        Self::new(diagnostics::Code::OB0302, warning.to_string())
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProducer { origin } => {
                write!(f, "`{origin}` does not say which LLVM made it; it may not be what this LLVM reads")
            }
            Self::UnknownProducer { origin, producer } => write!(
                f,
                "`{origin}` was made by `{producer}`, which is no release of LLVM; it may not be what this LLVM \
                 reads"
            ),
        }
    }
}

/// One module of an input. What was IR text is bitcode here.
#[derive(Debug, Clone)]
pub struct ModuleSource {
    /// Where it came from.
    pub origin: Origin,
    /// What it says about itself.
    pub identity: Arc<Identity>,
    /// The stream that it is in.
    stream: Bytes,
    /// What was found out about it, shared by all copies.
    found_out: Arc<FoundOut>,
}

#[derive(Debug, Default)]
struct FoundOut {
    key: OnceLock<Key>,
    summary: OnceLock<Summary>,
    valid: OnceLock<()>,
}

impl ModuleSource {
    /// The modules of `part`, none if it has no bitcode. Refused where a newer LLVM made them.
    pub fn of_part(part: &Part) -> Result<Vec<Self>> {
        if part.format == Some(Format::IrText) {
            return Self::of_bitcode(&part.origin, &bitcode_of_text(part)?);
        }
        let mut sources = Vec::new();
        for bitcode in &part.bitcode {
            sources.append(&mut Self::of_bitcode(&part.origin, bitcode)?);
        }
        Ok(sources)
    }

    /// The modules of some bitcode.
    pub fn of_bitcode(origin: &Origin, bitcode: &Bytes) -> Result<Vec<Self>> {
        let identities =
            identify(bitcode).map_err(|source| Error::Malformed { origin: origin.clone(), source })?;
        let source = |identity: Identity| {
            check_producer(origin, &identity)?;
            let stream = bitcode.slice(identity.stream.clone());
            let (identity, found_out) = (Arc::new(identity), Arc::default());
            Ok(Self { origin: origin.clone(), identity, stream, found_out })
        };
        identities.into_iter().map(source).collect()
    }

    /// The stream of bitcode that the module is in.
    pub fn stream(&self) -> &Bytes {
        &self.stream
    }

    /// What is worth saying about who made it.
    pub fn warning(&self) -> Option<Warning> {
        let origin = self.origin.clone();
        match &self.identity.producer {
            None => Some(Warning::NoProducer { origin }),
            Some(producer) if producer.llvm_version().is_none() => {
                Some(Warning::UnknownProducer { origin, producer: producer.text.clone() })
            }
            Some(_) => None,
        }
    }

    /// Has LLVM read and verify the module, away from everything else. Call it before anything that takes the
    /// module for valid; only the first call costs something.
    pub fn check(&self) -> Result<()> {
        if self.found_out.valid.get().is_some() {
            return Ok(());
        }
        match check_bitcode(&self.stream, &self.origin.to_string(), self.identity.index) {
            Checked::Valid => {
                self.found_out.valid.get_or_init(|| ());
                Ok(())
            }
            Checked::Invalid(text) => Err(Error::Parse { origin: self.origin.clone(), text }),
            Checked::Crashed => Err(Error::Crashed { origin: self.origin.clone() }),
        }
    }

    /// A hash of the bitcode: modules with the same key are the same.
    pub fn key(&self) -> &Key {
        self.found_out.key.get_or_init(|| {
            let mut key = KeyBuilder::new("module");
            key.part("stream", &self.stream).part("index", &self.identity.index.to_le_bytes()).finish()
        })
    }

    /// What the module's symbols refer to. LLVM checks and reads the module for it, once.
    pub fn summary(&self) -> Result<&Summary> {
        if let Some(summary) = self.found_out.summary.get() {
            return Ok(summary);
        }
        self.check()?;
        let summary = Summary::of(&self.parse(&&Context::create())?);
        Ok(self.found_out.summary.get_or_init(|| summary))
    }

    /// Takes `summary` for this module's, and the module for valid: both were found out before, for a module
    /// with the same key.
    pub fn remember(&self, summary: Summary) {
        self.found_out.summary.get_or_init(|| summary);
        self.found_out.valid.get_or_init(|| ());
    }

    /// Parses the module.
    pub fn parse<'ctx>(&self, context: &impl AsContextRef<'ctx>) -> Result<Module<'ctx>> {
        parse_bitcode(context, &self.stream, &self.origin.to_string(), self.identity.index)
            .map_err(|text| Error::Parse { origin: self.origin.clone(), text })
    }

    /// Links what `module` declares and this module defines.
    pub fn link_needed(&self, module: &Module<'_>) -> Result<()> {
        link_needed(module, &self.stream, &self.origin.to_string(), self.identity.index)
            .map_err(|text| Error::Link { origin: self.origin.clone(), text })
    }
}

/// Source: "IR Backwards Compatibility", llvm/docs/DeveloperPolicy.rst (LLVM 22.1): LLVM reads what older
/// LLVMs wrote, and nothing says that it reads what newer ones write.
fn check_producer(origin: &Origin, identity: &Identity) -> Result<()> {
    if !identity.has_symbols() {
        return Err(Error::OlderProducer { origin: origin.clone(), version: identity.version });
    }
    let Some(producer) = &identity.producer else { return Ok(()) };
    let ours = get_llvm_version();
    let newer = producer.llvm_version().is_some_and(|(major, _)| major > ours.0);
    if newer || producer.epoch != 0 {
        let ours = format!("LLVM {}.{}.{}", ours.0, ours.1, ours.2);
        return Err(Error::NewerProducer { origin: origin.clone(), producer: producer.to_string(), ours });
    }
    Ok(())
}

fn bitcode_of_text(part: &Part) -> Result<Bytes> {
    let context = Context::create();
    let buffer = MemoryBuffer::create_from_memory_range_copy(&part.bytes, &part.origin.to_string());
    let (parsed, collected) = collect(&&context, || parse_ir(&context, buffer));
    let errors: Vec<_> = collected
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == CollectedSeverity::Error)
        .map(|diagnostic| diagnostic.text)
        .collect();
    let text = match parsed {
        Ok(module) if errors.is_empty() => match module.verify() {
            Ok(()) => return Ok(Bytes::new(module.write_bitcode_to_memory().as_slice().to_vec())),
            Err(text) => text.to_string(),
        },
        Ok(_) => errors.join("; "),
        Err(text) => text,
    };
    Err(Error::Parse { origin: part.origin.clone(), text: text.trim().to_owned() })
}
