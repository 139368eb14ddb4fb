//! Results kept in a folder under a hash of all that they were made from.
//!
//! An entry is a file `ab/cdef...`, named by its key: a magic, the content's length and SHA-256, the
//! content. It is written beside its place and renamed, so several processes may share a folder.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"OBCACHE1";
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
    },
}

/// A folder of results.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in `folder`, which is made where it isn't there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn path(&self, key: &Key) -> PathBuf {
        let (first, rest) = key.0.split_at(2);
        self.folder.join(first).join(rest)
    }

    /// Looks `key` up.
    pub fn find(&self, key: &Key) -> Found {
        let path = self.path(key);
        let mut bytes = Vec::new();
        let read = std::fs::File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes));
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Missing,
            Err(error) => Found::Damaged { path, reason: error.to_string() },
            Ok(_) => match content_of(&bytes) {
                Ok(content) => Found::Content(content.to_owned()),
                Err(reason) => Found::Damaged { path, reason: reason.to_owned() },
            },
        }
    }

    /// Keeps `content` under `key`, whole or not at all.
    pub fn keep(&self, key: &Key, content: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".new.").tempfile_in(folder)?;
        file.write_all(MAGIC)?;
        file.write_all(&(content.len() as u64).to_le_bytes())?;
        file.write_all(&Sha256::digest(content))?;
        file.write_all(content)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }
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
mod tests {
    use super::*;

    fn key(parts: &[(&str, &[u8])]) -> Key {
        let mut builder = KeyBuilder::new("tests");
        for (name, content) in parts {
            builder.part(name, content);
        }
        builder.finish()
    }

    #[test]
    fn keys_differ_where_any_part_does() {
        let keys = [
            key(&[]),
            key(&[("a", b"x")]),
            key(&[("a", b"y")]),
            key(&[("b", b"x")]),
            key(&[("a", b"x"), ("a", b"x")]),
            key(&[("a", b"xa"), ("x", b"")]),
            key(&[("ax", b""), ("a", b"x")]),
            KeyBuilder::new("other").finish(),
        ];
        for (index, first) in keys.iter().enumerate() {
            assert!(keys[index + 1..].iter().all(|second| first != second), "{index}");
        }
        assert_eq!(key(&[("a", b"x")]), key(&[("a", b"x")]));
        assert_eq!(keys[0].as_str().len(), 64);
    }

    #[test]
    fn what_is_kept_is_found() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::open(&folder.path().join("a/b")).expect("made");
        let key = key(&[("input", b"bytes")]);
        assert_eq!(cache.find(&key), Found::Missing);
        for content in [&b"result"[..], b"", b"another"] {
            cache.keep(&key, content).expect("kept");
            assert_eq!(cache.find(&key), Found::Content(content.to_owned()));
        }
        let files = std::fs::read_dir(cache.path(&key).parent().expect("in a folder")).expect("readable");
        assert_eq!(files.count(), 1, "no temporary file is left");
    }

    #[test]
    fn every_damage_is_seen() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::open(folder.path()).expect("made");
        let key = key(&[]);
        cache.keep(&key, b"content").expect("kept");
        let path = cache.path(&key);
        let whole = std::fs::read(&path).expect("readable");
        let damaged = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("writable");
            matches!(cache.find(&key), Found::Damaged { .. })
        };
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            assert!(damaged(&bytes), "byte {at}");
            assert!(damaged(&whole[..at]), "cut at {at}");
        }
        std::fs::remove_file(&path).expect("removable");
        std::fs::create_dir(&path).expect("makeable");
        assert!(matches!(cache.find(&key), Found::Damaged { .. }), "a folder is no entry");
    }

    #[test]
    fn a_folder_that_cannot_be_made() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        assert!(Cache::open(&file.path().join("cache")).is_err());
    }
}
