//! What can be wrong with a container, an image, or a set of images.

use abi::kinds::ImageKind;
use thiserror::Error;

/// Bytes that are no container.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Neither a container nor an ELF file.
    #[error(
        "no offload binary at offset {offset}: found {} where 10 ff 10 ad is expected{}",
        hex_bytes(.found), not_a_container_help(*.offset, .found)
    )]
    BadMagic {
        /// Offset in the input.
        offset: u64,
        /// Up to four bytes that are there.
        found: Vec<u8>,
    },
    /// The input ends too early.
    #[error("truncated offload binary at offset {offset}: it has {has} bytes, but {what} {needs}")]
    Truncated {
        /// Offset of the binary in the input.
        offset: u64,
        /// What wants more, with its verb.
        what: &'static str,
        /// Bytes that are needed.
        needs: u64,
        /// Bytes that are there.
        has: u64,
    },
    /// A version that nobody had when this was written.
    #[error("offload binary at offset {offset} has version {version}; versions 1 to 3 can be read")]
    UnsupportedVersion {
        /// Offset of the binary in the input.
        offset: u64,
        /// Its version.
        version: u32,
    },
    /// Version 3 with a compressed body.
    #[error(
        "offload binary at offset {offset} is compressed ({size} bytes, {inflated} when inflated), which can't be read\n\
         help: make it without compression"
    )]
    Compressed {
        /// Offset of the binary in the input.
        offset: u64,
        /// Its size.
        size: u64,
        /// Its size when inflated.
        inflated: u64,
    },
    /// A version 1 binary whose entry has another size.
    #[error("offload binary at offset {offset} has entries of {size} bytes instead of 40")]
    EntrySize {
        /// Offset of the binary in the input.
        offset: u64,
        /// The size that its header gives.
        size: u64,
    },
    /// A part that doesn't begin at a multiple of 8.
    #[error(
        "{what} of the offload binary at offset {offset} is misaligned: it is at {at}, not a multiple of 8"
    )]
    Misaligned {
        /// Offset of the binary in the input.
        offset: u64,
        /// The part.
        what: &'static str,
        /// Where it begins in the binary.
        at: u64,
    },
    /// A part that reaches past the binary's end.
    #[error(
        "{what} of the offload binary at offset {offset} is out of bounds: {size} bytes at {at}, \
         but the binary has {limit}"
    )]
    OutOfBounds {
        /// Offset of the binary in the input.
        offset: u64,
        /// The part.
        what: &'static str,
        /// Where it begins in the binary.
        at: u64,
        /// Its size.
        size: u64,
        /// Size of the binary.
        limit: u64,
    },
    /// A string that runs to the binary's end.
    #[error("{what} at {at} in the offload binary at offset {offset} doesn't end with NUL")]
    Unterminated {
        /// Offset of the binary in the input.
        offset: u64,
        /// The string.
        what: &'static str,
        /// Where it begins in the binary.
        at: u64,
    },
    /// A string that isn't text.
    #[error("{what} at {at} in the offload binary at offset {offset} isn't UTF-8")]
    NotUtf8 {
        /// Offset of the binary in the input.
        offset: u64,
        /// The string.
        what: &'static str,
        /// Where it begins in the binary.
        at: u64,
    },
    /// A key that an image has twice.
    #[error("an image of the offload binary at offset {offset} has the key `{key}` twice")]
    DuplicateKey {
        /// Offset of the binary in the input.
        offset: u64,
        /// The key.
        key: String,
    },
    /// Strings that share their bytes so often that reading them would fill the memory.
    #[error(
        "the strings of the offload binary at offset {offset} come to more than {limit} bytes, though it has {size}"
    )]
    StringsTooLong {
        /// Offset of the binary in the input.
        offset: u64,
        /// What is accepted.
        limit: u64,
        /// Size of the binary.
        size: u64,
    },
    /// Two parts that share bytes.
    #[error(
        "{second} at {second_at} overlaps {first} at {first_at} ({first_size} bytes) in the offload binary at \
         offset {offset}"
    )]
    Overlap {
        /// Offset of the binary in the input.
        offset: u64,
        /// The part that begins first.
        first: &'static str,
        /// Where it begins.
        first_at: u64,
        /// Its size.
        first_size: u64,
        /// The part that begins inside it.
        second: &'static str,
        /// Where that begins.
        second_at: u64,
    },
    /// An ELF file that can't be read.
    #[error("the ELF file can't be read")]
    Elf(#[source] object::Error),
    /// An ELF file without images.
    #[error("the ELF file has no images: no section {} or .llvm.offloading", abi::names::IMAGES_SECTION)]
    NoSection,
}

