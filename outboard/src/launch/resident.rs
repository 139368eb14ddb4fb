//! Which memory of the host is mapped to which device: the runtime ends a program that maps a part of what is mapped
//! and more, so that mappings are compared before.

use super::buffers::{Buffer, Memory, Residency};
use super::runtime::Runtime;
use crate::Error;
use abi::MapFlags;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Mapping {
    device: u32,
    addresses: Range<usize>,
    /// Until a launch is over, rather than a scope.
    transient: bool,
}

static TABLE: Mutex<Vec<Mapping>> = Mutex::new(Vec::new());
static CHANGED: Condvar = Condvar::new();

fn table() -> MutexGuard<'static, Vec<Mapping>> {
    // Nothing in here panics while the table is half changed.
    TABLE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// What is found of a range on its device.
enum Found {
    /// Nothing, or the same range of launches on other threads: they share it.
    Free,
    /// Inside a scope's mapping.
    Inside,
    /// A launch on another thread has a part of it.
    Busy,
    /// A scope has mapped a part of it.
    Conflict,
}

fn look(table: &[Mapping], device: u32, range: &Range<usize>) -> Found {
    let mut found = Found::Free;
    for mapping in table.iter().filter(|mapping| mapping.device == device) {
        let Range { start, end } = mapping.addresses;
        if start >= range.end || range.start >= end {
            continue;
        }
        if mapping.transient {
            if mapping.addresses != *range {
                return Found::Busy;
            }
        } else if start <= range.start && range.end <= end {
            found = Found::Inside;
        } else {
            return Found::Conflict;
        }
    }
    found
}

/// Waits until no launch on another thread has a part of `range`. Gives whether it is on the device already.
fn wait_for(device: u32, range: &Range<usize>) -> Result<(MutexGuard<'static, Vec<Mapping>>, bool), Error> {
    let mut table = table();
    loop {
        match look(&table, device, range) {
            Found::Free => return Ok((table, false)),
            Found::Inside => return Ok((table, true)),
            Found::Conflict => return Err(Error::MapConflict { bytes: range.len() }),
            Found::Busy => table = CHANGED.wait(table).unwrap_or_else(|poisoned| poisoned.into_inner()),
        }
    }
}

fn leave(table: &mut Vec<Mapping>, device: u32, range: &Range<usize>, transient: bool) {
    let same = |mapping: &Mapping| {
        mapping.device == device && mapping.addresses == *range && mapping.transient == transient
    };
    if let Some(at) = table.iter().rposition(same) {
        table.swap_remove(at);
    }
    CHANGED.notify_all();
}

/// The bytes that a launch or a scope moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) to: u64,
    pub(crate) from: u64,
}

/// The host memory of one launch, entered until it is over.
pub(crate) struct Held<'r> {
    runtime: &'r Runtime,
    device: u32,
    ranges: Vec<Range<usize>>,
    /// Ranges that several buffers overlap in, mapped around the launch.
    around: Vec<Memory>,
    pub(crate) moved: Moved,
}

/// Enters the buffers of a launch.
pub(crate) fn hold<'r>(runtime: &'r Runtime, device: u32, buffers: &[Buffer]) -> Result<Held<'r>, Error> {
    let mut held = Held { runtime, device, ranges: Vec::new(), around: Vec::new(), moved: Moved::default() };
    let of_host = |buffer: &&Buffer| buffer.residency == Residency::Host && buffer.bytes > 0;
    let mut sorted: Vec<&Buffer> = buffers.iter().filter(of_host).collect();
    // In the order of addresses, so that launches on several threads do not wait for each other in a ring.
    sorted.sort_by_key(|buffer| buffer.address.addr());
    let mut rest = sorted.as_slice();
    while let [first, ..] = rest {
        let mut end = first.address.addr() + first.bytes;
        let mut count = 1;
        while let Some(next) = rest.get(count).filter(|next| next.address.addr() < end) {
            end = end.max(next.address.addr() + next.bytes);
            count += 1;
        }
        let range = first.address.addr()..end;
        let (mut table, inside) = wait_for(device, &range)?;
        table.push(Mapping { device, addresses: range.clone(), transient: true });
        drop(table);
        held.ranges.push(range.clone());
        if !inside {
            if first.moves.has_to() {
                held.moved.to += range.len() as u64;
            }
            if first.moves.has_from() {
                held.moved.from += range.len() as u64;
            }
            if count > 1 {
                // Only reads overlap. The whole is mapped first, so that each buffer is a part of what is mapped.
                held.map_around(first.address, range.len());
            }
        }
        rest = &rest[count..];
    }
    Ok(held)
}

impl Held<'_> {
    fn map_around(&mut self, address: *mut u8, bytes: usize) {
        let memory = Memory { address, bytes, len: bytes, device: Some(self.device), conflict: false };
        // SAFETY: all of it is borrowed for the launch, and nothing else overlaps it in part.
        unsafe { self.runtime.begin(self.device, memory, MapFlags::TO) };
        self.around.push(memory);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        for memory in &self.around {
            // SAFETY: begun in `map_around`.
            unsafe { self.runtime.end(self.device, *memory, MapFlags::empty()) };
        }
        for range in &self.ranges {
            leave(&mut table(), self.device, range, true);
        }
    }
}

/// Maps memory for a scope. Gives the bytes that this moved, or nothing if a scope has mapped a part of it.
///
/// # Safety
///
/// The memory is there until [`unmap`].
pub(crate) unsafe fn map(
    runtime: &Runtime,
    device: u32,
    memory: Memory,
    flags: MapFlags,
) -> Result<u64, Error> {
    let (mut table, inside) = wait_for(device, &range_of(memory))?;
    // With the table locked: nobody may take it for mapped before it is.
    // SAFETY: the caller's promise; nothing overlaps it in part.
    unsafe { runtime.begin(device, memory, flags) };
    table.push(Mapping { device, addresses: range_of(memory), transient: false });
    let moves = flags.contains(MapFlags::TO) && !inside;
    Ok(if moves { memory.bytes as u64 } else { 0 })
}

/// Ends a scope's mapping. Gives the bytes that this moved.
///
/// # Safety
///
/// [`map`] has begun it; with `FROM`, the memory may be written.
pub(crate) unsafe fn unmap(runtime: &Runtime, device: u32, memory: Memory, flags: MapFlags) -> u64 {
    let mut table = table();
    // SAFETY: the caller's promise.
    unsafe { runtime.end(device, memory, flags) };
    leave(&mut table, device, &range_of(memory), false);
    if flags.contains(MapFlags::FROM) { memory.bytes as u64 } else { 0 }
}

fn range_of(memory: Memory) -> Range<usize> {
    let start = memory.address.addr();
    start..start + memory.bytes
}
