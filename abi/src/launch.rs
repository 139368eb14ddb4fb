//! The launch contract, version 1, as names and numbers. The text is docs/launch-contract.md.

/// Name of the launch function with no arguments; `__outboard_launch_<N>` takes N.
pub const FUNCTION_PREFIX: &str = "__outboard_launch_";

/// The most arguments that one launch takes.
pub const MAX_ARGUMENTS: usize = 16;

/// Operands before the arguments: kernel, device, options, grid, block, shared bytes.
pub const FIXED_OPERANDS: usize = 10;

/// Operands of one argument: map flags, base, size.
pub const OPERANDS_PER_ARGUMENT: usize = 3;

/// Positions of the fixed operands.
pub mod operand {
    /// The kernel, a direct reference to a function.
    pub const KERNEL: usize = 0;
    /// The device number, `i64`; -1 is the default device.
    pub const DEVICE: usize = 1;
    /// [`LaunchOptions`](super::LaunchOptions), a constant `i32`.
    pub const OPTIONS: usize = 2;
    /// Grid x; y and z follow.
    pub const GRID: usize = 3;
    /// Block x; y and z follow.
    pub const BLOCK: usize = 6;
    /// Dynamic shared memory of a block, in bytes.
    pub const SHARED_BYTES: usize = 9;
}

bitflags::bitflags! {
    /// The `options` operand of a launch.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct LaunchOptions: u32 {
        /// The launch need not be finished when the call returns.
        const NO_WAIT = 1;
        /// No fallback is kept: status 2 tells that no device took the launch.
        const REQUIRED = 2;
        /// The kernel's entry takes no geometry slots: it was not made by device-link.
        const OWN_ENTRY = 4;
    }
}

/// `ptr (ptr name)`: the function of the runtime with this NUL-terminated name, or null where the program has no
/// images or the machine no runtime. Opens the runtime and registers the images, if that has not been done. An empty
/// name asks for neither, but whether there are images: null says that there are none. A
/// library defines it to return null; the pass `offload-records` has its calls ask the program first.
pub const RUNTIME_FUNCTION: &str = "__outboard_runtime_function";

/// What a launch returns.
pub mod status {
    /// The kernel ran on a device.
    pub const DEVICE: u64 = 0;
    /// The fallback ran.
    pub const FALLBACK: u64 = 1;
    /// A launch with `REQUIRED` was taken by no device.
    pub const NO_DEVICE: u64 = 2;
}

/// Attribute of the call that is kept as a launch's fallback: it has been rewritten already.
pub const FALLBACK_ATTRIBUTE: &str = "outboard-fallback";

/// Number of leading slots that carry the geometry into an entry made by device-link.
pub const GEOMETRY_SLOTS: usize = 3;

/// Names of the geometry slots, as in docs/launch-contract.md, clause 7: low half first.
pub const GEOMETRY_NAMES: [&str; GEOMETRY_SLOTS] = ["grid_xy", "grid_z_block_x", "block_yz"];

/// The geometry slots of a launch: two dimensions a slot, the first in the low half.
pub const fn pack_geometry(grid: [u32; 3], block: [u32; 3]) -> [u64; GEOMETRY_SLOTS] {
    const fn pair(low: u32, high: u32) -> u64 {
        low as u64 | (high as u64) << 32
    }
    [pair(grid[0], grid[1]), pair(grid[2], block[0]), pair(block[1], block[2])]
}

/// The arity in `__outboard_launch_<N>`, or why the name has none. `None` for any other name.
pub fn arity(function: &str) -> Option<Result<usize, String>> {
    let digits = function.strip_prefix(FUNCTION_PREFIX)?;
    let canonical = digits == "0" || !digits.starts_with('0') && !digits.is_empty();
    Some(match digits.parse::<usize>() {
        Ok(n) if n <= MAX_ARGUMENTS && canonical => Ok(n),
        _ => Err(digits.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::{arity, pack_geometry};

    #[test]
    fn geometry_is_packed_low_half_first() {
        assert_eq!(
            pack_geometry([1, 2, 3], [4, 5, 6]),
            [0x0000_0002_0000_0001, 0x0000_0004_0000_0003, 0x0000_0006_0000_0005]
        );
    }

    #[test]
    fn arities() {
        assert_eq!(arity("__outboard_launch_0"), Some(Ok(0)));
        assert_eq!(arity("__outboard_launch_16"), Some(Ok(16)));
        assert_eq!(arity("__outboard_launch_17"), Some(Err("17".into())));
        assert_eq!(arity("__outboard_launch_01"), Some(Err("01".into())));
        assert_eq!(arity("__outboard_launch_"), Some(Err(String::new())));
        assert_eq!(arity("axpy"), None);
    }
}
