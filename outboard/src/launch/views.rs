//! What a kernel sees of the arguments that it may change: elements that are its own.

use super::item::{Brand, Item};
use super::plain::Element;
use std::marker::PhantomData;

/// The item's own element of a slice that was given with [`each`](crate::each).
#[derive(Debug)]
pub struct Own<'k, T> {
    first: *mut T,
    kernel: Brand<'k>,
    element: PhantomData<&'k mut T>,
}

impl<'k, T: Element> Own<'k, T> {
    /// # Safety
    ///
    /// `first` points to an element for every item of the launch, which nobody else uses meanwhile.
    #[inline(always)]
    pub(crate) unsafe fn new(first: *mut T) -> Self {
        Self { first, kernel: PhantomData, element: PhantomData }
    }

    /// The element whose index is the item's. It takes `self`, so that nobody gets it twice.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut y = [1.0f32, 2.0, 3.0];
    /// Device::default().over(3).run(each(&mut y), |it, y| *y.of(it) *= 2.0)?;
    /// assert_eq!(y, [2.0, 4.0, 6.0]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    #[inline(always)]
    pub fn of(self, item: Item<'k>) -> &'k mut T {
        // SAFETY: the launch has checked that there is an element for every item. Items have different indices, the
        // lifetime ties this one to the kernel that `self` was made for, and `self` was made once for it.
        unsafe { &mut *self.first.add(item.index()) }
    }
}

/// The item's own chunk of a slice that was given with [`each_chunk`](crate::each_chunk).
#[derive(Debug)]
pub struct OwnChunk<'k, T> {
    first: *mut T,
    len: usize,
    size: usize,
    kernel: Brand<'k>,
    element: PhantomData<&'k mut T>,
}

impl<'k, T: Element> OwnChunk<'k, T> {
    /// # Safety
    ///
    /// `first` points to `len` elements, which nobody else uses meanwhile.
    #[inline(always)]
    pub(crate) unsafe fn new(first: *mut T, len: usize, size: usize) -> Self {
        Self { first, len, size, kernel: PhantomData, element: PhantomData }
    }

    /// The chunk whose number is the item's index. The last one may be shorter; past it they are empty.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut rows = [1u32, 2, 3, 4, 5];
    /// Device::default().over(3).run(each_chunk(&mut rows, 2), |it, row| row.of(it).reverse())?;
    /// assert_eq!(rows, [2, 1, 4, 3, 5]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    #[inline(always)]
    pub fn of(self, item: Item<'k>) -> &'k mut [T] {
        let start = item.index().saturating_mul(self.size).min(self.len);
        let count = self.size.min(self.len - start);
        if count == 0 {
            // A device may have no address for it.
            return &mut [];
        }
        // SAFETY: inside the slice; chunks of different items do not overlap, and `self` was made once for this one.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(start), count) }
    }
}
