//! What a ThinLTO link makes, and for which processor.

use llvm_plugin::thin_lto::{CodeModel, Relocation, ThinConfig};
use std::collections::BTreeSet;

/// What the objects are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Another link, which may refer to everything.
    Objects,
    /// A shared library.
    Shared,
    /// A program at a fixed address.
    Static,
    /// A program at any address.
    Pie,
}

impl LinkKind {
    /// Whether it is a program.
    pub fn is_program(self) -> bool {
        matches!(self, Self::Static | Self::Pie)
    }
}

/// Options of a link.
#[derive(Debug, Clone)]
pub struct ThinOptions {
    /// What the objects are for.
    pub kind: LinkKind,
    /// The only symbols that others see; all that the kind of link shows where there is no list.
    pub exports: Option<BTreeSet<String>>,
    /// Where a program starts.
    pub entry: String,
    /// The processor.
    pub cpu: Option<String>,
    /// Features as LLVM writes them, `+a,-b`.
    pub features: String,
    /// How far apart code and data may be.
    pub code_model: CodeModel,
    /// 0 to 3.
    pub level: u8,
}

impl Default for ThinOptions {
    fn default() -> Self {
        Self {
            kind: LinkKind::Objects,
            exports: None,
            entry: "_start".to_owned(),
            cpu: None,
            features: String::new(),
            code_model: CodeModel::Module,
            level: 2,
        }
    }
}

impl ThinOptions {
    /// How code is made for `cpu`. `assembly` is for targets without an object format that linkers read.
    pub(super) fn config(&self, cpu: String, assembly: bool) -> ThinConfig {
        ThinConfig {
            cpu,
            features: self.features.clone(),
            // Source: createConfig, lld/ELF/LTO.cpp (LLVM 22.1).
            relocation: match self.kind {
                LinkKind::Objects => Relocation::Module,
                LinkKind::Shared | LinkKind::Pie => Relocation::Pic,
                LinkKind::Static => Relocation::Static,
            },
            code_model: self.code_model,
            level: self.level,
            assembly,
        }
    }
}
