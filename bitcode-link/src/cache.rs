//! Results kept in a folder under a hash of all that they were made from.
//!
//! An entry is a file `ab/cdef...`, named by its key: a magic, the content's length and SHA-256, the
//! content. It is written beside its place and renamed, so several processes may share a folder. The time at
//! which a file was changed is the time at which the entry was last used.

use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

const MAGIC: &[u8; 8] = b"OBCACHE1";
/// Of names of files that are being written.
const NEW: &str = ".new.";
/// After which nobody is writing a file any more: who was has been killed.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);
const HEADER: usize = MAGIC.len() + size_of::<u64>() + 32;

/// What a result was made from, as a hash. Every part has a name and a length, so that no two lists of
/// parts run together to one.
#[derive(Debug, Clone)]
pub struct KeyBuilder(Sha256);

impl KeyBuilder {
    /// A key for results of `what`, which names the kind of result and the version of its maker.
    pub fn new(what: &str) -> Self {
        let mut builder = Self(Sha256::new());
        builder.part("what", what.as_bytes());
        builder
    }

    /// Adds a part.
    pub fn part(&mut self, name: &str, content: &[u8]) -> &mut Self {
        for bytes in [name.as_bytes(), content] {
            self.0.update((bytes.len() as u64).to_le_bytes());
            self.0.update(bytes);
        }
        self
    }

    /// The key of all parts.
    pub fn finish(&self) -> Key {
        let mut text = String::new();
        for byte in self.0.clone().finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        Key(text)
    }
}

/// The hash of everything that a result was made from, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a cache has under a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// The result.
    Content(Vec<u8>),
    /// Nothing.
    Missing,
    /// A file that isn't what was written. It is no reason to fail: the result is made anew, and put in
    /// its place.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// Whether it is gone.
        removed: bool,
    },
}

/// A folder of results.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    /// The entries that were found or kept: they stay.
    used: Arc<Mutex<HashSet<PathBuf>>>,
}

/// What was removed to make room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shrunk {
    /// The number of entries.
    pub entries: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// An entry, as its file says.
struct Entry {
    used: SystemTime,
    path: PathBuf,
    bytes: u64,
}

impl Cache {
    /// The cache in `folder`, which is made where it isn't there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), used: Arc::default() })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, key: &Key) -> PathBuf {
        let (first, rest) = key.0.split_at(2);
        self.folder.join(first).join(rest)
    }

    fn note_use(&self, path: PathBuf) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(path);
    }

    /// Looks `key` up. What is damaged is removed.
    pub fn find(&self, key: &Key) -> Found {
        let path = self.path(key);
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes).map(|_| file));
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Missing,
            Err(error) => Found::Damaged { path, reason: error.to_string(), removed: false },
            Ok(file) => match content_of(&bytes) {
                Ok(content) => {
                    // Whose cache it isn't may not be able to say that it was used.
                    let _ = file.set_modified(SystemTime::now());
                    self.note_use(path);
                    Found::Content(content.to_owned())
                }
                Err(reason) => {
                    let removed = std::fs::remove_file(&path).is_ok();
                    Found::Damaged { path, reason: reason.to_owned(), removed }
                }
            },
        }
    }

    /// Keeps `content` under `key`, whole or not at all.
    pub fn keep(&self, key: &Key, content: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder)?;
        let made = tempfile::Builder::new().prefix(NEW).tempfile_in(folder);
        // tempfile's own texts name the temporary file.
        let mut new = made.map_err(|error| io::Error::from(error.kind()))?;
        let file = new.as_file_mut();
        file.write_all(MAGIC)?;
        file.write_all(&(content.len() as u64).to_le_bytes())?;
        file.write_all(&Sha256::digest(content))?;
        file.write_all(content)?;
        new.persist(&path).map_err(|error| error.error)?;
        self.note_use(path);
        Ok(())
    }

    /// Removes entries, those first that nobody has used for longest, until the rest is no more than `limit` bytes.
    /// What was found or kept through this cache stays. Others may use the folder meanwhile: an entry that is being
    /// read is read to its end, and one that is gone already is none of anybody's trouble.
    pub fn shrink(&self, limit: u64) -> io::Result<Shrunk> {
        let mut entries = self.entries()?;
        let mut total: u64 = entries.iter().map(|entry| entry.bytes).sum();
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner).clone();
        entries.retain(|entry| !used.contains(&entry.path));
        entries.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
        let mut shrunk = Shrunk::default();
        for entry in entries {
            if total <= limit {
                break;
            }
            match std::fs::remove_file(&entry.path) {
                Ok(()) => {
                    shrunk.entries += 1;
                    shrunk.bytes += entry.bytes;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => continue,
            }
            total -= entry.bytes;
        }
        Ok(shrunk)
    }

    /// The entries, and nothing else that somebody may have put into the folder. What was never written to its end
    /// is removed on the way.
    fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for folder in std::fs::read_dir(&self.folder)? {
            let folder = folder?;
            // Who shares the folder may remove files while they are listed.
            let Ok(files) = std::fs::read_dir(folder.path()) else { continue };
            for file in files.flatten() {
                let Some(name) = file.file_name().to_str().map(ToOwned::to_owned) else { continue };
                let Ok(metadata) = file.metadata() else { continue };
                let (Ok(used), path) = (metadata.modified(), file.path()) else { continue };
                let whole = folder.file_name().to_string_lossy().into_owned() + &name;
                if is_key(&whole) && metadata.is_file() {
                    entries.push(Entry { used, path, bytes: metadata.len() });
                } else if name.starts_with(NEW) && used.elapsed().is_ok_and(|age| age > ABANDONED) {
                    let _ = std::fs::remove_file(path);
                }
            }
        }
        Ok(entries)
    }
}

/// Whether `name` is the text of a key.
fn is_key(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The content of an entry, if it is what its header says.
fn content_of(bytes: &[u8]) -> Result<&[u8], &'static str> {
    let (header, content) = bytes.split_at_checked(HEADER).ok_or("it is cut off")?;
    let rest = header.strip_prefix(MAGIC).ok_or("it is no entry of a cache of this version")?;
    let (length, hash) = rest.split_at(size_of::<u64>());
    if length != (content.len() as u64).to_le_bytes() {
        return Err("its length is not what it was");
    }
    if hash != Sha256::digest(content).as_slice() {
        return Err("its content is not what it was");
    }
    Ok(content)
}

#[cfg(test)]
mod tests;
