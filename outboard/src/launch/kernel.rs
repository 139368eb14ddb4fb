//! A kernel as the contract sees it: buffers, words by value, and what each work item does with them.

use super::arguments::Argument;
use super::capture::Body;
use super::item::{BlockItem, Extent, Item};
use super::shapes::{MAX_BUFFERS, MAX_WORDS, Operand, Word, words_for};
use super::{markers, shapes};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

/// Grid, block and dynamic shared memory of a launch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Geometry {
    pub(crate) grid: [i32; 3],
    pub(crate) block: [i32; 3],
    pub(crate) shared_bytes: i32,
}

/// The buffers' addresses where a kernel runs, for as long as it does.
#[derive(Clone, Copy)]
pub struct Pointers<'k> {
    first: *const *mut u8,
    alive: PhantomData<&'k [*mut u8]>,
}

impl<'k> Pointers<'k> {
    pub(crate) fn new(all: &'k [*mut u8]) -> Self {
        Self { first: all.as_ptr(), alive: PhantomData }
    }

    /// # Safety
    ///
    /// There are more than `index`.
    #[inline(always)]
    pub(crate) unsafe fn get(self, index: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { *self.first.add(index) }
    }

    /// # Safety
    ///
    /// There are `count` or more.
    #[inline(always)]
    pub(crate) unsafe fn skip(self, count: usize) -> Self {
        // SAFETY: the caller's promise.
        Self { first: unsafe { self.first.add(count) }, ..self }
    }
}

/// What a kernel takes by value: how far its work reaches, what its arguments say, and its body's captures.
pub(crate) struct Packed<D, M, F> {
    pub(crate) extent: D,
    pub(crate) meta: M,
    pub(crate) body: F,
}

impl<D: Copy, M: Copy, F: Copy> Clone for Packed<D, M, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: Copy, M: Copy, F: Copy> Copy for Packed<D, M, F> {}

/// Shape and code of a kernel.
pub(crate) trait Kernel {
    /// What travels by value.
    type Packed: Copy;
    /// Pointers that the entry takes.
    const POINTERS: usize;
    /// Words that it takes behind them.
    const WORDS: usize;
    /// How the buffers are mapped.
    const FLAGS: [i64; MAX_BUFFERS];

    /// Runs one work item on the device.
    ///
    /// # Safety
    ///
    /// Words and pointers are those that [`operands`] makes.
    unsafe fn on_device(words: *const Word, pointers: Pointers<'_>);
}

/// The buffer that carries what is too large for words: a copy of the launch's own.
const PACKED: i64 = abi::MapFlags::PRIVATE.union(abi::MapFlags::TO).bits() as i64;

const fn pointers<P, A: Argument>() -> usize {
    let count = A::BUFFERS + words_for(size_of::<P>()).is_none() as usize;
    assert!(count <= MAX_BUFFERS, "a kernel takes at most 8 slices, or 7 and more than 64 bytes by value");
    count
}

const fn words<P>() -> usize {
    match words_for(size_of::<P>()) {
        Some(words) => words,
        None => 0,
    }
}

const fn flags<P, A: Argument>() -> [i64; MAX_BUFFERS] {
    let mut flags = A::FLAGS;
    if words_for(size_of::<P>()).is_none() {
        flags[A::BUFFERS] = PACKED;
    }
    flags
}

/// The operands of a launch of `K`.
pub(crate) fn operands<K: Kernel>(
    device: i64,
    geometry: Geometry,
    mut buffers: [Operand; MAX_BUFFERS],
    packed: &K::Packed,
) -> shapes::Operands {
    let size = size_of::<K::Packed>();
    let mut words = [MaybeUninit::new(0); MAX_WORDS];
    if words_for(size).is_some() {
        // SAFETY: `words_for` says that it fits; words may be padding.
        unsafe { words.as_mut_ptr().cast::<K::Packed>().write_unaligned(*packed) };
    } else {
        let base = std::ptr::from_ref(packed).cast_mut().cast();
        buffers[K::POINTERS - 1] = Operand { base, size };
    }
    shapes::Operands { device, geometry, buffers, words }
}

/// # Safety
///
/// Words and pointers are those that [`operands`] makes of a `P`.
#[inline(always)]
unsafe fn unpack<P: Copy>(words: *const Word, pointers: Pointers<'_>, buffers: usize) -> P {
    // SAFETY: the caller's promise; the buffer of a device is aligned as the runtime likes.
    unsafe {
        if words_for(size_of::<P>()).is_some() {
            words.cast::<P>().read_unaligned()
        } else {
            pointers.get(buffers).cast::<P>().read_unaligned()
        }
    }
}

/// A body that runs once for every position of an extent.
pub(crate) struct Over<D, A, F>(PhantomData<(D, A, F)>);

impl<D, A, F> Kernel for Over<D, A, F>
where
    D: Extent,
    A: Argument,
    F: Body + for<'k> Fn(Item<'k>, A::View<'k>),
{
    type Packed = Packed<D, A::Meta, F>;
    const POINTERS: usize = pointers::<Self::Packed, A>();
    const WORDS: usize = words::<Self::Packed>();
    const FLAGS: [i64; MAX_BUFFERS] = flags::<Self::Packed, A>();

    #[inline(always)]
    unsafe fn on_device(words: *const Word, pointers: Pointers<'_>) {
        // SAFETY: the caller's promise.
        let packed: Self::Packed = unsafe { unpack(words, pointers, A::BUFFERS) };
        let position = markers::global_position::<D>();
        // The grid is rounded up to whole blocks: some threads stand outside.
        if packed.extent.contains(position) {
            let item = Item::new(position, packed.extent.sizes());
            // SAFETY: the buffers are the arguments', and this is the only item at its position.
            (packed.body)(item, unsafe { A::raise(packed.meta, pointers) });
        }
    }
}

/// A body that runs once for every thread of a grid of blocks, which share elements of type `S`.
pub(crate) struct Blocks<D, S, A, F>(PhantomData<(D, S, A, F)>);

impl<D, S, A, F> Kernel for Blocks<D, S, A, F>
where
    D: Extent,
    A: Argument,
    F: Body + for<'k> Fn(BlockItem<'k, S>, A::View<'k>),
{
    /// The extent is the number of shared elements.
    type Packed = Packed<u32, A::Meta, F>;
    const POINTERS: usize = pointers::<Self::Packed, A>();
    const WORDS: usize = words::<Self::Packed>();
    const FLAGS: [i64; MAX_BUFFERS] = flags::<Self::Packed, A>();

    #[inline(always)]
    unsafe fn on_device(words: *const Word, pointers: Pointers<'_>) {
        // SAFETY: the caller's promise.
        let packed: Self::Packed = unsafe { unpack(words, pointers, A::BUFFERS) };
        let item = BlockItem::new(markers::block_position::<D>(), packed.extent);
        // SAFETY: the buffers are the arguments', and this is the only item at its position.
        (packed.body)(item, unsafe { A::raise(packed.meta, pointers) });
    }
}
