//! Parallel iterators in the shape of rayon's: one launch at their end.

mod adapters;
mod reduce;
mod sources;

pub use adapters::{Enumerate, Map, On, With, Zip};
pub use reduce::{Number, Valued};
pub use sources::{Change, ChangeChunks, IntoParallel, Offload, Range, Read, ReadChunks};

use crate::launch::arguments::Argument;
use crate::launch::capture::Body;
use crate::launch::item::Item;
use crate::launch::plain::Element;
use crate::launch::writable::Writable;
use crate::launch::write_only::out;
use crate::{Device, Error, launch};

/// Work on every element of something, one item each. Made by [`Offload`]'s `offload` and `offload_mut`.
///
/// ```
/// use outboard::prelude::*;
///
/// let a = 2.0f32;
/// let x = [1.0f32, 2.0, 3.0];
/// let mut y = [10.0f32, 20.0, 30.0];
/// y.offload_mut().zip(&x).for_each(move |(y, x)| *y += a * *x)?;
/// assert_eq!(y, [12.0, 24.0, 36.0]);
/// # Ok::<(), outboard::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no parallel iterator",
    note = "`x.offload()` reads the elements of a slice, `y.offload_mut()` changes them, `(0..n).offload()` counts"
)]
pub trait Parallel: Sized + Sealed {
    /// What an item gets.
    type Item<'k>;
    /// What the launch takes.
    #[doc(hidden)]
    type Arguments: Argument;
    /// What the adapters' closures have captured.
    #[doc(hidden)]
    type State: Body;

    /// How many items there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The device that [`on`](Self::on) or a scope has chosen.
    #[doc(hidden)]
    fn device(&self) -> Option<Device>;

    /// What a launch for the first `len` elements takes.
    #[doc(hidden)]
    fn split(self, len: usize) -> (Self::Arguments, Self::State);

    #[doc(hidden)]
    fn item<'k>(
        state: Self::State,
        view: <Self::Arguments as Argument>::View<'k>,
        it: Item<'k>,
    ) -> Self::Item<'k>;

    /// Runs on `device`, rather than on the default one or the scope's.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let device = Device::cpu();
    /// let sum = [1u32, 2, 3].offload().on(&device).sum()?;
    /// assert_eq!((sum, device.stats().fallbacks), (6, 1));
    /// # Ok::<(), outboard::Error>(())
    /// ```
    fn on(self, device: &Device) -> On<Self> {
        On::new(self, device.clone())
    }

    /// Pairs with the elements of `other`: as many as the shorter has.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let (x, y) = ([1u32, 2, 3], [4u32, 5, 6]);
    /// assert_eq!(x.offload().zip(&y).map(|(x, y)| x * y).sum()?, 32);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    fn zip<I: IntoParallel>(self, other: I) -> Zip<Self, I::Source> {
        Zip::new(self, other.into_parallel())
    }

    /// Each element with its index.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut y = [0usize; 4];
    /// y.offload_mut().enumerate().for_each(|(i, y)| *y = i * i)?;
    /// assert_eq!(y, [0, 1, 4, 9]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    fn enumerate(self) -> Enumerate<Self> {
        Enumerate::new(self)
    }

    /// Each element with what `argument` is in a kernel, the same for all: whole slices, where an element needs more
    /// than its own index of them, and numbers that all change. Any [`Argument`] will do, a tuple of them too.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// // A sparse matrix times a vector: row i has the entries starts[i]..starts[i + 1].
    /// let (starts, columns, values) = ([0, 2, 3], [0, 1, 1], [2.0, 1.0, 3.0]);
    /// let x = [1.0, 10.0];
    /// let mut y = [0.0; 2];
    /// y.offload_mut().enumerate().with((&starts, &columns, &values, &x)).for_each(
    ///     |((i, y), (starts, columns, values, x))| {
    ///         *y = (starts[i]..starts[i + 1]).map(|entry| values[entry] * x[columns[entry]]).sum();
    ///     },
    /// )?;
    /// assert_eq!(y, [12.0, 30.0]);
    ///
    /// let mut evens = [0u32];
    /// [1, 2, 4].offload().with(atomic(&mut evens)).for_each(|(n, evens)| {
    ///     if n % 2 == 0 {
    ///         evens.add(0, 1);
    ///     }
    /// })?;
    /// assert_eq!(evens, [2]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    fn with<A: Argument>(self, argument: A) -> With<Self, A> {
        With::new(self, argument)
    }

    /// What `f` makes of each element.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let largest = [3i32, -7, 5].offload().map(|x| x.abs()).max()?;
    /// assert_eq!(largest, Some(7));
    /// # Ok::<(), outboard::Error>(())
    /// ```
    fn map<R, F>(self, f: F) -> Map<Self, F, R>
    where
        F: Body + for<'k> Fn(Self::Item<'k>) -> R,
    {
        Map::new(self, f)
    }

    /// Calls `f` with every element, in any order and at the same time.
    ///
    /// # Errors
    ///
    /// Those of a launch. With a panic, what is changed may be changed in part.
    fn for_each<F>(self, f: F) -> Result<(), Error>
    where
        F: Body + for<'k> Fn(Self::Item<'k>),
    {
        let (device, len) = (self.device().unwrap_or_default(), self.len());
        let (arguments, state) = self.split(len);
        device.over(len).run(arguments, move |it, view| f(Self::item(state, view, it)))
    }

    /// Writes every element to `into`, which has as many: nothing is copied to the device for it.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let x = [1.0f32, 4.0, 9.0];
    /// let mut roots = [0.0f32; 3];
    /// x.offload().map(|x| x.sqrt()).collect_into(&mut roots)?;
    /// assert_eq!(roots, [1.0, 2.0, 3.0]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of a launch, and [`Error::TooShort`].
    fn collect_into<W>(self, into: W) -> Result<(), Error>
    where
        W: Writable,
        Self: for<'k> Parallel<Item<'k> = W::Element>,
    {
        let (device, len) = (self.device().unwrap_or_default(), self.len());
        let (arguments, state) = self.split(len);
        device.over(len).run((out(into), arguments), move |it, (own, view)| {
            own.write(it, Self::item(state, view, it));
        })
    }

    /// The elements as a vector.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let doubled = [1u32, 2, 3].offload().map(|x| 2 * x).collect_vec()?;
    /// assert_eq!(doubled, [2, 4, 6]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of a launch, and [`Error::OutOfMemory`].
    fn collect_vec<T>(self) -> Result<Vec<T>, Error>
    where
        T: Element,
        Self: for<'k> Parallel<Item<'k> = T>,
    {
        let (device, len) = (self.device().unwrap_or_default(), self.len());
        let (arguments, state) = self.split(len);
        launch::collect(&device, len, arguments, move |it, view| Self::item(state, view, it))
    }
}

/// Keeps the set of iterators closed: launches trust their lengths.
pub trait Sealed {}

/// What can be reached by index, again and again: all that only reads.
pub trait Indexed: Parallel {
    #[doc(hidden)]
    fn at<'k>(
        state: Self::State,
        view: &<Self::Arguments as Argument>::View<'k>,
        it: Item<'k>,
        index: usize,
    ) -> Self::Item<'k>;
}