fn hex_bytes(bytes: &[u8]) -> String {
    match bytes {
        [] => "the end of the input".to_owned(),
        _ => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
    }
}

/// What a file with these first bytes probably is.
fn not_a_container_help(offset: u64, found: &[u8]) -> &'static str {
    match found {
        _ if offset != 0 => "",
        [0x42, 0x43, 0xc0, 0xde] => {
            "\nhelp: this is LLVM bitcode; make an image of it with `device-link link`"
        }
        _ => "\nhelp: `device-link pack` and llvm-offload-binary make one",
    }
}

/// Images that can't be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Version 1 ends strings with NUL.
    #[error("image {position}: the {what} {text:?} holds a NUL character, which a container can't")]
    NulInString {
        /// Position of the image, from 0.
        position: usize,
        /// `key` or `value`.
        what: &'static str,
        /// The string.
        text: String,
    },
    /// A key that an image has twice.
    #[error("image {position} has the key `{key}` twice")]
    DuplicateKey {
        /// Position of the image, from 0.
        position: usize,
        /// The key.
        key: String,
    },
}

/// Images that can't be registered together, or an image that isn't what it says.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContainerError {
    /// Nothing to load.
    #[error("the container has no images")]
    Empty,
    /// The runtime would take whichever comes first.
    #[error(
        "images {first} and {second} are both for triple `{triple}`{}\n\
         help: the runtime takes one image for a target; remove one of the two",
        in_quotes(", arch ", .arch)
    )]
    SameTarget {
        /// Position of the earlier image, from 0.
        first: usize,
        /// Position of the later one.
        second: usize,
        /// Their triple.
        triple: String,
        /// Their processor.
        arch: String,
    },
    /// Two of AMD's target ids that one device may be both of.
    #[error(
        "images {first} and {second} are for `{first_arch}` and `{second_arch}`, and a device may be both\n\
         help: name the same features in both, or leave one of the two out"
    )]
    TargetIds {
        /// Position of the earlier image, from 0.
        first: usize,
        /// Its target id.
        first_arch: String,
        /// Position of the later one.
        second: usize,
        /// Its target id.
        second_arch: String,
    },
    /// A triple whose architecture no runtime plugin takes.
    #[error(
        "image {position} has the triple `{triple}`, which is no known target\n\
         help: known architectures: {}",
        crate::architecture_names()
    )]
    UnknownTriple {
        /// Position of the image, from 0.
        position: usize,
        /// Its triple.
        triple: String,
    },
    /// An ELF file for another machine.
    #[error("image {position} is an ELF file for {found}, but its triple is `{triple}`")]
    WrongMachine {
        /// Position of the image, from 0.
        position: usize,
        /// Its triple.
        triple: String,
        /// The machine of its ELF header.
        found: String,
    },
    /// Bytes that aren't ELF where ELF is what the runtime loads.
    #[error(
        "image {position} (`{triple}`, {size} bytes) is not an ELF file, which is what the runtime loads for it"
    )]
    NotElf {
        /// Position of the image, from 0.
        position: usize,
        /// Its triple.
        triple: String,
        /// Its size.
        size: usize,
    },
}

fn in_quotes(label: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{label}`{text}`") }
}

/// An image whose kernels can't be listed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KernelsError {
    /// The recorded list isn't what device-link writes.
    #[error("the kernels recorded in the image for `{triple}` can't be read")]
    Malformed {
        /// The image's triple.
        triple: String,
        /// JSON's complaint.
        #[source]
        source: serde_json::Error,
    },
    /// Only ELF files have a symbol table.
    #[error(
        "the kernels of the image for `{triple}` can't be listed: it records none, and its bytes ({kind}) have no \
         symbol table that can be read\n\
         help: make the image with `device-link link`, which records them"
    )]
    NoSymbols {
        /// The image's triple.
        triple: String,
        /// Its kind.
        kind: ImageKind,
    },
    /// An ELF file that can't be read.
    #[error("the kernels of the image for `{triple}` can't be listed: its ELF file can't be read")]
    Elf {
        /// The image's triple.
        triple: String,
        /// What is wrong with it.
        #[source]
        source: object::Error,
    },
}
