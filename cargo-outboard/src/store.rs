//! The plugin and the linker step, where builds use them: a folder named by rustc's commit and the content's hash.
//! cargo and rustc see paths change, and never what is in files.

use crate::error::{Error, Result};
use crate::toolchain::Toolchain;
use sha2::{Digest as _, Sha256};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The plugin.
pub(crate) const PLUGIN: &str = "liboutboard_pass.so";
/// The linker step.
pub(crate) const LINKER: &str = "outboard-link";
/// What the linker step runs where there are launches.
pub(crate) const REGISTER: &str = "outboard-register";
/// What looks into images.
pub(crate) const DEVICE_LINK: &str = "device-link";

/// What builds use.
const KEPT: [&str; 3] = [PLUGIN, LINKER, REGISTER];

/// Hexadecimal digits of a hash in a path.
const DIGITS: usize = 16;

/// What a build uses, where it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) plugin: PathBuf,
    pub(crate) linker: PathBuf,
}

/// A file of ours: in the folder that `OUTBOARD_TOOLS` names, else beside this program, else in `lib/outboard`
/// beside its folder.
pub(crate) fn part(file: &'static str) -> Result<PathBuf> {
    let places: Vec<PathBuf> = match env::var_os("OUTBOARD_TOOLS") {
        Some(folder) => vec![folder.into()],
        None => {
            let program = env::current_exe().ok().and_then(|program| fs::canonicalize(program).ok());
            let folder = program.as_deref().and_then(Path::parent);
            let library = folder.and_then(Path::parent).map(|folder| folder.join("lib/outboard"));
            folder.map(ToOwned::to_owned).into_iter().chain(library).collect()
        }
    };
    let found = places.iter().map(|folder| folder.join(file)).find(|path| path.is_file());
    found.ok_or_else(|| {
        let places: Vec<_> = places.iter().map(|place| format!("`{}`", place.display())).collect();
        Error::NoPart { file, places: places.join(" and ") }
    })
}

/// The folder of what is kept: `OUTBOARD_HOME`, or `outboard` among the user's caches.
pub(crate) fn folder() -> Result<PathBuf> {
    let named = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = || named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")));
    let folder = named("OUTBOARD_HOME").or_else(|| Some(caches()?.join("outboard")));
    let absolute = folder.and_then(|folder| std::path::absolute(folder).ok());
    absolute.ok_or(Error::NoStore)
}

/// Hashes of content by what files were.
const KNOWN: &str = "known";

/// What is kept, for all builds. The folder itself may be one that the user has for other things too.
pub(crate) fn kept() -> Result<Vec<PathBuf>> {
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name == KNOWN || is_hash(&name)
    };
    let entries = fs::read_dir(folder()?).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(is_ours).collect();
    found.sort();
    Ok(found)
}

fn is_hash(name: &str) -> bool {
    name.len() == DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Keeps what builds with `toolchain` use, if it isn't yet.
pub(crate) fn keep(toolchain: &Toolchain) -> Result<Kept> {
    let store = folder()?;
    let parts = KEPT.map(part).into_iter().collect::<Result<Vec<_>>>()?;
    let hash = content_hash(&store, &parts).map_err(kept_nowhere)?;
    let commit = toolchain.commit.get(..DIGITS).unwrap_or(&toolchain.commit);
    let place = store.join(commit).join(hash);
    if !place.is_dir() {
        copy_whole(&parts, &place).map_err(kept_nowhere)?;
    }
    Ok(Kept { plugin: place.join(PLUGIN), linker: place.join(LINKER) })
}

/// What can't be written is the store.
fn kept_nowhere(error: Error) -> Error {
    match error {
        Error::Write { path, source } => Error::Store { path, source },
        other => other,
    }
}

/// Keeps a file of helpers, if it isn't yet, under a path that changes with its content.
pub(crate) fn keep_helpers(file: &Path) -> Result<PathBuf> {
    let file = std::path::absolute(file).map_err(|source| Error::Read { path: file.to_owned(), source })?;
    let hash = content_hash(&folder()?, std::slice::from_ref(&file))?;
    let place = folder()?.join("helpers").join(hash);
    if !place.is_dir() {
        copy_whole(std::slice::from_ref(&file), &place)?;
    }
    Ok(place.join(file.file_name().unwrap_or_default()))
}

/// Copies `files` to a folder beside `place` that then takes its name.
fn copy_whole(files: &[PathBuf], place: &Path) -> Result<()> {
    let failed = |source| Error::Write { path: place.to_owned(), source };
    let parent = place.parent().unwrap_or(place);
    fs::create_dir_all(parent).map_err(failed)?;
    let new = tempfile::Builder::new().prefix(".new.").tempdir_in(parent).map_err(failed)?;
    for file in files {
        let name = file.file_name().unwrap_or_default();
        fs::copy(file, new.path().join(name)).map_err(failed)?;
    }
    let new = new.keep();
    match fs::rename(&new, place) {
        Ok(()) => Ok(()),
        // Somebody else was faster, with the same content.
        Err(_) if place.is_dir() => fs::remove_dir_all(&new).map_err(failed),
        Err(source) => Err(failed(source)),
    }
}

/// The hash of all content. Reading so much takes longer than many a build: what a file was is known by its path,
/// size and time.
fn content_hash(store: &Path, files: &[PathBuf]) -> Result<String> {
    let mut seen = Sha256::new();
    for file in files {
        let read = |source| Error::Read { path: file.clone(), source };
        let metadata = fs::metadata(file).map_err(read)?;
        let stamp = format!("{}:{}.{}", metadata.len(), metadata.mtime(), metadata.mtime_nsec());
        seen.update(file.as_os_str().as_encoded_bytes());
        seen.update(stamp);
        seen.update(metadata.ino().to_le_bytes());
    }
    let known = store.join(KNOWN).join(hexadecimal(&seen.finalize()));
    if let Ok(hash) = fs::read_to_string(&known)
        && is_hash(&hash)
    {
        return Ok(hash);
    }
    let mut content = Sha256::new();
    for file in files {
        let bytes = fs::read(file).map_err(|source| Error::Read { path: file.clone(), source })?;
        content.update((bytes.len() as u64).to_le_bytes());
        content.update(&bytes);
    }
    let hash = hexadecimal(&content.finalize());
    write_file(&known, hash.as_bytes())?;
    Ok(hash)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().take(DIGITS / 2).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes a file whole or not at all, and its folder where needed.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    let file = tempfile::Builder::new().prefix(".new.").permissions(mode).tempfile_in(folder);
    let mut file = file.map_err(|error| failed(error.kind().into()))?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::content_hash;
    use std::fs;

    #[test]
    fn the_hash_is_of_the_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a file");
            path
        };
        let hash = |files: &[_]| content_hash(&folder.path().join("store"), files).expect("readable");
        let (a, b) = (file("a", "1"), file("b", "1"));
        assert_eq!(hash(std::slice::from_ref(&a)), hash(&[b]));
        let before = hash(std::slice::from_ref(&a));
        assert_eq!(hash(&[file("a", "22")]).len(), before.len());
        assert_ne!(hash(&[a]), before);
    }
}
