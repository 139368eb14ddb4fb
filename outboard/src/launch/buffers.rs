//! The memory of a launch: where it is on the host, and what moves.

use super::plain::Element;
use super::printing;
use super::shapes::{MAX_BUFFERS, Operand};
use crate::Error;
use abi::MapFlags;
use std::mem::MaybeUninit;

/// What a launch moves of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// To the device, before.
    To,
    /// From it, after.
    From,
    /// Both.
    Both,
    /// The device has it already.
    Nothing,
}

impl Moves {
    /// The contract's map flags.
    pub(crate) const fn flags(self) -> i64 {
        self.map_flags().bits() as i64
    }

    /// As the runtime has them.
    pub(crate) const fn map_flags(self) -> MapFlags {
        match self {
            Self::To => MapFlags::TO,
            Self::From => MapFlags::FROM,
            Self::Both => MapFlags::TO.union(MapFlags::FROM),
            Self::Nothing => MapFlags::PRESENT,
        }
    }

    pub(crate) const fn has_to(self) -> bool {
        matches!(self, Self::To | Self::Both)
    }

    pub(crate) const fn has_from(self) -> bool {
        matches!(self, Self::From | Self::Both)
    }
}

/// What a scope keeps of a mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) address: *mut u8,
    pub(crate) bytes: usize,
    pub(crate) len: usize,
    /// The device that holds it; none where the scope is on the CPU.
    pub(crate) device: Option<u32>,
    /// Whether the mapping failed: launches with it say why.
    pub(crate) conflict: bool,
}

/// Where a buffer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Residency {
    /// On the host; the launch moves it.
    Host,
    /// On the host, as long as a scope that is on the CPU lasts.
    Cpu,
    /// On a device.
    Device {
        /// Its number.
        number: u32,
        /// What a run on the CPU has to fetch before and to take back after.
        without: Moves,
    },
}

/// A buffer of a launch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Buffer {
    pub(crate) address: *mut u8,
    pub(crate) bytes: usize,
    pub(crate) moves: Moves,
    pub(crate) residency: Residency,
}

/// The buffers of a launch, in order.
#[derive(Debug)]
pub struct Buffers {
    /// How many items the launch has.
    items: usize,
    list: [Buffer; MAX_BUFFERS],
    count: usize,
    /// What kernels print into.
    prints: Vec<Vec<u64>>,
}

impl Buffers {
    pub(crate) fn new(items: usize) -> Self {
        let none = Buffer {
            address: std::ptr::null_mut(),
            bytes: 0,
            moves: Moves::Nothing,
            residency: Residency::Host,
        };
        Self { items, list: [none; MAX_BUFFERS], count: 0, prints: Vec::new() }
    }

    pub(crate) fn all(&self) -> &[Buffer] {
        &self.list[..self.count]
    }

    pub(crate) fn operands(&self) -> [Operand; MAX_BUFFERS] {
        self.list.map(|buffer| Operand { base: buffer.address, size: buffer.bytes })
    }

    /// Where they are on the host.
    pub(crate) fn pointers(&self) -> [*mut u8; MAX_BUFFERS] {
        self.list.map(|buffer| buffer.address)
    }

    /// Checks that a slice of `len` has `size` elements for every item, the last one's may be fewer. Gives the number
    /// of items.
    pub(crate) fn check_length(&self, len: usize, size: usize) -> Result<usize, Error> {
        let enough = if size == 0 { self.items == 0 } else { len.div_ceil(size) >= self.items };
        if enough {
            Ok(self.items)
        } else {
            Err(Error::TooShort { len, needed: self.items.saturating_mul(size.max(1)), items: self.items })
        }
    }

    fn push(&mut self, buffer: Buffer) {
        // `kernel::pointers` has refused to compile kernels with more.
        self.list[self.count] = buffer;
        self.count += 1;
    }

    pub(crate) fn add_read<T: Element>(&mut self, slice: &[T]) -> Result<usize, Error> {
        let address = slice.as_ptr().cast_mut().cast();
        self.push(Buffer {
            address,
            bytes: size_of_val(slice),
            moves: Moves::To,
            residency: Residency::Host,
        });
        Ok(slice.len())
    }

    pub(crate) fn add_written<T: Element>(&mut self, slice: &mut [T], moves: Moves) -> Result<(), Error> {
        let bytes = size_of_val(slice);
        self.push(Buffer { address: slice.as_mut_ptr().cast(), bytes, moves, residency: Residency::Host });
        Ok(())
    }

    /// Memory that nobody has written yet, and that the kernel writes.
    pub(crate) fn add_fresh<T: Element>(&mut self, slice: &mut [MaybeUninit<T>]) {
        let (address, bytes) = (slice.as_mut_ptr().cast(), size_of_val(slice));
        self.push(Buffer { address, bytes, moves: Moves::From, residency: Residency::Host });
    }

    /// Memory of a scope; `without` tells what a run on the CPU would have to move.
    pub(crate) fn add_mapped(&mut self, memory: Memory, without: Moves) -> Result<usize, Error> {
        if memory.conflict {
            return Err(Error::MapConflict { bytes: memory.bytes });
        }
        let residency = match memory.device {
            Some(number) => Residency::Device { number, without },
            None => Residency::Cpu,
        };
        let Memory { address, bytes, len, .. } = memory;
        self.push(Buffer { address, bytes, moves: Moves::Nothing, residency });
        Ok(len)
    }

    /// A buffer that kernels print into.
    pub(crate) fn add_prints(&mut self, mut words: Vec<u64>) -> Result<(), Error> {
        self.add_written(&mut words, Moves::Both)?;
        self.prints.push(words);
        Ok(())
    }

    /// What kernels have printed.
    pub(crate) fn printed(&self) -> String {
        self.prints.iter().map(|words| printing::read(words)).collect()
    }
}
