//! Slices that a kernel only writes: nothing is copied to the device for them.

use super::arguments::{Argument, Sealed, one, written};
use super::buffers::{Buffers, Moves};
use super::capture::Body;
use super::item::{Brand, Item};
use super::kernel::Pointers;
use super::plain::Element;
use super::shapes::MAX_BUFFERS;
use super::writable::Writable;
use crate::{Device, Error};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

/// See [`out`].
#[derive(Debug)]
pub struct Out<W>(W);

impl<W: Writable> Out<W> {
    /// An element that may have any bits need not be there before: what no item writes may have any.
    const MOVES: Moves = if W::Element::ANY_BITS { Moves::From } else { Moves::Both };
}

/// Gives every item the element of its index to write, as [`Written`]: nothing is copied to the device, and nobody
/// reads what was there. Elements that no item writes have any value after; those of a type which not every bit
/// pattern is a value of, like `bool`, keep theirs, and are copied to the device for that.
///
/// ```
/// use outboard::prelude::*;
///
/// let x = [1.0f32, 4.0, 9.0];
/// let mut roots = [0.0f32; 3];
/// let device = Device::default();
/// device.over(3).run((out(&mut roots), &x), |it, (root, x)| root.write(it, x[it.index()].sqrt()))?;
/// assert_eq!(roots, [1.0, 2.0, 3.0]);
/// // 12 bytes there, of `x` alone.
/// assert!(device.is_cpu() || device.stats().bytes_to_device == 12);
/// # Ok::<(), outboard::Error>(())
/// ```
pub fn out<W: Writable>(slice: W) -> Out<W> {
    Out(slice)
}

impl<W: Writable> Sealed for Out<W> {}

impl<W: Writable> Argument for Out<W> {
    type Meta = ();
    type View<'k> = Written<'k, W::Element>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = written::<W>(Self::MOVES);

    fn lower(self, buffers: &mut Buffers) -> Result<(), Error> {
        let items = buffers.check_length(self.0.count(), 1)?;
        self.0.add(buffers, items, Self::MOVES)
    }

    #[inline(always)]
    unsafe fn raise<'k>((): (), pointers: Pointers<'k>) -> Written<'k, W::Element> {
        // SAFETY: `lower` has checked the length, and the mutable borrow makes it the launch's alone.
        Written { first: unsafe { pointers.get(0) }.cast(), kernel: PhantomData, element: PhantomData }
    }
}

/// The item's own element of a slice that was given with [`out`].
#[derive(Debug)]
pub struct Written<'k, T> {
    first: *mut T,
    kernel: Brand<'k>,
    element: PhantomData<&'k mut T>,
}

impl<'k, T: Element> Written<'k, T> {
    /// Writes the element whose index is the item's.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut squares = vec![0usize; 5];
    /// Device::default().over(5).run(out(&mut squares), |it, y| y.write(it, it.index() * it.index()))?;
    /// assert_eq!(squares, [0, 1, 4, 9, 16]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    #[inline(always)]
    pub fn write(self, item: Item<'k>, value: T) {
        // SAFETY: there is an element for every item, and this one is the item's alone: see `Own::of`.
        unsafe { self.first.add(item.index()).write(value) }
    }
}

/// What `body` gives for each of `len` items.
pub(crate) fn collect<A, T, F>(device: &Device, len: usize, arguments: A, body: F) -> Result<Vec<T>, Error>
where
    A: Argument,
    T: Element,
    F: Body + for<'k> Fn(Item<'k>, A::View<'k>) -> T,
{
    let mut elements = Vec::new();
    let bytes = len.saturating_mul(size_of::<T>());
    elements.try_reserve_exact(len).map_err(|_| Error::OutOfMemory { bytes })?;
    let fresh = Fresh(&mut elements.spare_capacity_mut()[..len]);
    device.over(len).run((fresh, arguments), move |it, (own, view)| own.write(it, body(it, view)))?;
    // SAFETY: there is room for them, and every item of a launch that has not failed has written its element.
    unsafe { elements.set_len(len) };
    Ok(elements)
}

/// Memory that nobody has written yet.
struct Fresh<'a, T>(&'a mut [MaybeUninit<T>]);

impl<T> Sealed for Fresh<'_, T> {}

impl<T: Element> Argument for Fresh<'_, T> {
    type Meta = ();
    type View<'k> = Written<'k, T>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = one(Moves::From.flags());

    fn lower(self, buffers: &mut Buffers) -> Result<(), Error> {
        buffers.add_fresh(self.0);
        Ok(())
    }

    #[inline(always)]
    unsafe fn raise<'k>((): (), pointers: Pointers<'k>) -> Written<'k, T> {
        // SAFETY: `collect` gives one for every item, and borrows it mutably.
        Written { first: unsafe { pointers.get(0) }.cast(), kernel: PhantomData, element: PhantomData }
    }
}
