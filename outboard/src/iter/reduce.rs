//! One value of many: each item takes a part, and the host what the items have made.

use super::{Indexed, Map, On, Range, Read};
use crate::launch::arguments::Argument;
use crate::launch::capture::Body;
use crate::launch::elements::{Elements, Readable};
use crate::launch::item::Item;
use crate::launch::plain::Element;
use crate::{Error, launch};

/// Elements of an item. The same everywhere, so that sums of floating-point numbers are, too.
const PART: usize = 1024;

/// Accumulators of an item: the additions of one need not wait for those of another.
const LANES: usize = 8;

/// Iterators whose elements are values that can be put together.
///
/// Sums are made in parts of a fixed size, and put together in order: a sum of floating-point numbers is the same
/// on every device and on the CPU, up to what a device does with multiplications and additions in the elements'
/// own computation.
#[diagnostic::on_unimplemented(
    message = "the elements of `{Self}` cannot be put together",
    note = "`x.offload()` and `.map(...)` to plain values can; `offload_mut` and `zip` need a `map` first"
)]
pub trait Valued: Indexed {
    /// The elements, by value.
    type Value: Element;

    #[doc(hidden)]
    fn value<'k>(
        state: Self::State,
        view: &<Self::Arguments as Argument>::View<'k>,
        it: Item<'k>,
        index: usize,
    ) -> Self::Value;

    /// All elements put together by `f`, which must not care for their order, starting with `identity`.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let bits = [1u32, 2, 4, 2].offload().reduce(0, |a, b| a | b)?;
    /// assert_eq!(bits, 7);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of a launch, and [`Error::OutOfMemory`].
    fn reduce<F>(self, identity: Self::Value, f: F) -> Result<Self::Value, Error>
    where
        F: Body + Fn(Self::Value, Self::Value) -> Self::Value,
    {
        Ok(reduce_parts(self, f)?.into_iter().fold(identity, f))
    }

    /// The sum of all elements. Integers panic when they overflow where debug assertions are on, as always.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let x: Vec<f64> = (0..10_000).map(f64::from).collect();
    /// assert_eq!(x.offload().map(|x| 2.0 * x).sum()?, 99_990_000.0);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of a launch, and [`Error::OutOfMemory`].
    fn sum(self) -> Result<Self::Value, Error>
    where
        Self::Value: Number,
    {
        self.reduce(Self::Value::default(), |a, b| a + b)
    }

    /// The least element; none of none. Of numbers that do not compare (NaN), any may come out.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// assert_eq!([3.0f32, 1.0, 2.0].offload().min()?, Some(1.0));
    /// assert_eq!([0.0f32; 0].offload().min()?, None);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of a launch, and [`Error::OutOfMemory`].
    fn min(self) -> Result<Option<Self::Value>, Error>
    where
        Self::Value: PartialOrd,
    {
        let lesser = |a, b| if b < a { b } else { a };
        Ok(reduce_parts(self, lesser)?.into_iter().reduce(lesser))
    }

    /// The greatest element; none of none. Of numbers that do not compare (NaN), any may come out.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// assert_eq!([3i64, 1, 2].offload().max()?, Some(3));
    /// // Where it is: tuples compare by their first parts.
    /// assert_eq!([3i64, 7, 2].offload().enumerate().map(|(i, x)| (*x, i)).max()?, Some((7, 1)));
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of a launch, and [`Error::OutOfMemory`].
    fn max(self) -> Result<Option<Self::Value>, Error>
    where
        Self::Value: PartialOrd,
    {
        let greater = |a, b| if b > a { b } else { a };
        Ok(reduce_parts(self, greater)?.into_iter().reduce(greater))
    }
}

/// What can be added, starting with its default.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be added", label = "no number")]
pub trait Number: Element + Default + std::ops::Add<Output = Self> {}

#[diagnostic::do_not_recommend]
impl<T: Element + Default + std::ops::Add<Output = T>> Number for T {}

/// What the items make of their parts, in order.
fn reduce_parts<P, F>(source: P, f: F) -> Result<Vec<P::Value>, Error>
where
    P: Valued,
    F: Body + Fn(P::Value, P::Value) -> P::Value,
{
    let (device, len) = (source.device().unwrap_or_default(), source.len());
    let (arguments, state) = source.split(len);
    launch::collect(&device, len.div_ceil(PART), arguments, move |it, view| {
        let start = it.index() * PART;
        let end = len.min(start + PART);
        fold(start, end, |index| P::value(state, &view, it, index), f)
    })
}

/// The values of `start..end`, which are one at least, put together in `LANES` strands.
#[inline(always)]
fn fold<T: Copy>(start: usize, end: usize, value: impl Fn(usize) -> T, f: impl Fn(T, T) -> T) -> T {
    let mut index = start;
    let mut total = value(start);
    if end - start >= 2 * LANES {
        let mut lanes: [T; LANES] = std::array::from_fn(|lane| value(start + lane));
        index += LANES;
        while index + LANES <= end {
            for (lane, strand) in lanes.iter_mut().enumerate() {
                *strand = f(*strand, value(index + lane));
            }
            index += LANES;
        }
        total = lanes[0];
        for strand in &lanes[1..] {
            total = f(total, *strand);
        }
    } else {
        index += 1;
    }
    while index < end {
        total = f(total, value(index));
        index += 1;
    }
    total
}

impl<R: Readable> Valued for Read<R> {
    type Value = R::Element;

    #[inline(always)]
    fn value<'k>((): (), view: &Elements<'k, R::Element>, _: Item<'k>, index: usize) -> R::Element {
        *view.at(index)
    }
}

impl Valued for Range {
    type Value = usize;

    #[inline(always)]
    fn value<'k>((): (), view: &usize, it: Item<'k>, index: usize) -> usize {
        Self::at((), view, it, index)
    }
}

impl<P, F, R> Valued for Map<P, F, R>
where
    P: Indexed,
    F: Body + for<'k> Fn(P::Item<'k>) -> R,
    R: Element,
{
    type Value = R;

    #[inline(always)]
    fn value<'k>(
        state: Self::State,
        view: &<Self::Arguments as Argument>::View<'k>,
        it: Item<'k>,
        index: usize,
    ) -> R {
        Self::at(state, view, it, index)
    }
}

impl<P: Valued> Valued for On<P> {
    type Value = P::Value;

    #[inline(always)]
    fn value<'k>(
        state: P::State,
        view: &<P::Arguments as Argument>::View<'k>,
        it: Item<'k>,
        index: usize,
    ) -> P::Value {
        P::value(state, view, it, index)
    }
}
