//! Launches that run while the program goes on.

use outboard::Error;
use outboard::prelude::*;
use std::future::Future as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

#[test]
fn launches_side_by_side() -> Result<(), Error> {
    let device = Device::default();
    let x = vec![1u32; 1000];
    let mut y = vec![0u32; 16 * 1000];
    thread::scope(|s| {
        let launches: Vec<_> = y
            .chunks_mut(1000)
            .map(|part| {
                device.over(1000).spawn(s, (each(part), &x), |it, (y, x)| *y.of(it) = x[it.index()] + 1)
            })
            .collect();
        launches.into_iter().try_for_each(outboard::Pending::wait)
    })?;
    assert_eq!(y, [2; 16_000]);
    let stats = device.stats();
    assert_eq!(stats.launches + stats.fallbacks, 16);
    Ok(())
}

#[test]
fn a_scope_waits_for_what_nobody_waits_for() {
    let n = if cfg!(miri) { 500 } else { 100_000 };
    let mut y = vec![0u32; n];
    thread::scope(|s| {
        let launch = Device::cpu().over(n).spawn(s, each(&mut y), |it, y| *y.of(it) = 1);
        drop(launch);
    });
    assert_eq!(y, vec![1; n]);
}

#[test]
fn errors_come_from_wait() {
    let mut y = [0u32; 4];
    let result = thread::scope(|s| {
        Device::cpu().blocks(2, 2).spawn(s, each(&mut y), |it, _| assert!(it.index() < 3, "no")).wait()
    });
    assert!(matches!(result, Err(Error::DevicePanic { item: Some([3, 0, 0]), .. })), "{result:?}");
}

#[test]
fn launches_in_a_residency_scope() -> Result<(), Error> {
    let device = Device::default();
    let (mut x, mut y) = (vec![1.0f32; 64], vec![2.0f32; 64]);
    device.scope(|d| {
        let (mut x, mut y) = (d.tofrom(&mut x), d.tofrom(&mut y));
        thread::scope(|s| {
            let first = device.over(64).spawn(s, each(&mut x), |it, x| *x.of(it) += 1.0);
            let second = device.over(64).spawn(s, each(&mut y), |it, y| *y.of(it) += 1.0);
            first.wait()?;
            second.wait()
        })?;
        x.offload_mut().zip(&y).for_each(|(x, y)| *x *= y)
    })?;
    assert_eq!((x[0], y[0]), (6.0, 3.0));
    Ok(())
}

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn a_future_wakes_who_waits() {
    let mut y = [0u32; 8];
    thread::scope(|s| {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut launch =
            std::pin::pin!(Device::default().over(8).spawn(s, each(&mut y), |it, y| *y.of(it) = 7));
        let mut polls = 0;
        let result = loop {
            let before = woken.0.load(SeqCst);
            polls += 1;
            match launch.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(result) => break result,
                Poll::Pending => {
                    while woken.0.load(SeqCst) == before {
                        thread::yield_now();
                    }
                }
            }
        };
        assert!(result.is_ok() && polls <= 2, "{result:?} after {polls}");
    });
    assert_eq!(y, [7; 8]);
}
