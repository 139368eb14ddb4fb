//! What is known of a kernel at run time.

use crate::launch::arguments::Argument;
use crate::launch::buffers::Moves;
use crate::launch::kernel::Kernel;
use std::any::type_name;

/// What a launch would pass, and where: [`Launch::info`](crate::Launch::info).
///
/// ```
/// use outboard::prelude::*;
/// use outboard::SlotInfo;
///
/// let (x, mut y) = ([1.0f32; 4], [0.0f32; 4]);
/// let device = Device::default();
/// fn copy<'k>(it: Item<'k>, (y, x): (Own<'k, f32>, &'k [f32])) {
///     *y.of(it) = x[it.index()];
/// }
/// let info = device.over(4).info(&(each(&mut y), &x), &copy);
/// assert!(info.name.ends_with("copy"));
/// // How far the launch reaches and how long `x` is are the values.
/// assert_eq!(info.slots, [SlotInfo::Both, SlotInfo::To, SlotInfo::Value, SlotInfo::Value]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KernelInfo {
    /// The Rust name of the kernel's body.
    pub name: &'static str,
    /// What travels in each 8-byte slot of a launch, the geometry left out.
    pub slots: Vec<SlotInfo>,
}

/// What a slot carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotInfo {
    /// The address of memory that is copied to the device.
    To,
    /// The address of memory that is copied from it.
    From,
    /// The address of memory that is copied both ways.
    Both,
    /// The address of memory that a scope holds on the device.
    Resident,
    /// A value.
    Value,
    /// The address of a copy of all that travels by value, where that is more than 64 bytes.
    Values,
}

pub(crate) fn describe<K: Kernel, A: Argument, F>() -> KernelInfo {
    let of_buffer = |flags: i64| {
        [(Moves::To, SlotInfo::To), (Moves::From, SlotInfo::From), (Moves::Both, SlotInfo::Both)]
            .into_iter()
            .find(|(moves, _)| moves.flags() == flags)
            .map_or(SlotInfo::Resident, |(_, info)| info)
    };
    let buffers = K::FLAGS[..A::BUFFERS].iter().map(|flags| of_buffer(*flags));
    let packed = std::iter::repeat_n(SlotInfo::Values, K::POINTERS - A::BUFFERS);
    let words = std::iter::repeat_n(SlotInfo::Value, K::WORDS);
    KernelInfo { name: type_name::<F>(), slots: buffers.chain(packed).chain(words).collect() }
}
