//! What a device handle has done: launches and bytes, counted exactly.

use crate::launch::buffers::Moves;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What a [`Device`](crate::Device) handle and its clones have done so far.
///
/// ```
/// use outboard::prelude::*;
///
/// let device = Device::cpu();
/// let mut y = [1.0f32; 8];
/// device.over(8).run(each(&mut y), |it, y| *y.of(it) += 1.0)?;
/// assert_eq!(device.stats(), outboard::Stats { fallbacks: 1, ..Default::default() });
/// # Ok::<(), outboard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Stats {
    /// Launches that a device ran.
    pub launches: u64,
    /// Launches that the CPU ran, since no device did.
    pub fallbacks: u64,
    /// Bytes copied to the device.
    pub bytes_to_device: u64,
    /// Bytes copied from it.
    pub bytes_from_device: u64,
}

impl Stats {
    /// What came in addition since `before`.
    ///
    /// ```
    /// let before = outboard::Stats { launches: 2, ..Default::default() };
    /// let now = outboard::Stats { launches: 5, ..Default::default() };
    /// assert_eq!(now.since(before).launches, 3);
    /// ```
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            launches: self.launches - before.launches,
            fallbacks: self.fallbacks - before.fallbacks,
            bytes_to_device: self.bytes_to_device - before.bytes_to_device,
            bytes_from_device: self.bytes_from_device - before.bytes_from_device,
        }
    }
}

/// One line for people.
///
/// ```
/// let stats = outboard::Stats { launches: 20, bytes_to_device: 4096, ..Default::default() };
/// let text = "20 launches on a device, 0 on the CPU, 4096 bytes to the device, 0 from it";
/// assert_eq!(stats.to_string(), text);
/// ```
impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { launches, fallbacks, bytes_to_device, bytes_from_device } = self;
        write!(
            f,
            "{launches} launches on a device, {fallbacks} on the CPU, {bytes_to_device} bytes to the device, \
             {bytes_from_device} from it"
        )
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    launches: AtomicU64,
    fallbacks: AtomicU64,
    to: AtomicU64,
    from: AtomicU64,
}

impl Counters {
    pub(crate) fn count_launch(&self, to: u64, from: u64) {
        self.launches.fetch_add(1, Relaxed);
        self.to.fetch_add(to, Relaxed);
        self.from.fetch_add(from, Relaxed);
    }

    pub(crate) fn count_fallback(&self) {
        self.fallbacks.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_moved(&self, moves: Moves, bytes: u64) {
        if moves.has_to() {
            self.to.fetch_add(bytes, Relaxed);
        }
        if moves.has_from() {
            self.from.fetch_add(bytes, Relaxed);
        }
    }

    pub(crate) fn read(&self) -> Stats {
        Stats {
            launches: self.launches.load(Relaxed),
            fallbacks: self.fallbacks.load(Relaxed),
            bytes_to_device: self.to.load(Relaxed),
            bytes_from_device: self.from.load(Relaxed),
        }
    }
}
