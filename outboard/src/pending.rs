//! Launches that run while the program goes on.

use crate::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::thread::Scope;

/// A launch that runs while the program goes on: [`Launch::spawn`](crate::Launch::spawn) and
/// [`InBlocks::spawn`](crate::InBlocks::spawn). What it uses is borrowed by the scope until it is done; `wait` for
/// it, or `await` it.
///
/// ```
/// use outboard::prelude::*;
///
/// let device = Device::default();
/// let (mut x, mut y) = (vec![1.0f32; 1000], vec![2.0f32; 1000]);
/// std::thread::scope(|s| {
///     let first = device.over(1000).spawn(s, each(&mut x), |it, x| *x.of(it) += 1.0);
///     let second = device.over(1000).spawn(s, each(&mut y), |it, y| *y.of(it) *= 2.0);
///     first.wait()?;
///     second.wait()
/// })?;
/// assert_eq!((x[0], y[0]), (2.0, 4.0));
/// # Ok::<(), outboard::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a launch may fail: `wait` tells"]
pub struct Pending(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    result: Option<Result<(), Error>>,
    /// The thread has ended, with a result or without.
    over: bool,
    waker: Option<Waker>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Tells the waiting side, however the thread ends.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.over = true;
        let waker = state.waker.take();
        drop(state);
        self.0.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Pending {
    /// Runs `launch` on a thread of `scope`.
    pub(crate) fn spawn<'scope>(
        scope: &'scope Scope<'scope, '_>,
        launch: impl FnOnce() -> Result<(), Error> + Send + 'scope,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let ending = Ending(Arc::clone(&shared));
        scope.spawn(move || {
            let result = launch();
            ending.0.lock().result = Some(result);
        });
        Self(shared)
    }

    /// Whether the launch is over.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut x = [0u32; 10];
    /// std::thread::scope(|s| {
    ///     let launch = Device::default().over(10).spawn(s, each(&mut x), |it, x| *x.of(it) += 1);
    ///     while !launch.is_over() {
    ///         std::thread::yield_now();
    ///     }
    ///     launch.wait()
    /// })?;
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn is_over(&self) -> bool {
        self.0.lock().over
    }

    /// Waits until the launch is over.
    ///
    /// # Errors
    ///
    /// Those of the launch.
    pub fn wait(self) -> Result<(), Error> {
        let mut state = self.0.lock();
        while !state.over {
            state = self.0.changed.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        // Without a result the thread has panicked, which its scope tells when it is left.
        state.result.take().unwrap_or(Ok(()))
    }
}

impl Future for Pending {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.0.lock();
        if state.over {
            Poll::Ready(state.result.take().unwrap_or(Ok(())))
        } else {
            state.waker = Some(context.waker().clone());
            Poll::Pending
        }
    }
}
