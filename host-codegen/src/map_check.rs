//! What a launch may ask of the runtime for one argument (docs/launch-contract.md, clause 5).

use crate::plan::Scalar;
use abi::map_flags::MapFlags;

/// Map flags that a launch cannot give, or that would move nothing without a word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Bits outside the contract.
    #[error(
        "argument {argument} of the launch of `{kernel}` has map flags {flags:#x}, of which {unknown} cannot be given in a launch\nhelp: the map flags are {}",
        known()
    )]
    Unknown {
        /// Kernel of the launch.
        kernel: String,
        /// Index of the argument.
        argument: usize,
        /// All its flags.
        flags: u64,
        /// Those that cannot be given.
        unknown: String,
    },
    /// A value that is also memory.
    #[error(
        "argument {argument} of the launch of `{kernel}` is LITERAL and {moved} at once\nhelp: a value is passed with LITERAL alone, memory with TO and FROM"
    )]
    LiteralMoves {
        /// Kernel of the launch.
        kernel: String,
        /// Index of the argument.
        argument: usize,
        /// TO, FROM or both.
        moved: String,
    },
    /// Memory of no size.
    #[error(
        "argument {argument} of the launch of `{kernel}` maps 0 bytes with {moved}: the kernel would see nothing\nhelp: give the size of the memory in bytes, or PRESENT if it is mapped already"
    )]
    ZeroSize {
        /// Kernel of the launch.
        kernel: String,
        /// Index of the argument.
        argument: usize,
        /// TO, FROM or both.
        moved: String,
    },
}

fn known() -> String {
    let words = MapFlags::LAUNCH.iter_names().map(|(name, flag)| format!("{name} {:#x}", flag.bits()));
    words.collect::<Vec<_>>().join(", ")
}

/// Checks the flags and the size of argument number `argument` of a launch of `kernel`.
///
/// # Errors
/// Flags that a launch cannot give, contradict each other, or move nothing.
pub fn check_map(kernel: &str, argument: usize, map: MapFlags, size: Scalar) -> Result<(), MapError> {
    let kernel = kernel.to_owned();
    let moved = map & (MapFlags::TO | MapFlags::FROM);
    let unknown = map.difference(MapFlags::LAUNCH);
    if !unknown.is_empty() {
        return Err(MapError::Unknown { kernel, argument, flags: map.bits(), unknown: unknown.to_string() });
    }
    if map.contains(MapFlags::LITERAL) && !moved.is_empty() {
        return Err(MapError::LiteralMoves { kernel, argument, moved: moved.to_string() });
    }
    let nothing = size == Scalar::Constant(0) && !map.contains(MapFlags::PRESENT);
    if nothing && !moved.is_empty() {
        return Err(MapError::ZeroSize { kernel, argument, moved: moved.to_string() });
    }
    Ok(())
}
