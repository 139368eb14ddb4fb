//! What a launch takes, and what the kernel gets for it.

use super::atomics::{Atomics, Word};
use super::buffers::{Buffers, Moves};
use super::kernel::Pointers;
use super::plain::{Element, Plain};
use super::shapes::MAX_BUFFERS;
use super::views::{Own, OwnChunk};
use super::writable::Writable;
use crate::Error;
use crate::scope::{Mapped, MappedMut};

/// What can be an argument of a kernel, alone or in a tuple.
///
/// | argument | in the kernel | moves |
/// |---|---|---|
/// | `&[T]`, `&Vec<T>`, `&[T; N]` | `&[T]` | to the device |
/// | [`each(&mut y)`](crate::each) | [`Own<T>`](crate::Own): the item's own element | both ways |
/// | [`out(&mut y)`](crate::out) | [`Written<T>`](crate::Written): the item's own element, to be written | from the device |
/// | [`each_chunk(&mut y, n)`](crate::each_chunk) | [`OwnChunk<T>`](crate::OwnChunk) | both ways |
/// | [`atomic(&mut y)`](crate::atomic) | [`Atomics<T>`](crate::Atomics): shared by all | both ways |
/// | [`unsafe_slice(&mut y)`](crate::unsafe_slice) | [`UnsafeSlice<T>`](crate::UnsafeSlice): what your items know to be theirs | both ways |
/// | plain data | the value | by value |
/// | [`printer()`](crate::printer) | [`Printer`](crate::Printer) | both ways, half a megabyte |
/// | the same of what a [`Scope`](crate::Scope) holds on the device | the same | nothing |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a kernel",
    label = "cannot be mapped to a device",
    note = "arguments are plain values, `&[T]` and `&Vec<T>` of plain data, `each(&mut y)`, `out(&mut y)`, \
            `each_chunk(&mut y, n)`, `atomic(&mut y)`, and tuples with nothing else in them",
    note = "no two items may have the same `&mut`: `each(&mut y)` gives every item its own element"
)]
pub trait Argument: Sealed {
    /// What travels by value.
    #[doc(hidden)]
    type Meta: Copy + Send + 'static;
    /// What the kernel gets.
    type View<'k>;
    #[doc(hidden)]
    const BUFFERS: usize;
    #[doc(hidden)]
    const FLAGS: [i64; MAX_BUFFERS];

    #[doc(hidden)]
    fn lower(self, buffers: &mut Buffers) -> Result<Self::Meta, Error>;

    /// # Safety
    ///
    /// The pointers are to the buffers, where the kernel runs, and this is called once for every item.
    #[doc(hidden)]
    unsafe fn raise<'k>(meta: Self::Meta, pointers: Pointers<'k>) -> Self::View<'k>;
}

/// Keeps the set of arguments closed.
pub trait Sealed {}

pub(super) const fn one(flags: i64) -> [i64; MAX_BUFFERS] {
    let mut all = [0; MAX_BUFFERS];
    all[0] = flags;
    all
}

impl<T: Plain> Sealed for T {}

#[diagnostic::do_not_recommend]
impl<T: Plain> Argument for T {
    type Meta = T;
    type View<'k> = T;
    const BUFFERS: usize = 0;
    const FLAGS: [i64; MAX_BUFFERS] = [0; MAX_BUFFERS];

    fn lower(self, _: &mut Buffers) -> Result<T, Error> {
        Ok(self)
    }

    #[inline(always)]
    unsafe fn raise<'k>(meta: T, _: Pointers<'k>) -> T {
        meta
    }
}

/// A slice that a kernel reads.
macro_rules! reads {
    ($(($($generics:tt)*) $type:ty, $moves:expr, $given:ident => $lower:expr;)*) => {
        $(
            impl<$($generics)*> Sealed for $type {}

            #[diagnostic::do_not_recommend]
            impl<$($generics)*> Argument for $type {
                type Meta = usize;
                type View<'k> = &'k [T];
                const BUFFERS: usize = 1;
                const FLAGS: [i64; MAX_BUFFERS] = one($moves.flags());

                fn lower(self, buffers: &mut Buffers) -> Result<usize, Error> {
                    let $given = self;
                    $lower(buffers)
                }

                #[inline(always)]
                unsafe fn raise<'k>(len: usize, pointers: Pointers<'k>) -> &'k [T] {
                    if len == 0 {
                        // A device may have no address for it.
                        return &[];
                    }
                    // SAFETY: the buffer is a slice of that many, which nobody writes meanwhile.
                    unsafe { std::slice::from_raw_parts(pointers.get(0).cast(), len) }
                }
            }
        )*
    };
}

