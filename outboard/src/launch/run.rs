//! One launch: arguments become buffers and values, a device is asked, and the CPU runs what no device has taken.

use super::arguments::Argument;
use super::atomics::Word;
use super::buffers::Buffers;
use super::capture::Body;
use super::item::{BlockItem, Extent, Item};
use super::kernel::{Blocks, Geometry, Over, Packed, Pointers};
use super::offer::{offer, on_host};
use super::panics::Panicked;
use super::shapes::MAX_BUFFERS;
use super::{block_team, fallback};
use crate::kernel_info::{KernelInfo, describe};
use crate::{Device, Error};
use std::any::type_name;

/// Threads of a block where the program leaves them to the crate and there is work for as many.
const BLOCK: [[usize; 3]; 3] = [[256, 1, 1], [32, 8, 1], [32, 4, 2]];

/// Threads that NVIDIA's processors run together, along the first axis: fewer are no less work for them.
const WARP: usize = 32;

/// Where the buffers are on the host.
#[derive(Clone, Copy)]
struct HostPointers([*mut u8; MAX_BUFFERS]);

// SAFETY: the buffers are borrowed for the whole launch, and arguments give items only what they may share.
unsafe impl Send for HostPointers {}

impl HostPointers {
    /// # Safety
    ///
    /// What is made of them is used while the launch runs.
    #[inline(always)]
    unsafe fn get<'k>(&self) -> Pointers<'k> {
        // SAFETY: only the addresses count, and the caller answers for their use.
        unsafe { std::mem::transmute::<Pointers<'_>, Pointers<'k>>(Pointers::new(&self.0)) }
    }
}

/// Runs `body` for every position of `extent`.
pub(crate) fn run_over<D, A, F>(device: &Device, extent: D, arguments: A, body: F) -> Result<(), Error>
where
    D: Extent,
    A: Argument,
    F: Body + for<'k> Fn(Item<'k>, A::View<'k>),
{
    let total = checked_product(extent.sizes())?;
    let mut buffers = Buffers::new(total);
    let meta = arguments.lower(&mut buffers)?;
    if total == 0 {
        return Ok(());
    }
    let packed = Packed { extent, meta, body };
    let offered = offer::<Over<D, A, F>>(device, grid_over(extent), &packed, &buffers, type_name::<F>());
    if offered_ran(&buffers, offered)? {
        return Ok(());
    }
    let pointers = HostPointers(buffers.pointers());
    let run = move |item: Item<'_>| {
        // SAFETY: the buffers are those of the arguments, and each position comes once.
        body(item, unsafe { A::raise(meta, pointers.get()) });
    };
    on_cpu(device, &buffers, type_name::<F>(), || fallback::run_items(extent, run))
}

/// Runs `body` for every thread of `grid` blocks of `block` threads, which share `shared` elements a block.
pub(crate) fn run_blocks<D, S, A, F>(
    device: &Device,
    geometry: (D, D, usize),
    arguments: A,
    body: F,
) -> Result<(), Error>
where
    D: Extent,
    S: Shared,
    A: Argument,
    F: Body + for<'k> Fn(BlockItem<'k, S>, A::View<'k>),
{
    let result = launch_blocks(device, geometry, arguments, body);
    result.map_err(|error| error.in_blocks(geometry.1.sizes()))
}

fn launch_blocks<D, S, A, F>(
    device: &Device,
    (grid, block, shared): (D, D, usize),
    arguments: A,
    body: F,
) -> Result<(), Error>
where
    D: Extent,
    S: Shared,
    A: Argument,
    F: Body + for<'k> Fn(BlockItem<'k, S>, A::View<'k>),
{
    let (blocks, threads) = (checked_product(grid.sizes())?, checked_product(block.sizes())?);
    let total = checked_product([blocks, threads, 1])?;
    let mut buffers = Buffers::new(total);
    let meta = arguments.lower(&mut buffers)?;
    if total == 0 {
        return Ok(());
    }
    let too_large = || Error::TooLarge { sizes: block.sizes() };
    let shared_bytes = shared.checked_mul(S::BYTES).ok_or_else(too_large)?;
    let count = u32::try_from(shared).map_err(|_| too_large())?;
    let geometry = Geometry {
        grid: narrow(grid.sizes())?,
        block: narrow(block.sizes())?,
        shared_bytes: shared_bytes.try_into().map_err(|_| too_large())?,
    };
    let packed = Packed { extent: count, meta, body };
    let offered = offer::<Blocks<D, S, A, F>>(device, Ok(geometry), &packed, &buffers, type_name::<F>());
    if offered_ran(&buffers, offered)? {
        return Ok(());
    }
    let pointers = HostPointers(buffers.pointers());
    let run = move |position| {
        // SAFETY: the buffers are those of the arguments, and each position comes once.
        body(BlockItem::new(position, count), unsafe { A::raise(meta, pointers.get()) });
    };
    let [grid, block] = [geometry.grid, geometry.block].map(|sizes| sizes.map(i32::cast_unsigned));
    let work = || block_team::run_blocks(grid, block, shared_bytes, run);
    on_cpu(device, &buffers, type_name::<F>(), work)
}

