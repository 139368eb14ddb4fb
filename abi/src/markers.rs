//! The functions that device code calls to learn where it runs. They have no body: device-link puts
//! in what the target has for them, and no call of one is left in an image.

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
}

/// Every marker's symbol starts so; a symbol that does and is none of [`ALL`] is an error.
pub const PREFIX: &str = "__outboard_dev_";

/// Every marker and its symbol.
pub const ALL: [(&str, Marker); 16] = [
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
];

impl Marker {
    /// Whether threads meet in it, so that it must not be moved under a condition or out of one.
    pub fn is_convergent(self) -> bool {
        matches!(self, Self::Barrier)
    }

    /// The marker that `symbol` names.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        ALL.iter().find(|(name, _)| *name == symbol).map(|(_, marker)| *marker)
    }
}
