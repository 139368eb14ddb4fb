//! One device image: its bytes, what they are, and the strings that describe it.

use abi::kinds::{ImageKind, OffloadKind};
use abi::names;

/// A device image and its metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// What the bytes are.
    pub kind: ImageKind,
    /// The programming model that the image belongs to.
    pub offload_kind: OffloadKind,
    /// Model-specific flags; 0 for OpenMP.
    pub flags: u32,
    /// Keys and values in the order in which the container has them. A key occurs once.
    pub strings: Vec<(String, String)>,
    /// The image itself.
    pub bytes: Vec<u8>,
}

impl Image {
    /// An image of `kind` for (`triple`, `arch`), as libomptarget loads it.
    ///
    /// `arch` is recorded where it isn't empty, and stands before `triple`, as llvm-offload-binary has it.
    pub fn openmp(kind: ImageKind, triple: &str, arch: &str, bytes: Vec<u8>) -> Self {
        let mut strings = Vec::new();
        if !arch.is_empty() {
            strings.push((names::ARCH_KEY.to_owned(), arch.to_owned()));
        }
        strings.push((names::TRIPLE_KEY.to_owned(), triple.to_owned()));
        Self { kind, offload_kind: OffloadKind::OPENMP, flags: 0, strings, bytes }
    }

    /// The value under `key`.
    pub fn string(&self, key: &str) -> Option<&str> {
        self.strings.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// Sets the value under `key`, in its place where it is there already, else at the end.
    pub fn set_string(&mut self, key: &str, value: String) {
        match self.strings.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = value,
            None => self.strings.push((key.to_owned(), value)),
        }
    }

    /// The target triple; empty where none is recorded.
    pub fn triple(&self) -> &str {
        self.string(names::TRIPLE_KEY).unwrap_or_default()
    }

    /// The processor; empty where none is recorded.
    pub fn arch(&self) -> &str {
        self.string(names::ARCH_KEY).unwrap_or_default()
    }
}