/// What a launch in blocks may have its blocks share: nothing, or words.
pub trait Shared: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const BYTES: usize;
}

impl Shared for () {
    const BYTES: usize = 0;
}

impl<T: Word> Shared for T {
    const BYTES: usize = size_of::<T>();
}

fn on_cpu(
    device: &Device,
    buffers: &Buffers,
    kernel: &'static str,
    work: impl FnOnce() -> Result<(), Panicked>,
) -> Result<(), Error> {
    device.counters().count_fallback();
    let result = on_host(device, buffers, work);
    print(buffers);
    result.map_err(|Panicked { message, location, item }| Error::DevicePanic {
        kernel,
        message,
        location,
        item: Some(item),
        thread: None,
    })
}

/// Whether a device ran the launch, with what the kernel has printed shown.
fn offered_ran(buffers: &Buffers, offered: Result<bool, Error>) -> Result<bool, Error> {
    if !matches!(offered, Ok(false)) {
        print(buffers);
    }
    offered
}

/// Shows what the kernel has printed.
fn print(buffers: &Buffers) {
    let text = buffers.printed();
    if !text.is_empty() {
        // Through the macro, so that tests can capture it.
        #[expect(clippy::print_stdout, reason = "the kernel was told to")]
        {
            std::print!("{text}");
        }
    }
}

/// What a launch over an extent would pass.
pub(crate) fn describe_over<D, A, F>() -> KernelInfo
where
    D: Extent,
    A: Argument,
    F: Body + for<'k> Fn(Item<'k>, A::View<'k>),
{
    describe::<Over<D, A, F>, A, F>()
}

/// What a launch in blocks would pass.
pub(crate) fn describe_blocks<D, S, A, F>() -> KernelInfo
where
    D: Extent,
    A: Argument,
    F: Body + for<'k> Fn(BlockItem<'k, S>, A::View<'k>),
{
    describe::<Blocks<D, S, A, F>, A, F>()
}

fn checked_product(sizes: [usize; 3]) -> Result<usize, Error> {
    let product = sizes.iter().try_fold(1usize, |product, size| product.checked_mul(*size));
    product.ok_or(Error::TooLarge { sizes })
}

fn narrow(sizes: [usize; 3]) -> Result<[i32; 3], Error> {
    let [x, y, z] = sizes.map(i32::try_from);
    match (x, y, z) {
        (Ok(x), Ok(y), Ok(z)) => Ok([x, y, z]),
        _ => Err(Error::TooLarge { sizes }),
    }
}

fn grid_over<D: Extent>(extent: D) -> Result<Geometry, Error> {
    let sizes = extent.sizes();
    let mut block = BLOCK[D::DIMENSIONS - 1];
    for (axis, least) in [WARP, 1, 1].into_iter().enumerate() {
        block[axis] = block[axis].min(sizes[axis].div_ceil(least).saturating_mul(least));
    }
    let grid = std::array::from_fn(|axis| sizes[axis].div_ceil(block[axis]));
    Ok(Geometry { grid: narrow(grid)?, block: narrow(block)?, shared_bytes: 0 })
}

#[cfg(test)]
mod tests {
    use super::{Extent, grid_over};

    fn blocks(extent: impl Extent) -> ([i32; 3], [i32; 3]) {
        let geometry = grid_over(extent).expect("not too large");
        (geometry.grid, geometry.block)
    }

    #[test]
    fn blocks_are_no_larger_than_the_work() {
        assert_eq!(blocks(1), ([1, 1, 1], [32, 1, 1]));
        assert_eq!(blocks(300), ([2, 1, 1], [256, 1, 1]));
        assert_eq!(blocks((100, 3)), ([4, 1, 1], [32, 3, 1]));
        assert_eq!(blocks((33, 9, 5)), ([2, 3, 3], [32, 4, 2]));
    }
}
