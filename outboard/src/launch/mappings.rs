//! What a scope maps: started when asked, ended together when the scope is left.

use super::buffers::{Memory, Moves};
use super::offer::device_number;
use super::plain::Element;
use super::program::Ask;
use super::resident::{map, unmap};
use super::runtime::{Runtime, runtime};
use crate::{Device, Error};
use abi::MapFlags;
use std::any::Any;
use std::sync::{Mutex, MutexGuard};

// SAFETY: an address and sizes; what may be done with them is its owner's affair.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

/// Stands for empty slices, so that there is something to map.
static EMPTY: u64 = 0;

/// The mappings of one scope.
pub(crate) struct Mappings {
    device: Device,
    target: Option<(u32, &'static Runtime)>,
    /// Each with what is done at its end.
    list: Mutex<Vec<(Memory, MapFlags)>>,
    /// The host's side of memory that is the device's alone.
    owned: Mutex<Vec<Box<dyn Any + Send>>>,
}

impl std::fmt::Debug for Mappings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mappings").field("list", &self.list).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Mappings {
    pub(crate) fn new(device: &Device, ask: Ask) -> Self {
        // A device that cannot be is told by the launches.
        let target = device_number(device.place(), ask).ok().flatten();
        Self { device: device.clone(), target, list: Mutex::default(), owned: Mutex::default() }
    }

    /// Maps what kernels read.
    pub(crate) fn read<T: Element>(&self, slice: &[T]) -> Memory {
        self.map(slice.as_ptr().cast_mut(), slice.len(), MapFlags::TO, MapFlags::empty())
    }

    /// Maps what kernels change.
    pub(crate) fn change<T: Element>(&self, slice: &mut [T], moves: Moves) -> Memory {
        let start = if moves.has_to() { MapFlags::TO } else { MapFlags::empty() };
        self.map(slice.as_mut_ptr(), slice.len(), start, MapFlags::FROM)
    }

    /// Maps memory of the scope's own, which nobody copies.
    pub(crate) fn alloc<T: Element>(&self, len: usize, value: T) -> Result<Memory, Error> {
        let mut memory = Vec::new();
        let bytes = len.saturating_mul(size_of::<T>());
        memory.try_reserve_exact(len).map_err(|_| Error::OutOfMemory { bytes })?;
        memory.resize(len, value);
        let mapped = self.map(memory.as_mut_ptr(), len, MapFlags::empty(), MapFlags::empty());
        lock(&self.owned).push(Box::new(memory));
        Ok(mapped)
    }

    fn map<T: Element>(&self, address: *mut T, len: usize, start: MapFlags, end: MapFlags) -> Memory {
        let bytes = len * size_of::<T>();
        let device = self.target.map(|(number, _)| number);
        let mut memory = Memory { address: address.cast(), bytes, len, device, conflict: false };
        let Some((number, runtime)) = self.target else { return memory };
        let (start, end) = if bytes == 0 {
            memory = Memory {
                address: (&raw const EMPTY).cast_mut().cast(),
                bytes: size_of_val(&EMPTY),
                ..memory
            };
            (MapFlags::empty(), MapFlags::empty())
        } else {
            (start, end)
        };
        // SAFETY: the scope's environment outlives the scope, and `drop` ends the mapping.
        match unsafe { map(runtime, number, memory, start) } {
            Ok(moved) => {
                if moved > 0 {
                    self.device.counters().count_moved(Moves::To, moved);
                }
                lock(&self.list).push((memory, end));
            }
            Err(_) => memory.conflict = true,
        }
        memory
    }
}

impl Drop for Mappings {
    fn drop(&mut self) {
        let Some((number, runtime)) = self.target else { return };
        for (memory, end) in lock(&self.list).drain(..).rev() {
            // SAFETY: `map` has begun it; what is copied back was borrowed mutably for the scope.
            let moved = unsafe { unmap(runtime, number, memory, end) };
            self.device.counters().count_moved(Moves::From, moved);
        }
    }
}

impl Memory {
    /// Brings what is on the device to the host.
    pub(crate) fn lend<T: Element>(&mut self, device: &Device) -> Result<&[T], Error> {
        self.update(Moves::From, device)?;
        if self.len == 0 {
            return Ok(&[]);
        }
        // SAFETY: a mapping of `len` elements of this type, which nobody changes while it is lent.
        Ok(unsafe { std::slice::from_raw_parts(self.address.cast(), self.len) })
    }

    /// Writes on the host and takes it to the device.
    pub(crate) fn overwrite<T: Element>(&mut self, slice: &[T], device: &Device) -> Result<(), Error> {
        if slice.len() != self.len {
            return Err(Error::TooShort { len: slice.len(), needed: self.len, items: self.len });
        }
        if self.len > 0 && !self.conflict {
            // SAFETY: a mapping of `len` elements of this type, borrowed mutably, and so not a part of `slice`.
            unsafe { std::ptr::copy_nonoverlapping(slice.as_ptr(), self.address.cast(), self.len) };
        }
        self.update(Moves::To, device)
    }

    fn update(&self, moves: Moves, device: &Device) -> Result<(), Error> {
        if self.conflict {
            return Err(Error::MapConflict { bytes: self.bytes });
        }
        if let (Some(number), Some(runtime), true) = (self.device, runtime(), self.len > 0) {
            // SAFETY: mapped, and borrowed mutably.
            unsafe { runtime.update(number, *self, moves.map_flags()) };
            device.counters().count_moved(moves, self.bytes as u64);
        }
        Ok(())
    }
}
