//! The functions that device code calls to learn where it runs, and to do what only devices can. They have
//! no body: device-link puts in what the target has for them, and no call of one is left in an image.

use crate::panics::{PANIC, PANIC_WITH_NUMBERS};

/// What a marker stands for. `x`, `y` and `z` are 0, 1 and 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marker {
    /// `i64`: position in the whole grid, `block_id * block_size + thread_id`.
    GlobalId(usize),
    /// `i32`: position in the block.
    ThreadId(usize),
    /// `i32`: position of the block in the grid.
    BlockId(usize),
    /// `i32`: threads in a block.
    BlockSize(usize),
    /// `i32`: blocks in the grid.
    GridSize(usize),
    /// `void`: every thread of the block waits here for the others.
    Barrier,
    /// `ptr (i64 key, i64 size, i64 alignment)`, all constant: memory that a block's threads share. Calls
    /// with one key get the same memory.
    StaticShared,
    /// `ptr ()`: the shared memory whose size the launch gives.
    DynamicShared,
    /// `ptr ()`: the name of the kernel, with a terminator; null where that isn't known. For the device
    /// runtime itself.
    KernelName,
    /// `i64 ()`: the block of the work item in the low half, its thread in the high half; all ones where that isn't
    /// known. For the device runtime itself, on x86_64.
    Item(usize),
    /// `void ()`, never returns: the work item is over. For the device runtime itself, on amdgcn.
    LeaveItem,
    /// Something that only threads in lockstep can do; all active lanes of the group take part.
    Lanes(Signature),
    /// A function of the device runtime on every target.
    Runtime(Signature),
}

/// The type of a parameter or result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A pointer to any memory.
    Pointer,
}

/// The type of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature {
    /// What it returns, if anything.
    pub result: Option<Type>,
    /// What it takes.
    pub parameters: &'static [Type],
}

impl Signature {
    const fn new(result: Option<Type>, parameters: &'static [Type]) -> Self {
        Self { result, parameters }
    }
}

use Type::{I32, I64, Pointer};

/// Every marker's symbol starts so; a symbol that does and is none of [`ALL`] is an error.
pub const PREFIX: &str = "__outboard_dev_";

/// The shared memory whose size the launch gives: the one variable that an image leaves to the runtime.
pub const DYNAMIC_MEMORY: &str = "__outboard_dev_dynamic_memory";

/// `i32 (ptr, i32)`: the operation on a 32-bit integer, and what was there before.
const ATOMIC_32: Marker = Marker::Runtime(Signature::new(Some(I32), &[Pointer, I32]));
/// The same on a 64-bit integer.
const ATOMIC_64: Marker = Marker::Runtime(Signature::new(Some(I64), &[Pointer, I64]));
/// `i32 (ptr, i32 expected, i32 value)`: stores `value` if `expected` is there, and returns what was there.
const COMPARE_32: Marker = Marker::Runtime(Signature::new(Some(I32), &[Pointer, I32, I32]));
/// The same on a 64-bit integer.
const COMPARE_64: Marker = Marker::Runtime(Signature::new(Some(I64), &[Pointer, I64, I64]));
const FENCE: Marker = Marker::Runtime(Signature::new(None, &[]));

