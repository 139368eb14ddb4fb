//! Memory that many items read and write at the same time, one number at a time.

use super::plain::Plain;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};

/// A number that items can share: 32 or 64 bits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared between items",
    label = "no number of 32 or 64 bits",
    note = "`u32`, `i32`, `f32`, `u64`, `i64` and `f64` can"
)]
pub trait Word: Plain + Default + PartialOrd + Sealed {
    #[doc(hidden)]
    type Cell;
    #[doc(hidden)]
    fn read(cell: &Self::Cell) -> Self;
    #[doc(hidden)]
    fn write(cell: &Self::Cell, value: Self);
    #[doc(hidden)]
    fn swap(cell: &Self::Cell, value: Self) -> Self;
    #[doc(hidden)]
    fn compare_swap(cell: &Self::Cell, current: Self, new: Self) -> Result<Self, Self>;
    #[doc(hidden)]
    fn add(cell: &Self::Cell, value: Self) -> Self;
    #[doc(hidden)]
    fn update(cell: &Self::Cell, change: impl Fn(Self) -> Self) -> Self;
}

/// Keeps the set of words closed.
pub trait Sealed {}

macro_rules! word {
    (@integer $place:ident $value:ident) => { $place.fetch_add($value, Relaxed) };
    (@float $place:ident $value:ident) => { Self::update($place, |old| old + $value) };
    ($($word:ident $cell:ident: $from:path, $to:path, $kind:ident;)*) => {
        $(
            impl Sealed for $word {}

            impl Word for $word {
                type Cell = $cell;
                #[inline(always)]
                fn read(cell: &$cell) -> Self {
                    $from(cell.load(Relaxed))
                }
                #[inline(always)]
                fn write(cell: &$cell, value: Self) {
                    cell.store($to(value), Relaxed);
                }
                #[inline(always)]
                fn swap(cell: &$cell, value: Self) -> Self {
                    $from(cell.swap($to(value), Relaxed))
                }
                #[inline(always)]
                fn compare_swap(cell: &$cell, current: Self, new: Self) -> Result<Self, Self> {
                    match cell.compare_exchange($to(current), $to(new), Relaxed, Relaxed) {
                        Ok(found) => Ok($from(found)),
                        Err(found) => Err($from(found)),
                    }
                }
                #[inline(always)]
                fn add(cell: &$cell, value: Self) -> Self {
                    word!(@$kind cell value)
                }
                #[inline(always)]
                fn update(cell: &$cell, change: impl Fn(Self) -> Self) -> Self {
                    let mut found = cell.load(Relaxed);
                    loop {
                        match cell.compare_exchange_weak(found, $to(change($from(found))), Relaxed, Relaxed) {
                            Ok(old) => return $from(old),
                            Err(other) => found = other,
                        }
                    }
                }
            }
        )*
    };
}

word! {
    u32 AtomicU32: std::convert::identity, std::convert::identity, integer;
    i32 AtomicI32: std::convert::identity, std::convert::identity, integer;
    u64 AtomicU64: std::convert::identity, std::convert::identity, integer;
    i64 AtomicI64: std::convert::identity, std::convert::identity, integer;
    f32 AtomicU32: f32::from_bits, f32::to_bits, float;
    f64 AtomicU64: f64::from_bits, f64::to_bits, float;
}

/// A slice of numbers that all items read and write, each number atomically and in no order with others: what
/// [`atomic`](crate::atomic) gives a kernel, and a block's shared memory. An index out of bounds is a panic, as it is
/// with slices.
///
/// ```
/// use outboard::prelude::*;
///
/// let words = ["sea", "boat", "oar", "a"];
/// let lengths: Vec<u32> = words.iter().map(|word| word.len() as u32).collect();
/// let mut histogram = [0u32; 8];
/// Device::default()
///     .over(lengths.len())
///     .run((&lengths, atomic(&mut histogram)), |it, (lengths, histogram)| {
///         histogram.add(lengths[it.index()] as usize, 1);
///     })?;
/// assert_eq!(histogram, [0, 1, 0, 2, 1, 0, 0, 0]);
/// # Ok::<(), outboard::Error>(())
/// ```
#[derive(Debug)]
pub struct Atomics<'k, T> {
    first: *mut T,
    len: usize,
    kernel: PhantomData<&'k [T]>,
}

impl<T> Clone for Atomics<'_, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Atomics<'_, T> {}

impl<'k, T: Word> Atomics<'k, T> {
    /// # Safety
    ///
    /// `first` points to `len` elements, which for `'k` are used atomically only.
    #[inline(always)]
    pub(crate) unsafe fn new(first: *mut T, len: usize) -> Self {
        Self { first, len, kernel: PhantomData }
    }

    #[inline(always)]
    #[track_caller]
    fn cell(&self, index: usize) -> &'k T::Cell {
        assert!(index < self.len, "index out of bounds");
        // SAFETY: inside; the cell has the number's size, the memory is aligned for it, and all use it so.
        unsafe { &*self.first.add(index).cast::<T::Cell>() }
    }

    /// How many there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number at `index`.
    #[inline(always)]
    #[track_caller]
    pub fn get(&self, index: usize) -> T {
        T::read(self.cell(index))
    }

    /// Puts `value` there.
    #[inline(always)]
    #[track_caller]
    pub fn set(&self, index: usize, value: T) {
        T::write(self.cell(index), value);
    }

    /// Adds `value`, integers wrapping around, and gives what was there before.
    #[inline(always)]
    #[track_caller]
    pub fn add(&self, index: usize, value: T) -> T {
        T::add(self.cell(index), value)
    }

    /// Puts `value` there if it is less, and gives what was there before.
    #[inline(always)]
    #[track_caller]
    pub fn min(&self, index: usize, value: T) -> T {
        T::update(self.cell(index), |old| if value < old { value } else { old })
    }

    /// Puts `value` there if it is greater, and gives what was there before.
    #[inline(always)]
    #[track_caller]
    pub fn max(&self, index: usize, value: T) -> T {
        T::update(self.cell(index), |old| if value > old { value } else { old })
    }

    /// Puts `value` there, and gives what was there before.
    #[inline(always)]
    #[track_caller]
    pub fn exchange(&self, index: usize, value: T) -> T {
        T::swap(self.cell(index), value)
    }

    /// Puts `new` there if `current` is there, compared bit by bit. Either way it gives what was there: `Ok` if it has.
    #[inline(always)]
    #[track_caller]
    #[expect(clippy::missing_errors_doc, reason = "no failure: the other outcome")]
    pub fn compare_exchange(&self, index: usize, current: T, new: T) -> Result<T, T> {
        T::compare_swap(self.cell(index), current, new)
    }

    /// Replaces what is there by what `change` makes of it, however often others come between, and gives what was
    /// there before.
    #[inline(always)]
    #[track_caller]
    pub fn update(&self, index: usize, change: impl Fn(T) -> T) -> T {
        T::update(self.cell(index), change)
    }
}
