//! Kinds of images and of the models that produce them.
//!
//! Source: `OffloadKind` and `ImageKind`, llvm/Object/OffloadBinary.h (LLVM 22.1).

use std::fmt;

/// The programming model that an image or an entry belongs to: a bit mask in LLVM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OffloadKind(pub u16);

impl OffloadKind {
    /// None given.
    pub const NONE: Self = Self(0);
    /// OpenMP: the one that libomptarget loads, and the one that we emit.
    pub const OPENMP: Self = Self(1);
    /// CUDA.
    pub const CUDA: Self = Self(1 << 1);
    /// HIP.
    pub const HIP: Self = Self(1 << 2);
    /// SYCL.
    pub const SYCL: Self = Self(1 << 3);

    const NAMES: [(Self, &str); 5] = [
        (Self::NONE, "none"),
        (Self::OPENMP, "openmp"),
        (Self::CUDA, "cuda"),
        (Self::HIP, "hip"),
        (Self::SYCL, "sycl"),
    ];

    /// The kind that llvm-offload-binary calls `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind)
    }
}

impl fmt::Display for OffloadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.iter().find(|(kind, _)| kind == self) {
            Some((_, name)) => f.write_str(name),
            None => write!(f, "{:#x}", self.0),
        }
    }
}

/// What an image's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageKind(pub u16);

impl ImageKind {
    /// Not said; llvm-offload-binary writes it for suffixes that it does not know, `.so` among them.
    pub const NONE: Self = Self(0);
    /// An ELF file.
    pub const OBJECT: Self = Self(1);
    /// LLVM bitcode.
    pub const BITCODE: Self = Self(2);
    /// A CUDA binary.
    pub const CUBIN: Self = Self(3);
    /// Several CUDA binaries in one.
    pub const FATBINARY: Self = Self(4);
    /// PTX text.
    pub const PTX: Self = Self(5);
    /// A SPIR-V module.
    pub const SPIRV: Self = Self(6);

    const NAMES: [(Self, &str, &str); 7] = [
        (Self::NONE, "none", ""),
        (Self::OBJECT, "object", "o"),
        (Self::BITCODE, "bitcode", "bc"),
        (Self::CUBIN, "cubin", "cubin"),
        (Self::FATBINARY, "fatbinary", "fatbin"),
        (Self::PTX, "ptx", "s"),
        (Self::SPIRV, "spirv", "spv"),
    ];

    /// The kind that llvm-offload-binary takes a file with this suffix for.
    ///
    /// Source: `getImageKind`, llvm/Object/OffloadBinary.cpp (LLVM 22.1).
    pub fn from_suffix(suffix: &str) -> Self {
        Self::NAMES.iter().skip(1).find(|(_, _, s)| *s == suffix).map_or(Self::NONE, |(kind, ..)| *kind)
    }
}

impl fmt::Display for ImageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.iter().find(|(kind, ..)| kind == self) {
            Some((_, name, _)) => f.write_str(name),
            None => write!(f, "{:#x}", self.0),
        }
    }
}
