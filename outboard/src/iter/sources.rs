//! Where parallel iterators start: slices, what scopes hold, and ranges.

use super::{Indexed, Parallel, Sealed};
use crate::launch::arguments::{Argument, Each, EachChunk, each, each_chunk};
use crate::launch::elements::{Elements, First, Readable};
use crate::launch::item::Item;
use crate::launch::plain::Element;
use crate::launch::views::{Own, OwnChunk};
use crate::launch::writable::Writable;
use crate::{Device, Mapped, MappedMut};
use std::marker::PhantomData;

/// What a parallel iterator can be made of: `&x`, `&mut y`, a range, and iterators themselves.
///
/// ```
/// use outboard::prelude::*;
///
/// let weights = vec![0.5f32, 0.25];
/// let mut y = vec![2.0f32, 4.0];
/// (&mut y).into_parallel().zip(&weights).for_each(|(y, w)| *y *= w)?;
/// assert_eq!(y, [1.0, 1.0]);
/// # Ok::<(), outboard::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be worked through in parallel",
    note = "`&` and `&mut` of a slice, `Vec` or array of plain data can, and so can ranges of `usize`"
)]
pub trait IntoParallel {
    /// The iterator.
    type Source: Parallel;
    /// Makes it.
    fn into_parallel(self) -> Self::Source;
}

impl<P: Parallel> IntoParallel for P {
    type Source = P;
    fn into_parallel(self) -> P {
        self
    }
}

/// `x.offload()` reads, `y.offload_mut()` changes: on slices, `Vec`s, arrays, ranges and what scopes hold.
///
/// ```
/// use outboard::prelude::*;
///
/// let mut y = vec![1u32; 5];
/// y.offload_mut().for_each(|y| *y += 1)?;
/// assert_eq!(y.offload().sum()?, 10);
/// # Ok::<(), outboard::Error>(())
/// ```
pub trait Offload {
    /// Work on each element, which is read.
    fn offload<'a>(&'a self) -> <&'a Self as IntoParallel>::Source
    where
        &'a Self: IntoParallel,
    {
        self.into_parallel()
    }

    /// Work on each element, which may be changed.
    fn offload_mut<'a>(&'a mut self) -> <&'a mut Self as IntoParallel>::Source
    where
        &'a mut Self: IntoParallel,
    {
        self.into_parallel()
    }

    /// Work on each chunk of `size` elements, which are read; the last one may be shorter.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let rows = [1u32, 2, 3, 4, 5];
    /// let sums = rows.offload_chunks(2).map(|row| row.iter().sum::<u32>()).collect_vec()?;
    /// assert_eq!(sums, [3, 7, 5]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// `size` is 0.
    fn offload_chunks<'a, T: Element>(&'a self, size: usize) -> ReadChunks<&'a Self, T>
    where
        &'a Self: Readable<Element = T> + IntoParallel<Source = Read<&'a Self>>,
        &'a Self: for<'k> Argument<View<'k> = &'k [T]>,
    {
        assert!(size > 0, "chunks have at least one element");
        let Read { slice, device } = self.into_parallel();
        ReadChunks { len: slice.count(), slice, size, device, element: PhantomData }
    }

    /// Work on each chunk of `size` elements, which may be changed; the last one may be shorter.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut rows = [1u32, 2, 3, 4, 5];
    /// rows.offload_chunks_mut(2).for_each(|row| row.reverse())?;
    /// assert_eq!(rows, [2, 1, 4, 3, 5]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// `size` is 0.
    fn offload_chunks_mut<'a>(&'a mut self, size: usize) -> ChangeChunks<&'a mut Self>
    where
        &'a mut Self: Writable + IntoParallel<Source = Change<&'a mut Self>>,
    {
        assert!(size > 0, "chunks have at least one element");
        let Change { slice, device } = self.into_parallel();
        ChangeChunks { slice, size, device }
    }
}

impl<S: ?Sized> Offload for S {}

/// Reads the elements of a slice.
#[derive(Debug, Clone)]
pub struct Read<R> {
    slice: R,
    device: Option<Device>,
}

macro_rules! read {
    ($(($($generics:tt)*) $type:ty, $given:ident => $device:expr;)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($generics)*> IntoParallel for $type {
                type Source = Read<Self>;
                fn into_parallel(self) -> Self::Source {
                    let $given = self;
                    Read { slice: self, device: $device }
                }
            }
        )*
    };
}

