//! Kernels over an extent on the CPU: ranges of positions shared out over threads, each an ordinary loop.

use super::item::{Extent, Item};
use super::panics::{Panicked, catch};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Below so many positions other threads are not worth their start. Miri, which is slow, is to see threads too.
const WORTH_THREADS: usize = if cfg!(miri) { 256 } else { 8 * 1024 };

/// Ranges for each thread: the last ones even out what the first ones took.
const RANGES_PER_THREAD: usize = 8;

/// How many threads share out work.
pub(super) fn thread_count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Calls `body` for every position, in any order.
pub(super) fn run_items<D: Extent>(
    extent: D,
    body: impl for<'k> Fn(Item<'k>) + Copy + Send,
) -> Result<(), Panicked> {
    let total: usize = extent.sizes().iter().product();
    let threads = if total < WORTH_THREADS { 1 } else { thread_count() };
    let size = total.div_ceil(threads * if threads > 1 { RANGES_PER_THREAD } else { 1 }).max(1);
    share_out(threads, total.div_ceil(size), move |number| {
        let start = number * size;
        run_range(extent, start, total.min(start + size), body)
    })
}

/// Calls `work` for every number below `count`, on so many threads, until one fails: of several that fail, the lowest
/// is told, for all below it are taken when it is.
pub(super) fn share_out(
    threads: usize,
    count: usize,
    work: impl Fn(usize) -> Result<(), Panicked> + Copy + Send,
) -> Result<(), Panicked> {
    let next = AtomicUsize::new(0);
    let first: Mutex<Option<(usize, Panicked)>> = Mutex::new(None);
    let take = || {
        loop {
            let number = next.fetch_add(1, Relaxed);
            if number >= count {
                return;
            }
            if let Err(panicked) = work(number) {
                next.store(count, Relaxed);
                let mut first = first.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                if first.as_ref().is_none_or(|(lowest, _)| number < *lowest) {
                    *first = Some((number, panicked));
                }
            }
        }
    };
    if threads.min(count) <= 1 {
        take();
    } else {
        let take = Shared(&take);
        thread::scope(|scope| {
            for _ in 1..threads.min(count) {
                scope.spawn(move || take.call());
            }
            take.call();
        });
    }
    match first.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
        Some((_, panicked)) => Err(panicked),
        None => Ok(()),
    }
}

/// What every thread calls.
#[derive(Clone, Copy)]
struct Shared<'a, F>(&'a F);

impl<F: Fn()> Shared<'_, F> {
    fn call(self) {
        self.0();
    }
}

// SAFETY: `work` is `Copy` and `Send`, so that every thread might have its own; it has no interior mutability, for
// that is never `Copy`, and so one for all is the same. The rest is atomic or locked.
unsafe impl<F> Send for Shared<'_, F> {}

/// Where a loop is; tells when it is left by a panic.
struct Progress<'a> {
    index: usize,
    left_at: &'a mut usize,
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        *self.left_at = self.index;
    }
}

fn run_range<D: Extent>(
    extent: D,
    start: usize,
    end: usize,
    body: impl for<'k> Fn(Item<'k>) + Copy,
) -> Result<(), Panicked> {
    let sizes = extent.sizes();
    let mut left_at = start;
    let left = &mut left_at;
    let work = move || {
        // A copy of this loop's own, whose address nobody has: the compiler knows that no element is a part of it.
        let body = body;
        let mut progress = Progress { index: start, left_at: left };
        while progress.index < end {
            body(Item::new(position::<D>(progress.index, sizes), sizes));
            progress.index += 1;
        }
    };
    let result = catch(work, || [0; 3]);
    result.map_err(|panicked| Panicked { item: position::<D>(left_at, sizes), ..panicked })
}

#[inline(always)]
fn position<D: Extent>(index: usize, [width, height, _]: [usize; 3]) -> [usize; 3] {
    match D::DIMENSIONS {
        1 => [index, 0, 0],
        2 => [index % width, index / width, 0],
        _ => [index % width, index / width % height, index / width / height],
    }
}
