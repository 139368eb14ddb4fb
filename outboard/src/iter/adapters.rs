//! What parallel iterators become before their launch.

use super::{Indexed, Parallel, Sealed};
use crate::Device;
use crate::launch::arguments::Argument;
use crate::launch::capture::Body;
use crate::launch::item::Item;
use std::marker::PhantomData;

type View<'k, P> = <<P as Parallel>::Arguments as Argument>::View<'k>;

/// On a device: [`Parallel::on`].
#[derive(Debug, Clone)]
pub struct On<P> {
    inner: P,
    device: Device,
}

impl<P> On<P> {
    pub(super) fn new(inner: P, device: Device) -> Self {
        Self { inner, device }
    }
}

impl<P> Sealed for On<P> {}

impl<P: Parallel> Parallel for On<P> {
    type Item<'k> = P::Item<'k>;
    type Arguments = P::Arguments;
    type State = P::State;

    fn len(&self) -> usize {
        self.inner.len()
    }

    fn device(&self) -> Option<Device> {
        Some(self.device.clone())
    }

    fn split(self, len: usize) -> (P::Arguments, P::State) {
        self.inner.split(len)
    }

    #[inline(always)]
    fn item<'k>(state: P::State, view: View<'k, P>, it: Item<'k>) -> P::Item<'k> {
        P::item(state, view, it)
    }
}

impl<P: Indexed> Indexed for On<P> {
    #[inline(always)]
    fn at<'k>(state: P::State, view: &View<'k, P>, it: Item<'k>, index: usize) -> P::Item<'k> {
        P::at(state, view, it, index)
    }
}

/// Pairs: [`Parallel::zip`].
#[derive(Debug, Clone)]
pub struct Zip<P, Q> {
    first: P,
    second: Q,
}

impl<P, Q> Zip<P, Q> {
    pub(super) fn new(first: P, second: Q) -> Self {
        Self { first, second }
    }
}

/// Two captures are one.
type States<P, Q> = Pair<<P as Parallel>::State, <Q as Parallel>::State>;

/// Two values that travel together.
#[derive(Debug, Clone, Copy)]
pub struct Pair<A, B>(A, B);

impl<P, Q> Sealed for Zip<P, Q> {}

impl<P: Parallel, Q: Parallel> Parallel for Zip<P, Q> {
    type Item<'k> = (P::Item<'k>, Q::Item<'k>);
    type Arguments = (P::Arguments, Q::Arguments);
    type State = States<P, Q>;

    fn len(&self) -> usize {
        self.first.len().min(self.second.len())
    }

    fn device(&self) -> Option<Device> {
        self.first.device().or_else(|| self.second.device())
    }

    fn split(self, len: usize) -> (Self::Arguments, Self::State) {
        let ((first, one), (second, two)) = (self.first.split(len), self.second.split(len));
        ((first, second), Pair(one, two))
    }

    #[inline(always)]
    fn item<'k>(
        Pair(one, two): Self::State,
        (first, second): (View<'k, P>, View<'k, Q>),
        it: Item<'k>,
    ) -> Self::Item<'k> {
        (P::item(one, first, it), Q::item(two, second, it))
    }
}

impl<P: Indexed, Q: Indexed> Indexed for Zip<P, Q> {
    #[inline(always)]
    fn at<'k>(
        Pair(one, two): Self::State,
        view: &(View<'k, P>, View<'k, Q>),
        it: Item<'k>,
        index: usize,
    ) -> Self::Item<'k> {
        (P::at(one, &view.0, it, index), Q::at(two, &view.1, it, index))
    }
}

/// With indices: [`Parallel::enumerate`].
#[derive(Debug, Clone)]
pub struct Enumerate<P> {
    inner: P,
}

impl<P> Enumerate<P> {
    pub(super) fn new(inner: P) -> Self {
        Self { inner }
    }
}

impl<P> Sealed for Enumerate<P> {}

