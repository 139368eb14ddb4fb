//! Memory that the items of a block share, by its place in the source.

/// Memory that the items of a block share: as many numbers as the type says, zeros at first. Every item of the block
/// must come here; it is a [`barrier`](crate::BlockItem::barrier). Each place in the source has memory of its own.
///
/// ```
/// use outboard::prelude::*;
///
/// let mut totals = [0u32; 4];
/// Device::cpu().blocks(4, 8).run(atomic(&mut totals), |it, totals| {
///     let total = outboard::shared!(it, [u32; 1]);
///     total.add(0, it.thread_x() as u32);
///     it.barrier();
///     if it.thread_x() == 0 {
///         totals.set(it.block_x(), total.get(0));
///     }
/// })?;
/// assert_eq!(totals, [28; 4]);
/// # Ok::<(), outboard::Error>(())
/// ```
#[macro_export]
macro_rules! shared {
    ($item:expr, [$element:ty; $count:expr]) => {
        $item.static_shared::<$element, { $count }, { $crate::place(file!(), line!(), column!()) }>()
    };
}

/// A number for a place in the source: FNV-1a of its name.
#[doc(hidden)]
pub const fn place(file: &str, line: u32, column: u32) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let bytes = file.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(PRIME);
        at += 1;
    }
    hash = (hash ^ line as u64).wrapping_mul(PRIME);
    (hash ^ column as u64).wrapping_mul(PRIME)
}