reads! {
    ('a, T: Element) &'a [T], Moves::To, given => |buffers: &mut Buffers| buffers.add_read(given);
    ('a, T: Element) &'a Vec<T>, Moves::To, given => |buffers: &mut Buffers| buffers.add_read(given);
    ('a, T: Element, const N: usize) &'a [T; N], Moves::To, given => |buffers: &mut Buffers| buffers.add_read(given);
    ('a, 's, T: Element) &'a Mapped<'s, T>, Moves::Nothing, given =>
        |buffers: &mut Buffers| buffers.add_mapped(given.memory(), Moves::Nothing);
    ('a, 's, T: Element) &'a MappedMut<'s, T>, Moves::Nothing, given =>
        |buffers: &mut Buffers| buffers.add_mapped(given.memory(), Moves::From);
}

pub(super) const fn written<W: Writable>(moves: Moves) -> [i64; MAX_BUFFERS] {
    one(if W::RESIDENT { Moves::Nothing.flags() } else { moves.flags() })
}

/// See [`each`].
#[derive(Debug)]
pub struct Each<W>(W);

/// Gives every item the element of its index, as [`Own`](crate::Own). There must be one for every item.
///
/// ```
/// use outboard::prelude::*;
///
/// let x = [1.0f64, 2.0, 3.0];
/// let mut y = [10.0f64, 20.0, 30.0];
/// Device::default().over(3).run((each(&mut y), &x, 0.5), |it, (y, x, a)| *y.of(it) += a * x[it.index()])?;
/// assert_eq!(y, [10.5, 21.0, 31.5]);
/// # Ok::<(), outboard::Error>(())
/// ```
pub fn each<W: Writable>(slice: W) -> Each<W> {
    Each(slice)
}

impl<W: Writable> Sealed for Each<W> {}

impl<W: Writable> Argument for Each<W> {
    type Meta = ();
    type View<'k> = Own<'k, W::Element>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = written::<W>(Moves::Both);

    fn lower(self, buffers: &mut Buffers) -> Result<(), Error> {
        let items = buffers.check_length(self.0.count(), 1)?;
        self.0.add(buffers, items, Moves::Both)
    }

    #[inline(always)]
    unsafe fn raise<'k>((): (), pointers: Pointers<'k>) -> Own<'k, W::Element> {
        // SAFETY: `lower` has checked the length, and the mutable borrow makes it the launch's alone.
        unsafe { Own::new(pointers.get(0).cast()) }
    }
}

/// See [`each_chunk`].
#[derive(Debug)]
pub struct EachChunk<W> {
    slice: W,
    size: usize,
}

/// Gives every item the chunk of `size` elements whose number is its index, as [`OwnChunk`](crate::OwnChunk).
///
/// ```
/// use outboard::prelude::*;
///
/// let mut rows = [3u32, 1, 2, 9, 8, 7];
/// Device::default().over(2).run(each_chunk(&mut rows, 3), |it, row| {
///     let row = row.of(it);
///     row[0] = row[1] + row[2];
/// })?;
/// assert_eq!(rows, [3, 1, 2, 15, 8, 7]);
/// # Ok::<(), outboard::Error>(())
/// ```
pub fn each_chunk<W: Writable>(slice: W, size: usize) -> EachChunk<W> {
    EachChunk { slice, size }
}

impl<W: Writable> Sealed for EachChunk<W> {}

impl<W: Writable> Argument for EachChunk<W> {
    type Meta = (usize, usize);
    type View<'k> = OwnChunk<'k, W::Element>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = written::<W>(Moves::Both);

    fn lower(self, buffers: &mut Buffers) -> Result<(usize, usize), Error> {
        let len = self.slice.count();
        buffers.check_length(len, self.size)?;
        self.slice.add(buffers, len, Moves::Both)?;
        Ok((len, self.size))
    }

    #[inline(always)]
    unsafe fn raise<'k>((len, size): (usize, usize), pointers: Pointers<'k>) -> OwnChunk<'k, W::Element> {
        // SAFETY: a slice of that many, the launch's alone by its mutable borrow.
        unsafe { OwnChunk::new(pointers.get(0).cast(), len, size) }
    }
}

