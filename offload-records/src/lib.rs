//! Records: the bitcode of one codegen unit before any optimisation, with its symbols and launches, as the
//! plugin stores it in the unit's object. The linker step makes device images of them.
//!
//! A record says itself how long it is and starts at a multiple of 16, so that records of a section follow each
//! other in whatever order linkers and LTO put them together. Decoding is total.

#![forbid(unsafe_code)]

mod decode;
mod dictionary;
mod encode;
mod error;
mod layout;
mod summary;
mod summary_bytes;

pub use decode::{Head, Record, Records, head, records};
pub use encode::encode;
pub use error::Error;
pub use layout::{ALIGNMENT, HEADER_SIZE, MAGIC, VERSION};
pub use summary::{Launch, Place, Slot, Summary, Symbol, SymbolKind};
