//! Slices that iterators read: every item an element of its index.

use super::arguments::{Argument, Sealed};
use super::buffers::{Buffers, Moves};
use super::item::Item;
use super::kernel::Pointers;
use super::plain::Element;
use super::shapes::MAX_BUFFERS;
use crate::Error;
use crate::scope::{Mapped, MappedMut};
use std::marker::PhantomData;

/// Memory that iterators read: a host's slice, or what a scope holds on the device.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read in parallel",
    note = "`&` of a slice, `Vec` or array of plain data can, and of what a scope gave"
)]
pub trait Readable: sealed::Sealed {
    /// The elements.
    type Element: Element;
    #[doc(hidden)]
    const MOVES: Moves;
    #[doc(hidden)]
    fn count(&self) -> usize;
    #[doc(hidden)]
    fn add(self, buffers: &mut Buffers, count: usize) -> Result<(), Error>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! readable {
    ($(($($generics:tt)*) $type:ty;)*) => {
        $(
            impl<$($generics)*> sealed::Sealed for $type {}

            #[diagnostic::do_not_recommend]
            impl<$($generics)*> Readable for $type {
                type Element = T;
                const MOVES: Moves = Moves::To;

                fn count(&self) -> usize {
                    self.len()
                }

                fn add(self, buffers: &mut Buffers, count: usize) -> Result<(), Error> {
                    buffers.add_read(&self[..count]).map(|_| ())
                }
            }
        )*
    };
}

readable! {
    ('a, T: Element) &'a [T];
    ('a, T: Element) &'a Vec<T>;
    ('a, T: Element, const N: usize) &'a [T; N];
}

impl<T: Element> sealed::Sealed for &Mapped<'_, T> {}

impl<T: Element> Readable for &Mapped<'_, T> {
    type Element = T;
    const MOVES: Moves = Moves::Nothing;

    fn count(&self) -> usize {
        self.len()
    }

    fn add(self, buffers: &mut Buffers, _: usize) -> Result<(), Error> {
        buffers.add_mapped(self.memory(), Moves::Nothing).map(|_| ())
    }
}

impl<T: Element> sealed::Sealed for &MappedMut<'_, T> {}

impl<T: Element> Readable for &MappedMut<'_, T> {
    type Element = T;
    const MOVES: Moves = Moves::Nothing;

    fn count(&self) -> usize {
        self.len()
    }

    fn add(self, buffers: &mut Buffers, _: usize) -> Result<(), Error> {
        buffers.add_mapped(self.memory(), Moves::From).map(|_| ())
    }
}

/// The first elements of a slice, at least one for every item.
#[derive(Debug)]
pub struct First<R> {
    slice: R,
    count: usize,
}

impl<R: Readable> First<R> {
    pub(crate) fn new(slice: R, count: usize) -> Self {
        Self { slice, count }
    }
}

impl<R: Readable> Sealed for First<R> {}

impl<R: Readable> Argument for First<R> {
    type Meta = usize;
    type View<'k> = Elements<'k, R::Element>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = super::arguments::one(R::MOVES.flags());

    fn lower(self, buffers: &mut Buffers) -> Result<usize, Error> {
        let count = self.count.min(self.slice.count());
        buffers.check_length(count, 1)?;
        self.slice.add(buffers, count)?;
        Ok(count)
    }

    #[inline(always)]
    unsafe fn raise<'k>(count: usize, pointers: Pointers<'k>) -> Elements<'k, R::Element> {
        // SAFETY: there is a buffer, of so many elements, which nobody writes meanwhile.
        Elements { first: unsafe { pointers.get(0) }.cast(), count, slice: PhantomData }
    }
}

/// What [`First`] is in a kernel.
#[derive(Debug)]
pub struct Elements<'k, T> {
    first: *const T,
    count: usize,
    slice: PhantomData<&'k [T]>,
}

impl<'k, T> Elements<'k, T> {
    /// The item's element: there is one, so that loops of items need not look.
    #[inline(always)]
    pub(crate) fn of(&self, item: Item<'k>) -> &'k T {
        // SAFETY: `lower` has checked that there is an element for every item of this launch, which the lifetime
        // ties both to.
        unsafe { &*self.first.add(item.index()) }
    }

    /// The element at `index`.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn at(&self, index: usize) -> &'k T {
        assert!(index < self.count, "index out of bounds");
        // SAFETY: inside.
        unsafe { &*self.first.add(index) }
    }
}
