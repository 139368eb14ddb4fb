//! What most records have in common, for the compressor: LLVM's tables of metadata kinds and attributes, and the names
//! of the standard library. `cargo xtask dictionary` makes the file; a new one gets a new number.

use std::sync::LazyLock;
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// The number of the dictionary below, the only one that is read.
pub(crate) const NUMBER: u32 = 1;

const BYTES: &[u8] = include_bytes!("dictionary.zdict");

/// How hard the compressor tries: levels above cost more of every build than they save.
const LEVEL: i32 = 6;

/// Prepared once a process: a crate has many codegen units.
pub(crate) static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(BYTES, LEVEL));

/// Prepared once a process: a program has many records.
pub(crate) static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(BYTES));
