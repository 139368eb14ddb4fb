//! A list of jobs, a few at a time: results in the order of the list, whatever finishes first.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// LLVM recurses deeply where code nests deeply; a main thread has 8 MiB.
const STACK_BYTES: usize = 16 << 20;

/// How many jobs run at a time where nobody says.
pub fn default_jobs() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Runs `work` on each of `items`, at most `limit` at a time, each in a thread with a stack for LLVM.
///
/// A panic of `work` goes on in the caller when the other jobs are done.
pub fn run<T, R, F>(limit: NonZeroUsize, items: &[T], work: F) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
{
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let take_jobs = || {
        while let Some((item, result)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).zip(results.get(index))
        } {
            let made = work(item);
            *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(made);
        }
    };
    std::thread::scope(|scope| {
        let mut workers = 0;
        for _ in 0..limit.get().min(items.len()) {
            let worker = std::thread::Builder::new().name("job".to_owned()).stack_size(STACK_BYTES);
            // Fewer threads than wanted is slower, not wrong.
            if worker.spawn_scoped(scope, take_jobs).is_err() {
                break;
            }
            workers += 1;
        }
        if workers == 0 {
            take_jobs();
        }
    });
    let taken = |result: Mutex<Option<R>>| {
        let made = result.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        made.expect("every index was taken once, and a panic has gone on in the scope")
    };
    results.into_iter().map(taken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn limit(jobs: usize) -> NonZeroUsize {
        NonZeroUsize::new(jobs).expect("not zero")
    }

    #[test]
    fn results_stand_in_the_order_of_the_list() {
        let items: Vec<u64> = (0..40).collect();
        for jobs in [1, 2, 7, 100] {
            let squares = run(limit(jobs), &items, |item| {
                std::thread::sleep(Duration::from_micros(50 * (40 - item)));
                item * item
            });
            assert_eq!(squares, items.iter().map(|item| item * item).collect::<Vec<_>>());
        }
        assert!(run(limit(2), &[], |item: &u8| *item).is_empty());
    }

    #[test]
    fn no_more_than_the_limit_run_at_a_time() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        run(limit(3), &[(); 30], |()| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(2));
            running.fetch_sub(1, Ordering::SeqCst);
        });
        let most = most.into_inner();
        assert!((2..=3).contains(&most), "{most} ran at a time");
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_not_lost() {
        run(limit(2), &[1, 2, 3], |item| assert_ne!(*item, 2));
    }
}
