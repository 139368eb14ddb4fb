//! The way out of what items may change: a slice of which every item reads and writes what it likes.

use super::arguments::{Argument, Sealed, written};
use super::buffers::{Buffers, Moves};
use super::kernel::Pointers;
use super::plain::Element;
use super::shapes::MAX_BUFFERS;
use super::writable::Writable;
use crate::Error;
use std::marker::PhantomData;

/// See [`unsafe_slice`].
#[derive(Debug)]
pub struct AnyElement<W>(W);

/// Gives every item the whole slice, as [`UnsafeSlice`]: for kernels whose items change elements that are not of
/// their index, and of which you know that no two change the same. Where [`each`](crate::each),
/// [`each_chunk`](crate::each_chunk) and [`atomic`](crate::atomic) will do, take those.
///
/// ```
/// use outboard::prelude::*;
///
/// let order = [2u32, 0, 3, 1];
/// let x = [10.0f32, 11.0, 12.0, 13.0];
/// let mut y = [0.0f32; 4];
/// Device::default().over(4).run((outboard::unsafe_slice(&mut y), &x, &order), |it, (y, x, order)| {
///     let i = it.index();
///     // SAFETY: `order` has every number once, so that no two items write one element, and nobody reads.
///     unsafe { y.write(order[i] as usize, x[i]) };
/// })?;
/// assert_eq!(y, [11.0, 13.0, 10.0, 12.0]);
/// # Ok::<(), outboard::Error>(())
/// ```
pub fn unsafe_slice<W: Writable>(slice: W) -> AnyElement<W> {
    AnyElement(slice)
}

impl<W: Writable> Sealed for AnyElement<W> {}

impl<W: Writable> Argument for AnyElement<W> {
    type Meta = usize;
    type View<'k> = UnsafeSlice<'k, W::Element>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = written::<W>(Moves::Both);

    fn lower(self, buffers: &mut Buffers) -> Result<usize, Error> {
        let len = self.0.count();
        self.0.add(buffers, len, Moves::Both)?;
        Ok(len)
    }

    #[inline(always)]
    unsafe fn raise<'k>(len: usize, pointers: Pointers<'k>) -> UnsafeSlice<'k, W::Element> {
        // SAFETY: there is a buffer.
        UnsafeSlice { first: unsafe { pointers.get(0) }.cast(), len, slice: PhantomData }
    }
}

/// A slice that all items of a launch may change, given with [`unsafe_slice`]. Indices are checked; who else is at an
/// element is for the kernel to know.
#[derive(Debug)]
pub struct UnsafeSlice<'k, T> {
    first: *mut T,
    len: usize,
    slice: PhantomData<&'k mut [T]>,
}

impl<T> Clone for UnsafeSlice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for UnsafeSlice<'_, T> {}

impl<T: Element> UnsafeSlice<'_, T> {
    /// How many elements it has.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The element at `index`.
    ///
    /// # Safety
    ///
    /// No item writes it at the same time: none at all, or only before a barrier of the block that both come to.
    #[inline(always)]
    #[track_caller]
    pub unsafe fn read(&self, index: usize) -> T {
        assert!(index < self.len, "index out of bounds");
        // SAFETY: inside, and the caller's promise.
        unsafe { self.first.add(index).read() }
    }

    /// Writes the element at `index`.
    ///
    /// # Safety
    ///
    /// No other item reads or writes it at the same time: none at all, or only on the other side of a barrier of the
    /// block that both come to.
    #[inline(always)]
    #[track_caller]
    pub unsafe fn write(&self, index: usize, value: T) {
        assert!(index < self.len, "index out of bounds");
        // SAFETY: inside, and the caller's promise.
        unsafe { self.first.add(index).write(value) }
    }

    /// Where it starts, for what else there is to do with it.
    #[inline(always)]
    pub fn as_mut_ptr(&self) -> *mut T {
        self.first
    }
}

#[cfg(test)]
mod tests {
    use super::unsafe_slice;
    use crate::{Device, Error};

    #[test]
    fn items_change_what_is_not_theirs() -> Result<(), Error> {
        let device = Device::default();
        let mut y: Vec<u64> = (0..1000).collect();
        device.over(500).run(unsafe_slice(&mut y), |it, y| {
            let (low, high) = (it.index(), y.len() - 1 - it.index());
            // SAFETY: each item has two elements of its own.
            unsafe {
                let (a, b) = (y.read(low), y.read(high));
                y.write(low, b);
                y.write(high, a);
            }
        })?;
        assert!(y.iter().rev().copied().eq(0..1000));
        // SAFETY: no item gets so far.
        let result = device.over(1).run(unsafe_slice(&mut y), |_, y| unsafe { y.write(y.len(), 1) });
        assert!(matches!(result, Err(Error::DevicePanic { item: Some([0, 0, 0]), .. })), "{result:?}");
        let stats = device.stats();
        assert!(stats.bytes_to_device == 0 || stats.bytes_to_device == 16_000, "{stats}");
        Ok(())
    }
}