impl<P: Parallel> Parallel for Enumerate<P> {
    type Item<'k> = (usize, P::Item<'k>);
    type Arguments = P::Arguments;
    type State = P::State;

    fn len(&self) -> usize {
        self.inner.len()
    }

    fn device(&self) -> Option<Device> {
        self.inner.device()
    }

    fn split(self, len: usize) -> (P::Arguments, P::State) {
        self.inner.split(len)
    }

    #[inline(always)]
    fn item<'k>(state: P::State, view: View<'k, P>, it: Item<'k>) -> Self::Item<'k> {
        (it.index(), P::item(state, view, it))
    }
}

impl<P: Indexed> Indexed for Enumerate<P> {
    #[inline(always)]
    fn at<'k>(state: P::State, view: &View<'k, P>, it: Item<'k>, index: usize) -> Self::Item<'k> {
        (index, P::at(state, view, it, index))
    }
}

/// What a closure makes of elements: [`Parallel::map`].
#[derive(Debug, Clone)]
pub struct Map<P, F, R> {
    inner: P,
    f: F,
    result: PhantomData<fn() -> R>,
}

impl<P, F, R> Map<P, F, R> {
    pub(super) fn new(inner: P, f: F) -> Self {
        Self { inner, f, result: PhantomData }
    }
}

impl<P, F, R> Sealed for Map<P, F, R> {}

impl<P, F, R> Parallel for Map<P, F, R>
where
    P: Parallel,
    F: Body + for<'k> Fn(P::Item<'k>) -> R,
{
    type Item<'k> = R;
    type Arguments = P::Arguments;
    type State = Pair<P::State, F>;

    fn len(&self) -> usize {
        self.inner.len()
    }

    fn device(&self) -> Option<Device> {
        self.inner.device()
    }

    fn split(self, len: usize) -> (P::Arguments, Self::State) {
        let (arguments, state) = self.inner.split(len);
        (arguments, Pair(state, self.f))
    }

    #[inline(always)]
    fn item<'k>(Pair(state, f): Self::State, view: View<'k, P>, it: Item<'k>) -> R {
        f(P::item(state, view, it))
    }
}

impl<P, F, R> Indexed for Map<P, F, R>
where
    P: Indexed,
    F: Body + for<'k> Fn(P::Item<'k>) -> R,
{
    #[inline(always)]
    fn at<'k>(Pair(state, f): Self::State, view: &View<'k, P>, it: Item<'k>, index: usize) -> R {
        f(P::at(state, view, it, index))
    }
}

/// With an argument that all items have: [`Parallel::with`].
#[derive(Debug, Clone)]
pub struct With<P, A> {
    inner: P,
    argument: A,
}

impl<P, A> With<P, A> {
    pub(super) fn new(inner: P, argument: A) -> Self {
        Self { inner, argument }
    }
}

impl<P, A> Sealed for With<P, A> {}

impl<P: Parallel, A: Argument> Parallel for With<P, A> {
    type Item<'k> = (P::Item<'k>, A::View<'k>);
    type Arguments = (P::Arguments, A);
    type State = P::State;

    fn len(&self) -> usize {
        self.inner.len()
    }

    fn device(&self) -> Option<Device> {
        self.inner.device()
    }

    fn split(self, len: usize) -> (Self::Arguments, P::State) {
        let (arguments, state) = self.inner.split(len);
        ((arguments, self.argument), state)
    }

    #[inline(always)]
    fn item<'k>(
        state: P::State,
        (view, argument): (View<'k, P>, A::View<'k>),
        it: Item<'k>,
    ) -> Self::Item<'k> {
        (P::item(state, view, it), argument)
    }
}

impl<P: Indexed, A: Argument> Indexed for With<P, A>
where
    for<'k> A::View<'k>: Copy,
{
    #[inline(always)]
    fn at<'k>(
        state: P::State,
        (view, argument): &(View<'k, P>, A::View<'k>),
        it: Item<'k>,
        index: usize,
    ) -> Self::Item<'k> {
        (P::at(state, view, it, index), *argument)
    }
}
