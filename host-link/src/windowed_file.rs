//! Reads of few bytes at many places of a file, of which those beside each other are one read.

use object::read::ReadCacheOps;
use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// What is read beyond what is asked for. Headers of members and of objects stand together, behind those of the
/// sections of the object before; then come large gaps.
const AHEAD: usize = 512;

/// The longest read that goes through the window: longer ones are whole tables.
const LONGEST: usize = 4096;

/// A file, for [`object::ReadCache`].
#[derive(Debug)]
pub(crate) struct WindowedFile {
    file: File,
    size: u64,
    at: u64,
    /// What was read last, and where it starts.
    window: Vec<u8>,
    start: u64,
}

impl WindowedFile {
    pub(crate) fn new(file: File) -> std::io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self { file, size, at: 0, window: Vec::new(), start: 0 })
    }

    /// The `length` bytes at the position, if the window has them.
    fn in_window(&self, length: usize) -> Option<&[u8]> {
        let offset = usize::try_from(self.at.checked_sub(self.start)?).ok()?;
        self.window.get(offset..offset.checked_add(length)?)
    }

    /// Moves the window to the `length` bytes at the position, as far as the file goes.
    fn move_window(&mut self, length: usize) -> Option<()> {
        let rest = usize::try_from(self.size.checked_sub(self.at)?).unwrap_or(usize::MAX);
        self.window.resize(rest.min(length + AHEAD), 0);
        self.start = self.at;
        let read = self.file.read_exact_at(&mut self.window, self.start);
        if read.is_err() {
            self.window.clear();
        }
        read.ok()
    }
}

impl ReadCacheOps for WindowedFile {
    fn len(&mut self) -> Result<u64, ()> {
        Ok(self.size)
    }

    fn seek(&mut self, position: u64) -> Result<u64, ()> {
        self.at = position;
        Ok(position)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ()> {
        let read = self.file.read_at(buffer, self.at).map_err(drop)?;
        self.at += read as u64;
        Ok(read)
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ()> {
        if buffer.len() > LONGEST {
            self.file.read_exact_at(buffer, self.at).map_err(drop)?;
        } else {
            if self.in_window(buffer.len()).is_none() {
                self.move_window(buffer.len()).ok_or(())?;
            }
            buffer.copy_from_slice(self.in_window(buffer.len()).ok_or(())?);
        }
        self.at += buffer.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{AHEAD, LONGEST, WindowedFile};
    use object::read::ReadCacheOps as _;
    use std::io::Write as _;

    #[test]
    fn every_read_gives_what_is_there() {
        let bytes: Vec<u8> = (0..2 * LONGEST + 3).map(|index| (index % 251) as u8).collect();
        let mut file = tempfile::tempfile().expect("a file can be made");
        file.write_all(&bytes).expect("it can be written");
        let mut file = WindowedFile::new(file).expect("it has a size");
        assert_eq!(file.len(), Ok(bytes.len() as u64));
        let end = bytes.len();
        for (at, length) in [
            (0, 8),
            (8, 60),
            (500, 60),
            (450, AHEAD),
            (600, LONGEST),
            (3, LONGEST + 1),
            (end - 5, 5),
            (end, 0),
        ] {
            let mut found = vec![0; length];
            assert_eq!(file.seek(at as u64), Ok(at as u64));
            assert_eq!(file.read_exact(&mut found), Ok(()), "{length} bytes at {at}");
            assert_eq!(found, bytes[at..at + length], "{length} bytes at {at}");
        }
        for (at, length) in [(end - 5, 6), (end, 1), (end + 1, 1), (end - 5, LONGEST + 1)] {
            assert_eq!(file.seek(at as u64), Ok(at as u64));
            assert_eq!(file.read_exact(&mut vec![0; length]), Err(()), "{length} bytes at {at}");
        }
    }
}