/// Every marker and its symbol. Atomic operations are relaxed; their integers are without sign.
pub const ALL: [(&str, Marker); 67] = [
    ("__outboard_dev_global_id_x", Marker::GlobalId(0)),
    ("__outboard_dev_global_id_y", Marker::GlobalId(1)),
    ("__outboard_dev_global_id_z", Marker::GlobalId(2)),
    ("__outboard_dev_thread_id_x", Marker::ThreadId(0)),
    ("__outboard_dev_thread_id_y", Marker::ThreadId(1)),
    ("__outboard_dev_thread_id_z", Marker::ThreadId(2)),
    ("__outboard_dev_block_id_x", Marker::BlockId(0)),
    ("__outboard_dev_block_id_y", Marker::BlockId(1)),
    ("__outboard_dev_block_id_z", Marker::BlockId(2)),
    ("__outboard_dev_block_size_x", Marker::BlockSize(0)),
    ("__outboard_dev_block_size_y", Marker::BlockSize(1)),
    ("__outboard_dev_block_size_z", Marker::BlockSize(2)),
    ("__outboard_dev_grid_size_x", Marker::GridSize(0)),
    ("__outboard_dev_grid_size_y", Marker::GridSize(1)),
    ("__outboard_dev_grid_size_z", Marker::GridSize(2)),
    ("__outboard_dev_barrier", Marker::Barrier),
    ("__outboard_dev_static_shared", Marker::StaticShared),
    ("__outboard_dev_dynamic_shared", Marker::DynamicShared),
    ("__outboard_dev_kernel_name", Marker::KernelName),
    ("__outboard_dev_item_x", Marker::Item(0)),
    ("__outboard_dev_item_y", Marker::Item(1)),
    ("__outboard_dev_item_z", Marker::Item(2)),
    ("__outboard_dev_leave_item", Marker::LeaveItem),
    ("__outboard_dev_lane_id", Marker::Lanes(Signature::new(Some(I32), &[]))),
    ("__outboard_dev_lane_count", Marker::Lanes(Signature::new(Some(I32), &[]))),
    ("__outboard_dev_shuffle_32", Marker::Lanes(Signature::new(Some(I32), &[I32, I32]))),
    ("__outboard_dev_shuffle_64", Marker::Lanes(Signature::new(Some(I64), &[I64, I32]))),
    ("__outboard_dev_ballot", Marker::Lanes(Signature::new(Some(I64), &[I32]))),
    (PANIC, Marker::Runtime(Signature::new(None, &[Pointer, I64, Pointer]))),
    (PANIC_WITH_NUMBERS, Marker::Runtime(Signature::new(None, &[Pointer, I64, Pointer, I64, I64]))),
    ("__outboard_dev_print", Marker::Runtime(Signature::new(None, &[Pointer, I64, Pointer, I64]))),
    ("__outboard_dev_set_reports", Marker::Runtime(Signature::new(None, &[Pointer]))),
    ("__outboard_dev_fence_block", FENCE),
    ("__outboard_dev_fence_device", FENCE),
    ("__outboard_dev_fence_system", FENCE),
    ("__outboard_dev_atomic_add_32_block", ATOMIC_32),
    ("__outboard_dev_atomic_and_32_block", ATOMIC_32),
    ("__outboard_dev_atomic_or_32_block", ATOMIC_32),
    ("__outboard_dev_atomic_xor_32_block", ATOMIC_32),
    ("__outboard_dev_atomic_min_32_block", ATOMIC_32),
    ("__outboard_dev_atomic_max_32_block", ATOMIC_32),
    ("__outboard_dev_atomic_exchange_32_block", ATOMIC_32),
    ("__outboard_dev_atomic_compare_exchange_32_block", COMPARE_32),
    ("__outboard_dev_atomic_add_32_device", ATOMIC_32),
    ("__outboard_dev_atomic_and_32_device", ATOMIC_32),
    ("__outboard_dev_atomic_or_32_device", ATOMIC_32),
    ("__outboard_dev_atomic_xor_32_device", ATOMIC_32),
    ("__outboard_dev_atomic_min_32_device", ATOMIC_32),
    ("__outboard_dev_atomic_max_32_device", ATOMIC_32),
    ("__outboard_dev_atomic_exchange_32_device", ATOMIC_32),
    ("__outboard_dev_atomic_compare_exchange_32_device", COMPARE_32),
    ("__outboard_dev_atomic_add_64_block", ATOMIC_64),
    ("__outboard_dev_atomic_and_64_block", ATOMIC_64),
    ("__outboard_dev_atomic_or_64_block", ATOMIC_64),
    ("__outboard_dev_atomic_xor_64_block", ATOMIC_64),
    ("__outboard_dev_atomic_min_64_block", ATOMIC_64),
    ("__outboard_dev_atomic_max_64_block", ATOMIC_64),
    ("__outboard_dev_atomic_exchange_64_block", ATOMIC_64),
    ("__outboard_dev_atomic_compare_exchange_64_block", COMPARE_64),
    ("__outboard_dev_atomic_add_64_device", ATOMIC_64),
    ("__outboard_dev_atomic_and_64_device", ATOMIC_64),
    ("__outboard_dev_atomic_or_64_device", ATOMIC_64),
    ("__outboard_dev_atomic_xor_64_device", ATOMIC_64),
    ("__outboard_dev_atomic_min_64_device", ATOMIC_64),
    ("__outboard_dev_atomic_max_64_device", ATOMIC_64),
    ("__outboard_dev_atomic_exchange_64_device", ATOMIC_64),
    ("__outboard_dev_atomic_compare_exchange_64_device", COMPARE_64),
];

impl Marker {
    /// The marker that `symbol` names.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        ALL.iter().find(|(name, _)| *name == symbol).map(|(_, marker)| *marker)
    }

    /// Its type.
    pub fn signature(self) -> Signature {
        match self {
            Self::GlobalId(_) | Self::Item(_) => Signature::new(Some(I64), &[]),
            Self::ThreadId(_) | Self::BlockId(_) | Self::BlockSize(_) | Self::GridSize(_) => {
                Signature::new(Some(I32), &[])
            }
            Self::Barrier | Self::LeaveItem => Signature::new(None, &[]),
            Self::StaticShared => Signature::new(Some(Pointer), &[I64, I64, I64]),
            Self::DynamicShared | Self::KernelName => Signature::new(Some(Pointer), &[]),
            Self::Lanes(signature) | Self::Runtime(signature) => signature,
        }
    }

    /// Whether it tells where a thread is, or what the geometry is.
    pub fn is_position(self) -> bool {
        matches!(
            self,
            Self::GlobalId(_) | Self::ThreadId(_) | Self::BlockId(_) | Self::BlockSize(_) | Self::GridSize(_)
        )
    }

    /// Whether it is about what the threads of a block do together, or have in common.
    pub fn is_of_block(self) -> bool {
        matches!(self, Self::Barrier | Self::StaticShared | Self::DynamicShared)
    }

    /// Whether threads meet in it, so that it must not be moved under a condition or out of one.
    pub fn is_convergent(self) -> bool {
        matches!(self, Self::Barrier | Self::Lanes(_))
    }
}