read! {
    ('a, T: Element) &'a [T], _given => None;
    ('a, T: Element) &'a Vec<T>, _given => None;
    ('a, T: Element, const N: usize) &'a [T; N], _given => None;
    ('a, 's, T: Element) &'a Mapped<'s, T>, given => Some(given.device().clone());
    ('a, 's, T: Element) &'a MappedMut<'s, T>, given => Some(given.device().clone());
}

impl<R> Sealed for Read<R> {}

impl<R: Readable> Parallel for Read<R> {
    type Item<'k> = &'k R::Element;
    type Arguments = First<R>;
    type State = ();

    fn len(&self) -> usize {
        self.slice.count()
    }

    fn device(&self) -> Option<Device> {
        self.device.clone()
    }

    fn split(self, len: usize) -> (First<R>, ()) {
        (First::new(self.slice, len), ())
    }

    #[inline(always)]
    fn item<'k>((): (), view: Elements<'k, R::Element>, it: Item<'k>) -> &'k R::Element {
        view.of(it)
    }
}

impl<R: Readable> Indexed for Read<R> {
    #[inline(always)]
    fn at<'k>((): (), view: &Elements<'k, R::Element>, _: Item<'k>, index: usize) -> &'k R::Element {
        view.at(index)
    }
}

/// Reads chunks of a slice.
#[derive(Debug, Clone)]
pub struct ReadChunks<A, T> {
    slice: A,
    len: usize,
    size: usize,
    device: Option<Device>,
    element: PhantomData<fn() -> T>,
}

impl<A, T> Sealed for ReadChunks<A, T> {}

impl<A, T: Element> Parallel for ReadChunks<A, T>
where
    A: for<'k> Argument<View<'k> = &'k [T]>,
{
    type Item<'k> = &'k [T];
    type Arguments = A;
    type State = usize;

    fn len(&self) -> usize {
        self.len.div_ceil(self.size)
    }

    fn device(&self) -> Option<Device> {
        self.device.clone()
    }

    fn split(self, _: usize) -> (A, usize) {
        (self.slice, self.size)
    }

    #[inline(always)]
    fn item<'k>(size: usize, view: &'k [T], it: Item<'k>) -> &'k [T] {
        Self::at(size, &view, it, it.index())
    }
}

impl<A, T: Element> Indexed for ReadChunks<A, T>
where
    A: for<'k> Argument<View<'k> = &'k [T]>,
{
    #[inline(always)]
    fn at<'k>(size: usize, view: &&'k [T], _: Item<'k>, index: usize) -> &'k [T] {
        let start = index * size;
        &view[start..view.len().min(start + size)]
    }
}

/// Changes the elements of a slice.
#[derive(Debug)]
pub struct Change<W> {
    slice: W,
    device: Option<Device>,
}

macro_rules! change {
    ($(($($generics:tt)*) $type:ty, $given:ident => $device:expr;)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($generics)*> IntoParallel for $type {
                type Source = Change<Self>;
                fn into_parallel(self) -> Change<Self> {
                    let $given = &self;
                    let device = $device;
                    Change { slice: self, device }
                }
            }
        )*
    };
}

change! {
    ('a, T: Element) &'a mut [T], _given => None;
    ('a, T: Element) &'a mut Vec<T>, _given => None;
    ('a, T: Element, const N: usize) &'a mut [T; N], _given => None;
    ('a, 's, T: Element) &'a mut MappedMut<'s, T>, given => Some(given.device().clone());
}

impl<W> Sealed for Change<W> {}

impl<W: Writable> Parallel for Change<W> {
    type Item<'k> = &'k mut W::Element;
    type Arguments = Each<W>;
    type State = ();

    fn len(&self) -> usize {
        self.slice.count()
    }

    fn device(&self) -> Option<Device> {
        self.device.clone()
    }

    fn split(self, _: usize) -> (Each<W>, ()) {
        (each(self.slice), ())
    }

    #[inline(always)]
    fn item<'k>((): (), view: Own<'k, W::Element>, it: Item<'k>) -> &'k mut W::Element {
        view.of(it)
    }
}

/// Changes chunks of a slice.
#[derive(Debug)]
pub struct ChangeChunks<W> {
    slice: W,
    size: usize,
    device: Option<Device>,
}

impl<W> Sealed for ChangeChunks<W> {}

impl<W: Writable> Parallel for ChangeChunks<W> {
    type Item<'k> = &'k mut [W::Element];
    type Arguments = EachChunk<W>;
    type State = ();

    fn len(&self) -> usize {
        self.slice.count().div_ceil(self.size)
    }

    fn device(&self) -> Option<Device> {
        self.device.clone()
    }

    fn split(self, _: usize) -> (EachChunk<W>, ()) {
        (each_chunk(self.slice, self.size), ())
    }

    #[inline(always)]
    fn item<'k>((): (), view: OwnChunk<'k, W::Element>, it: Item<'k>) -> &'k mut [W::Element] {
        view.of(it)
    }
}

/// The numbers of a range.
///
/// ```
/// use outboard::prelude::*;
///
/// assert_eq!((1..101).offload().sum()?, 5050);
/// # Ok::<(), outboard::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Range {
    start: usize,
    len: usize,
}

#[diagnostic::do_not_recommend]
impl IntoParallel for &std::ops::Range<usize> {
    type Source = Range;
    fn into_parallel(self) -> Range {
        Range { start: self.start, len: self.len() }
    }
}

#[diagnostic::do_not_recommend]
impl IntoParallel for std::ops::Range<usize> {
    type Source = Range;
    fn into_parallel(self) -> Range {
        (&self).into_parallel()
    }
}

impl Sealed for Range {}

impl Parallel for Range {
    type Item<'k> = usize;
    type Arguments = usize;
    type State = ();

    fn len(&self) -> usize {
        self.len
    }

    fn device(&self) -> Option<Device> {
        None
    }

    fn split(self, _: usize) -> (usize, ()) {
        (self.start, ())
    }

    #[inline(always)]
    fn item<'k>((): (), start: usize, it: Item<'k>) -> usize {
        start + it.index()
    }
}

impl Indexed for Range {
    #[inline(always)]
    fn at<'k>((): (), start: &usize, _: Item<'k>, index: usize) -> usize {
        start + index
    }
}
