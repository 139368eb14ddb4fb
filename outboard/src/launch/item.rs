//! Where a work item is, in tokens that nobody can forge: what a kernel gets its own elements with.

use super::atomics::{Atomics, Word};
use super::markers;
use std::marker::PhantomData;
use std::ops::Deref;

/// How many positions a kernel runs over: `n`, `(width, height)` or `(width, height, depth)`.
///
/// ```
/// use outboard::prelude::*;
///
/// let (width, height) = (64, 48);
/// let mut image = vec![0.0f32; width * height];
/// Device::default()
///     .over((width, height))
///     .run(each(&mut image), |it, pixel| *pixel.of(it) = it.x() as f32 / 64.0 + it.y() as f32)?;
/// assert_eq!(image[47 * width + 32], 47.5);
/// # Ok::<(), outboard::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no extent of a launch",
    note = "an extent is a `usize`, or a tuple of two or three"
)]
pub trait Extent: Copy + Send + Sync + 'static + Sealed {
    /// 1, 2 or 3.
    const DIMENSIONS: usize;
    /// Width, height and depth; 1 for what it does not have.
    fn sizes(self) -> [usize; 3];
    /// Whether the position is inside.
    #[inline(always)]
    fn contains(self, position: [usize; 3]) -> bool {
        let sizes = self.sizes();
        (0..Self::DIMENSIONS).all(|axis| position[axis] < sizes[axis])
    }
}

/// Keeps the set of extents closed.
pub trait Sealed {}

impl Sealed for usize {}
impl Sealed for (usize, usize) {}
impl Sealed for (usize, usize, usize) {}

impl Extent for usize {
    const DIMENSIONS: usize = 1;
    #[inline(always)]
    fn sizes(self) -> [usize; 3] {
        [self, 1, 1]
    }
    #[inline(always)]
    fn contains(self, position: [usize; 3]) -> bool {
        position[0] < self
    }
}

impl Extent for (usize, usize) {
    const DIMENSIONS: usize = 2;
    #[inline(always)]
    fn sizes(self) -> [usize; 3] {
        [self.0, self.1, 1]
    }
    #[inline(always)]
    fn contains(self, position: [usize; 3]) -> bool {
        position[0] < self.0 && position[1] < self.1
    }
}

impl Extent for (usize, usize, usize) {
    const DIMENSIONS: usize = 3;
    #[inline(always)]
    fn sizes(self) -> [usize; 3] {
        [self.0, self.1, self.2]
    }
    #[inline(always)]
    fn contains(self, position: [usize; 3]) -> bool {
        position[0] < self.0 && position[1] < self.1 && position[2] < self.2
    }
}

/// Which kernel, on which item: invariant, so that no two are ever taken for each other.
pub(crate) type Brand<'k> = PhantomData<fn(&'k ()) -> &'k ()>;

/// One of the positions that a kernel runs for. Only a launch makes items, each once, and none outlives its kernel:
/// so an element that an item is the key to is nobody else's.
///
/// ```
/// use outboard::prelude::*;
///
/// let mut squares = vec![0u32; 100];
/// Device::default().over(100).run(each(&mut squares), |it, square| {
///     let i = it.index() as u32;
///     *square.of(it) = i * i;
/// })?;
/// assert_eq!(squares[9], 81);
/// # Ok::<(), outboard::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Item<'k> {
    position: [usize; 3],
    sizes: [usize; 3],
    kernel: Brand<'k>,
    /// Neither `Send` nor `Sync`.
    here: PhantomData<*const ()>,
}

impl Item<'_> {
    #[inline(always)]
    pub(crate) fn new(position: [usize; 3], sizes: [usize; 3]) -> Self {
        Self { position, sizes, kernel: PhantomData, here: PhantomData }
    }

    /// The position counted through, `x` fastest: `(z * height + y) * width + x`.
    #[inline(always)]
    pub fn index(&self) -> usize {
        let ([x, y, z], [width, height, _]) = (self.position, self.sizes);
        (z * height + y) * width + x
    }

    /// The first coordinate.
    #[inline(always)]
    pub fn x(&self) -> usize {
        self.position[0]
    }

    /// The second coordinate; 0 in one dimension.
    #[inline(always)]
    pub fn y(&self) -> usize {
        self.position[1]
    }

    /// The third coordinate; 0 in one and two dimensions.
    #[inline(always)]
    pub fn z(&self) -> usize {
        self.position[2]
    }

    /// How many positions the launch has, first coordinate.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut edge = [false; 12];
    /// Device::default().over((4, 3)).run(each(&mut edge), |it, edge| {
    ///     *edge.of(it) = it.x() == 0 || it.y() == 0 || it.x() + 1 == it.width() || it.y() + 1 == it.height();
    /// })?;
    /// assert_eq!(edge.iter().filter(|edge| !**edge).count(), 2);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    #[inline(always)]
    pub fn width(&self) -> usize {
        self.sizes[0]
    }

    /// How many positions the launch has, second coordinate; 1 in one dimension.
    #[inline(always)]
    pub fn height(&self) -> usize {
        self.sizes[1]
    }

    /// How many positions the launch has, third coordinate; 1 in one and two dimensions.
    #[inline(always)]
    pub fn depth(&self) -> usize {
        self.sizes[2]
    }
}

/// Position in a grid of blocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockPosition {
    pub(crate) thread: [u32; 3],
    pub(crate) block: [u32; 3],
    pub(crate) block_size: [u32; 3],
    pub(crate) grid_size: [u32; 3],
}

