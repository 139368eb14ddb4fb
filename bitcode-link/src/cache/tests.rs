//! Tests of the cache: keys, entries, damage, and what is removed when there is no room.

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
        matches!(cache.find(&key), Found::Damaged { removed: true, .. }) && !path.exists()
    };
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        assert!(damaged(&bytes), "byte {at}");
        assert!(damaged(&whole[..at]), "cut at {at}");
    }
    assert_eq!(cache.find(&key), Found::Missing);
    std::fs::create_dir(&path).expect("makeable");
    assert!(matches!(cache.find(&key), Found::Damaged { removed: false, .. }), "a folder is no entry");
}

#[test]
fn a_folder_that_cannot_be_made() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    assert!(Cache::open(&file.path().join("cache")).is_err());
}

/// A cache with entries of 1000 bytes, used one second after another.
fn filled(folder: &Path, count: u64) -> (Cache, Vec<Key>) {
    let writer = Cache::open(folder).expect("made");
    let keys: Vec<_> = (0..count).map(|number| key(&[("number", &number.to_le_bytes())])).collect();
    for (seconds, key) in (1..).zip(&keys) {
        writer.keep(key, &vec![7; 1000 - HEADER]).expect("kept");
        let file = File::open(writer.path(key)).expect("kept");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).expect("changeable");
    }
    (Cache::open(folder).expect("made"), keys)
}

fn there(cache: &Cache, keys: &[Key]) -> Vec<bool> {
    keys.iter().map(|key| cache.path(key).exists()).collect()
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (cache, keys) = filled(folder.path(), 5);
    assert_eq!(cache.shrink(5000).expect("listed"), Shrunk::default(), "all of it fits exactly");
    // A use by anybody counts.
    let other = Cache::open(folder.path()).expect("made");
    assert!(matches!(other.find(&keys[0]), Found::Content(_)));
    assert_eq!(cache.shrink(4999).expect("listed"), Shrunk { entries: 1, bytes: 1000 });
    assert_eq!(there(&cache, &keys), [true, false, true, true, true]);
    assert_eq!(cache.shrink(2500).expect("listed"), Shrunk { entries: 2, bytes: 2000 });
    assert_eq!(there(&cache, &keys), [true, false, false, false, true]);
    assert_eq!(cache.shrink(0).expect("listed"), Shrunk { entries: 2, bytes: 2000 });
    assert_eq!(there(&cache, &keys), [false; 5]);
}

#[test]
fn what_is_in_use_stays() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (cache, keys) = filled(folder.path(), 3);
    assert!(matches!(cache.find(&keys[0]), Found::Content(_)));
    let kept = key(&[("kept", b"now")]);
    cache.keep(&kept, b"result").expect("kept");
    File::open(cache.path(&kept)).expect("kept").set_modified(SystemTime::UNIX_EPOCH).expect("changeable");
    assert_eq!(cache.shrink(0).expect("listed"), Shrunk { entries: 2, bytes: 2000 });
    assert_eq!(there(&cache, &keys), [true, false, false]);
    assert_eq!(cache.find(&kept), Found::Content(b"result".to_vec()));
}

#[test]
fn nothing_but_entries_is_removed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (cache, keys) = filled(folder.path(), 1);
    let beside = cache.path(&keys[0]);
    let (new, old) = (beside.with_file_name(".new.a"), beside.with_file_name(".new.b"));
    let others = [folder.path().join("readme"), beside.with_file_name("notes"), new.clone()];
    for path in others.iter().chain([&old]) {
        std::fs::write(path, vec![0; 5000]).expect("writable");
    }
    let long_ago = SystemTime::now() - ABANDONED - Duration::from_secs(1);
    File::open(&old).expect("written").set_modified(long_ago).expect("changeable");
    assert_eq!(cache.shrink(0).expect("listed"), Shrunk { entries: 1, bytes: 1000 });
    assert!(
        others.iter().all(|path| path.exists()) && !old.exists(),
        "only what was left half-written goes too"
    );
    std::fs::remove_dir_all(folder.path()).expect("removable");
    assert!(cache.shrink(0).is_err());
}

/// Threads with caches of their own, as processes have them: whoever finds an entry finds all of it.
#[test]
fn several_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let keys: Vec<_> = (0..20u8).map(|number| key(&[("number", &[number])])).collect();
    std::thread::scope(|scope| {
        for thread in 0..4usize {
            let (keys, folder) = (&keys, folder.path());
            scope.spawn(move || {
                for round in 0..50 {
                    let cache = Cache::open(folder).expect("made");
                    let at = (round * 7 + thread * 3) % keys.len();
                    let content = vec![u8::try_from(at).expect("small"); 1000];
                    match cache.find(&keys[at]) {
                        Found::Content(found) => assert_eq!(found, content),
                        Found::Missing => cache.keep(&keys[at], &content).expect("kept"),
                        Found::Damaged { reason, .. } => panic!("{reason}"),
                    }
                    cache.shrink(5000).expect("listed");
                }
            });
        }
    });
    let cache = Cache::open(folder.path()).expect("made");
    cache.shrink(5000).expect("listed");
    let left: u64 = cache.entries().expect("listed").iter().map(|entry| entry.bytes).sum();
    assert!((1..=5000).contains(&left), "{left} bytes are left");
}
