//! Bytes of a section in, its records out: any bytes give records or an error.

use crate::dictionary;
use crate::error::Error;
use crate::layout::{ALIGNMENT, HEADER_SIZE, Header, MAGIC, VERSION, checksum};
use crate::summary::Summary;
use crate::summary_bytes::{self, Parts};
use std::io::Read as _;
use zerocopy::FromBytes as _;

/// A record whose header has been read.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    header: Header,
    stored: &'a [u8],
    offset: usize,
}

/// The records of a section, one after the other; after an error there are no more.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The records in `bytes`, which are a section.
pub fn records(bytes: &[u8]) -> Records<'_> {
    Records { bytes, at: 0 }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..)?;
        // Linkers fill up with zeros.
        if rest.iter().take(ALIGNMENT).all(|byte| *byte == 0) {
            if rest.len() <= ALIGNMENT {
                return None;
            }
            self.at += ALIGNMENT;
            return self.next_after_padding();
        }
        Some(self.take())
    }
}

impl<'a> Records<'a> {
    fn next_after_padding(&mut self) -> Option<Result<Record<'a>, Error>> {
        let padding = self.bytes[self.at..].iter().take_while(|byte| **byte == 0).count();
        if self.at + padding == self.bytes.len() {
            return None;
        }
        self.at += padding / ALIGNMENT * ALIGNMENT;
        Some(self.take())
    }

    fn take(&mut self) -> Result<Record<'a>, Error> {
        let record = read(self.bytes, self.at);
        self.at = record.as_ref().map_or(self.bytes.len(), |record| record.end());
        record
    }
}

/// What the header of a record says, of which no more is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Bytes of the record, header and padding included.
    pub size: usize,
    /// How many launches its summary lists.
    pub launch_count: u32,
}

/// What `header`, the first [`HEADER_SIZE`] bytes of the record at `offset` of a section, says. The section has
/// `available` bytes from there on.
///
/// # Errors
/// It is none, or one of a record that can't be used, or that is longer than the section.
pub fn head(header: &[u8], offset: usize, available: usize) -> Result<Head, Error> {
    let header = check(header, offset, available)?;
    // Checked to be no more than the section has.
    Ok(Head { size: header.total_size.get() as usize, launch_count: header.launch_count.get() })
}

fn check(bytes: &[u8], offset: usize, available: usize) -> Result<Header, Error> {
    if !bytes.starts_with(&MAGIC) {
        return Err(Error::NotARecord { offset });
    }
    let wrong_size = |size: u64| Error::Size { offset, size, available };
    let (header, _) = Header::read_from_prefix(bytes).map_err(|_| wrong_size(HEADER_SIZE as u64))?;
    // Nothing else of another version's header means anything.
    if header.version.get() != VERSION {
        return Err(Error::Version { offset, found: header.version.get() });
    }
    if header.llvm_major.get() != abi::LLVM_MAJOR {
        return Err(Error::LlvmMajor { offset, found: header.llvm_major.get() });
    }
    if header.dictionary.get() != dictionary::NUMBER {
        return Err(Error::Dictionary { offset, found: header.dictionary.get() });
    }
    let total = header.total_size.get();
    let fits = |total: usize| total >= HEADER_SIZE && total <= available && total.is_multiple_of(ALIGNMENT);
    if usize::try_from(total).is_ok_and(fits) { Ok(header) } else { Err(wrong_size(total)) }
}

fn read(bytes: &[u8], offset: usize) -> Result<Record<'_>, Error> {
    let rest = &bytes[offset..];
    let header = check(rest, offset, rest.len())?;
    let wrong_size = |size: u64| Error::Size { offset, size, available: rest.len() };
    let body = &rest[HEADER_SIZE..header.total_size.get() as usize];
    let stored = usize::try_from(header.stored_size.get()).ok().and_then(|size| body.get(..size));
    let stored = stored.ok_or_else(|| wrong_size(header.stored_size.get()))?;
    Ok(Record { header, stored, offset })
}

impl Record<'_> {
    /// Where the record starts in its section.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Bytes of the record, header and padding included.
    pub fn size(&self) -> usize {
        // Checked when it was read.
        self.header.total_size.get() as usize
    }

    fn end(&self) -> usize {
        self.offset + self.size()
    }

    /// How many launches its summary lists.
    pub fn launch_count(&self) -> u32 {
        self.header.launch_count.get()
    }

    /// What the record says about its bitcode. The bitcode itself is not decompressed.
    ///
    /// # Errors
    /// The record is damaged.
    pub fn summary(&self) -> Result<Summary, Error> {
        let (summary, _) = self.read(false)?;
        Ok(summary)
    }

    /// What the record says, and the bitcode.
    ///
    /// # Errors
    /// The record is damaged.
    pub fn unpack(&self) -> Result<(Summary, Vec<u8>), Error> {
        self.read(true)
    }

    /// What the record has compressed: samples of it make a dictionary.
    ///
    /// # Errors
    /// The record is damaged.
    pub fn content(&self) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        self.frame()?.read_to_end(&mut content).map_err(|error| self.damaged(error))?;
        Ok(content)
    }

    fn frame(&self) -> Result<impl std::io::Read, Error> {
        if checksum(self.stored) != self.header.checksum.get() {
            return Err(self.damaged("its content is not what its checksum says"));
        }
        zstd::Decoder::with_prepared_dictionary(self.stored, &dictionary::DECODER)
            .map_err(|error| self.damaged(error))
    }

    fn read(&self, with_bitcode: bool) -> Result<(Summary, Vec<u8>), Error> {
        let mut frame = self.frame()?;
        let text = self.take(&mut frame, self.header.summary_size.get())?;
        let Parts { summary, names, cut_at } =
            summary_bytes::read(&text).map_err(|reason| self.damaged(reason))?;
        if summary.launches.len() as u64 != u64::from(self.header.launch_count.get()) {
            return Err(self.damaged("it does not list as many launches as its header says"));
        }
        if !with_bitcode {
            return Ok((summary, Vec::new()));
        }
        let cut_size = cut_at.map_or(0, |_| names.len() as u64);
        let stored = self.header.bitcode_size.get().checked_sub(cut_size);
        let stored = stored.ok_or_else(|| self.damaged("its names are longer than its bitcode"))?;
        let mut bitcode = self.take(&mut frame, stored)?;
        if frame.read(&mut [0]).map_err(|error| self.damaged(error))? != 0 {
            return Err(self.damaged("it goes on behind the bitcode"));
        }
        if let Some(at) = cut_at {
            let at = usize::try_from(at).ok().filter(|at| *at <= bitcode.len());
            let at = at.ok_or_else(|| self.damaged("its names belong behind its bitcode"))?;
            bitcode.splice(at..at, names.iter().copied());
        }
        Ok((summary, bitcode))
    }

    /// The next `size` bytes of `frame`. Memory is taken as they come, not as the header wishes.
    fn take(&self, frame: &mut impl std::io::Read, size: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        frame.take(size).read_to_end(&mut bytes).map_err(|error| self.damaged(error))?;
        if bytes.len() as u64 == size { Ok(bytes) } else { Err(self.damaged("it ends early")) }
    }

    fn damaged(&self, reason: impl std::fmt::Display) -> Error {
        Error::Damaged { offset: self.offset, reason: reason.to_string() }
    }
}