/// See [`atomic`].
#[derive(Debug)]
pub struct Atomic<W>(W);

/// Gives all items the whole slice, as [`Atomics`](crate::Atomics): numbers that they read and change at the same time.
///
/// ```
/// use outboard::prelude::*;
///
/// let mut sum = [0u64];
/// Device::default().over(1000).run(atomic(&mut sum), |it, sum| {
///     sum.add(0, it.index() as u64);
/// })?;
/// assert_eq!(sum, [499_500]);
/// # Ok::<(), outboard::Error>(())
/// ```
pub fn atomic<W: Writable>(slice: W) -> Atomic<W>
where
    W::Element: Word,
{
    Atomic(slice)
}

impl<W: Writable> Sealed for Atomic<W> where W::Element: Word {}

impl<W: Writable> Argument for Atomic<W>
where
    W::Element: Word,
{
    type Meta = usize;
    type View<'k> = Atomics<'k, W::Element>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = written::<W>(Moves::Both);

    fn lower(self, buffers: &mut Buffers) -> Result<usize, Error> {
        let len = self.0.count();
        self.0.add(buffers, len, Moves::Both)?;
        Ok(len)
    }

    #[inline(always)]
    unsafe fn raise<'k>(len: usize, pointers: Pointers<'k>) -> Atomics<'k, W::Element> {
        // SAFETY: a slice of that many, and the mutable borrow keeps everything but the kernel's items away.
        unsafe { Atomics::new(pointers.get(0).cast(), len) }
    }
}

type Flags = [i64; MAX_BUFFERS];

const fn join(first: Flags, count: usize, second: Flags, more: usize) -> (Flags, usize) {
    let mut all = first;
    let mut at = 0;
    while at < more {
        assert!(count + at < MAX_BUFFERS, "a kernel takes at most 8 slices");
        all[count + at] = second[at];
        at += 1;
    }
    (all, count + more)
}

macro_rules! tuples {
    ($(($first:ident $($part:ident)*))*) => {
        $(
            impl<$first: Argument, $($part: Argument),*> Sealed for ($first, $($part,)*) {}

            #[diagnostic::do_not_recommend]
            #[expect(non_snake_case, reason = "the parts are named as their types")]
            impl<$first: Argument, $($part: Argument),*> Argument for ($first, $($part,)*) {
                type Meta = ($first::Meta, $($part::Meta,)*);
                type View<'k> = ($first::View<'k>, $($part::View<'k>,)*);
                const BUFFERS: usize = $first::BUFFERS $(+ $part::BUFFERS)*;
                const FLAGS: [i64; MAX_BUFFERS] = {
                    let (all, count) = ($first::FLAGS, $first::BUFFERS);
                    $(let (all, count) = join(all, count, $part::FLAGS, $part::BUFFERS);)*
                    let _ = count;
                    all
                };

                fn lower(self, buffers: &mut Buffers) -> Result<Self::Meta, Error> {
                    let ($first, $($part,)*) = self;
                    Ok(($first.lower(buffers)?, $($part.lower(buffers)?,)*))
                }

                #[inline(always)]
                unsafe fn raise<'k>(meta: Self::Meta, pointers: Pointers<'k>) -> Self::View<'k> {
                    let ($first, $($part,)*) = meta;
                    // SAFETY: each part has its buffers behind those of the parts before.
                    unsafe {
                        let all = pointers;
                        let $first = (<$first as Argument>::raise($first, all), all.skip($first::BUFFERS));
                        tuples!(@rest $first.1 => $($part)*);
                        ($first.0, $($part.0,)*)
                    }
                }
            }
        )*
    };
    (@rest $before:expr => $part:ident $($more:ident)*) => {
        let $part = (<$part as Argument>::raise($part, $before), $before.skip($part::BUFFERS));
        tuples!(@rest $part.1 => $($more)*);
    };
    (@rest $before:expr =>) => { let _ = $before; };
}

tuples! {
    (A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E G)(A B C D E G H)(A B C D E G H I)(A B C D E G H I J)
    (A B C D E G H I J K)(A B C D E G H I J K L)(A B C D E G H I J K L M)
}