/// An item of a launch in blocks: an [`Item`] that also knows its block, can wait for the block's other items and
/// has memory in common with them.
///
/// ```
/// use outboard::prelude::*;
///
/// // Each block of 64 turns its part around.
/// let x: Vec<u32> = (0..256).collect();
/// let mut y = vec![0u32; 256];
/// Device::cpu().blocks(4, 64).run((&x, each(&mut y)), |it, (x, y)| {
///     let tile = outboard::shared!(it, [u32; 64]);
///     tile.set(it.thread_x(), x[it.index()]);
///     it.barrier();
///     *y.of(*it) = tile.get(63 - it.thread_x());
/// })?;
/// assert_eq!(y[..3], [63, 62, 61]);
/// # Ok::<(), outboard::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct BlockItem<'k, S = ()> {
    item: Item<'k>,
    position: BlockPosition,
    /// Elements of the shared memory whose size the launch gives.
    shared: u32,
    kind: PhantomData<S>,
}

impl<'k, S> Deref for BlockItem<'k, S> {
    type Target = Item<'k>;

    #[inline(always)]
    fn deref(&self) -> &Item<'k> {
        &self.item
    }
}

macro_rules! parts {
    ($($(#[$text:meta])* $name:ident $field:ident $axis:literal;)*) => {
        $($(#[$text])* #[inline(always)] pub fn $name(&self) -> usize { self.position.$field[$axis] as usize })*
    };
}

impl<'k, S> BlockItem<'k, S> {
    #[inline(always)]
    pub(crate) fn new(position: BlockPosition, shared: u32) -> Self {
        let BlockPosition { thread, block, block_size, grid_size } = position;
        let at = |axis: usize| block[axis] as usize * block_size[axis] as usize + thread[axis] as usize;
        let size = |axis: usize| grid_size[axis] as usize * block_size[axis] as usize;
        let item = Item::new([at(0), at(1), at(2)], [size(0), size(1), size(2)]);
        Self { item, position, shared, kind: PhantomData }
    }

    parts! {
        /// Position in the block, first coordinate.
        thread_x thread 0;
        /// Position in the block, second coordinate.
        thread_y thread 1;
        /// Position in the block, third coordinate.
        thread_z thread 2;
        /// Position of the block in the grid, first coordinate.
        block_x block 0;
        /// Position of the block in the grid, second coordinate.
        block_y block 1;
        /// Position of the block in the grid, third coordinate.
        block_z block 2;
        /// Width of a block.
        block_width block_size 0;
        /// Height of a block.
        block_height block_size 1;
        /// Depth of a block.
        block_depth block_size 2;
        /// Blocks of the grid, first coordinate.
        grid_width grid_size 0;
        /// Blocks of the grid, second coordinate.
        grid_height grid_size 1;
        /// Blocks of the grid, third coordinate.
        grid_depth grid_size 2;
    }

    /// The position in the block counted through, first coordinate fastest.
    #[inline(always)]
    pub fn thread_index(&self) -> usize {
        (self.thread_z() * self.block_height() + self.thread_y()) * self.block_width() + self.thread_x()
    }

    /// The number of items in a block.
    #[inline(always)]
    pub fn block_items(&self) -> usize {
        self.block_width() * self.block_height() * self.block_depth()
    }

    /// Waits until every item of the block is here. What they wrote into shared memory before, all can read after.
    ///
    /// All items of a block must come to the same barriers; one that is in a branch which only some take never ends
    /// on a GPU.
    #[inline(always)]
    pub fn barrier(&self) {
        markers::barrier();
    }

    /// The memory behind [`shared!`](crate::shared).
    #[doc(hidden)]
    #[inline(always)]
    pub fn static_shared<T: Word, const COUNT: usize, const PLACE: u64>(&self) -> Atomics<'k, T> {
        // A place in generic code may be there with several types: each has memory of its own.
        let memory = markers::static_shared(
            const { PLACE ^ (size_of::<T>() as u64) << 56 ^ (COUNT as u64) << 24 },
            const { (size_of::<T>() * COUNT) as u64 },
            const { align_of::<T>() as u64 },
        );
        // SAFETY: that many elements, for as long as the block lives; `T` is an integer or a float.
        let shared = unsafe { Atomics::new(memory.cast(), COUNT) };
        self.clear(shared);
        shared
    }

    /// Shared memory has no values of its own: the block's items write zeros, each its part.
    #[inline(always)]
    fn clear<T: Word>(&self, shared: Atomics<'k, T>) {
        let mut at = self.thread_index();
        // Most blocks have no fewer items than elements: what is more than one for an item is apart.
        if at < shared.len() {
            shared.set(at, T::default());
            at += self.block_items();
            while at < shared.len() {
                shared.set(at, T::default());
                at += self.block_items();
            }
        }
        self.barrier();
    }
}

impl<'k, S: Word> BlockItem<'k, S> {
    /// The shared memory that the launch asked for with [`shared`](crate::InBlocks::shared), zeros at first. Every
    /// item of the block must come here; it is a [`barrier`](Self::barrier).
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut totals = [0u32; 4];
    /// Device::cpu().blocks(4, 8).shared::<u32>(1).run(atomic(&mut totals), |it, totals| {
    ///     let total = it.launch_shared();
    ///     total.add(0, it.thread_x() as u32);
    ///     it.barrier();
    ///     if it.thread_x() == 0 {
    ///         totals.set(it.block_x(), total.get(0));
    ///     }
    /// })?;
    /// assert_eq!(totals, [28; 4]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    #[inline(always)]
    pub fn launch_shared(&self) -> Atomics<'k, S> {
        // SAFETY: the launch gave as many elements, all of this type.
        let shared = unsafe { Atomics::new(markers::dynamic_shared().cast(), self.shared as usize) };
        self.clear(shared);
        shared
    }
}
