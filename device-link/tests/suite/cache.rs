//! What is found in a cache: the same bytes, and only where nothing has changed that they are made of.

use crate::support::{device_link, llvm, printed, run};
use std::path::{Path, PathBuf};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Compiles a kernel that adds `number`.
    fn compile(&self, name: &str, number: u32) {
        let source = format!("void {name}(int *p) {{ *p += {number}; }}");
        std::fs::write(self.path("source.c"), source).expect("writable");
        let output = self.path(&format!("{name}.bc"));
        printed(
            llvm("clang").args(["-O1", "-c", "-emit-llvm"]).arg(self.path("source.c")).arg("-o").arg(output),
        );
    }

    /// Links with the cache and returns the container and what was said.
    fn link(&self, inputs: &[&str], flags: &[&str]) -> (Vec<u8>, String) {
        let mut link = device_link();
        link.arg("link").args(inputs.iter().map(|input| self.path(input))).args(flags);
        let output = run(link.arg("--cache-dir").arg(self.path("cache")).arg("-o").arg(self.path("out")));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stderr).replace(&*self.0.path().to_string_lossy(), "DIR");
        (std::fs::read(self.path("out")).expect("written"), text)
    }

    /// The entries of the cache.
    fn entries(&self) -> Vec<PathBuf> {
        let list = |folder: &Path| -> Vec<PathBuf> {
            let entries = std::fs::read_dir(folder).expect("readable");
            entries.map(|entry| entry.expect("readable").path()).collect()
        };
        list(&self.path("cache")).iter().flat_map(|folder| list(folder)).collect()
    }
}

const TARGETS: [&str; 4] = ["--target", "x86_64", "--target", "amdgcn:gfx90a"];

#[test]
fn an_image_is_made_once() {
    let folder = Folder::new();
    folder.compile("one", 1);
    folder.compile("two", 2);
    let inputs = ["one.bc", "two.bc"];
    let (first, _) = folder.link(&inputs, &TARGETS);
    // Two images, the code of each module for both, and what the modules refer to.
    assert_eq!(folder.entries().len(), 2 + 4 + 2);
    let (again, said) = folder.link(&inputs, &TARGETS);
    assert_eq!((again == first, said.as_str()), (true, ""), "the same bytes, and nothing to say");
    assert_eq!(folder.entries().len(), 8);
    // One more image of the same inputs; those that are there stay.
    let (_, _) = folder.link(&inputs, &[&TARGETS[..], &["--target", "spirv64"]].concat());
    assert_eq!(folder.entries().len(), 9);
    let listing = printed(device_link().arg("list").arg(folder.path("out")));
    let listing = String::from_utf8(listing).expect("text");
    let triples: Vec<_> = listing.lines().filter_map(|line| line.strip_prefix("image ")).collect();
    assert!(
        triples[0].contains("x86_64") && triples[1].contains("gfx90a") && triples[2].contains("spirv64"),
        "{listing}"
    );
}

/// Nightly toolchains of different days have one release, and `rustup update` puts one in the place of the other.
#[test]
fn another_standard_library_makes_another_image() {
    let folder = Folder::new();
    folder.compile("one", 1);
    let libraries = folder.path("toolchain/lib/rustlib/x86_64-unknown-linux-gnu/lib");
    std::fs::create_dir_all(&libraries).expect("a folder");
    let sysroot = folder.path("toolchain").display().to_string();
    let entries = |library: &str| {
        std::fs::write(libraries.join("libcore-1.rlib"), library).expect("writable");
        folder.link(&["one.bc"], &["--sysroot", &sysroot]);
        folder.entries().len()
    };
    let first = entries("of a day");
    assert!(entries("of another day") > first);
}

#[test]
fn whatever_matters_makes_another_image() {
    let folder = Folder::new();
    folder.compile("one", 1);
    folder.compile("two", 2);
    let inputs = ["one.bc", "two.bc"];
    let mut expected = 0;
    let mut check = |inputs: &[&str], flags: &[&str], new: usize, what: &str| {
        folder.link(inputs, flags);
        expected += new;
        assert_eq!(folder.entries().len(), expected, "{what}");
    };
    check(
        &inputs,
        &[],
        1 + 2 + 2,
        "the first link: an image, and for each module its code and what it refers to",
    );
    check(&inputs, &["-O3"], 1 + 2, "another level of optimization");
    check(&inputs, &["--kernel", "one"], 1 + 1, "a kernel by its name");
    check(&inputs, &["--target", "x86_64:x86-64-v3"], 1 + 2, "another processor");
    check(&["two.bc", "one.bc"], &[], 1, "another order: another image of the same code");
    check(&inputs, &["--jobs", "1"], 0, "the number of jobs");
    check(&inputs, &["-v"], 0, "what is printed");
    folder.compile("one", 3);
    check(&inputs, &[], 1 + 1 + 1, "another input: an image, and one module's code and what it refers to");
    folder.compile("one", 1);
    check(&inputs, &[], 0, "the input as it was");
    // Thin archives name their members instead of having them.
    printed(llvm("llvm-ar").args(["rcs", "--thin"]).arg(folder.path("thin.a")).arg(folder.path("two.bc")));
    check(&["one.bc", "thin.a"], &["--kernel", "two"], 1, "an archive");
    folder.compile("two", 5);
    check(&["one.bc", "thin.a"], &["--kernel", "two"], 1, "a member of a thin archive");
}

#[test]
fn a_damaged_entry_is_told_and_made_anew() {
    let folder = Folder::new();
    folder.compile("one", 1);
    let (first, _) = folder.link(&["one.bc"], &[]);
    let damage = |entry: &PathBuf| {
        let mut bytes = std::fs::read(entry).expect("readable");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(entry, bytes).expect("writable");
    };
    let entries = folder.entries();
    entries.iter().for_each(damage);
    let (again, said) = folder.link(&["one.bc"], &[]);
    assert!(again == first, "the same bytes");
    let name = |entry: &PathBuf| entry.to_string_lossy().replace(&*folder.0.path().to_string_lossy(), "DIR");
    let mut expected: Vec<_> = entries
        .iter()
        .map(name)
        .map(|name| {
            format!(
                "warning[OB0212]: `{name}` of the cache was damaged and is removed: its content is not what it was"
            )
        })
        .collect();
    expected.sort();
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    assert_eq!(folder.link(&["one.bc"], &[]), (first, String::new()));
}

#[test]
fn a_cache_has_a_size() {
    let folder = Folder::new();
    folder.compile("one", 1);
    folder.compile("two", 2);
    folder.compile("six", 6);
    let (first, _) = folder.link(&["one.bc"], &TARGETS);
    // An image for each target, and what the module refers to: the smallest.
    let mut images = folder.entries();
    images.sort_by_key(|path| path.metadata().expect("there").len());
    let [_, x86_64, amdgcn] = images.try_into().expect("three entries");
    folder.link(&["two.bc"], &TARGETS);
    assert_eq!(folder.entries().len(), 6, "2 GiB are enough");
    // Used again, it is younger than the other, and goes after it.
    assert_eq!(folder.link(&["one.bc"], &TARGETS), (first, String::new()));
    let sizes: u64 = folder.entries().iter().map(|path| path.metadata().expect("there").len()).sum();
    // The new images are about as large as those that go.
    let limit = sizes + 1000;
    folder.link(&["six.bc"], &[&TARGETS[..], &["--cache-size", &limit.to_string()]].concat());
    let left = folder.entries();
    assert!(left.contains(&x86_64) && left.contains(&amdgcn), "{left:?}");
    let now: u64 = left.iter().map(|path| path.metadata().expect("there").len()).sum();
    assert!(left.len() == 5 && now <= limit, "{now} of {limit} bytes");
    // What a link used stays, however little room there is.
    let (_, said) = folder.link(&["two.bc"], &[&TARGETS[..], &["--cache-size", "1kB"]].concat());
    assert_eq!((folder.entries().len(), said.as_str()), (3, ""));
    let (_, said) = folder.link(&["two.bc"], &[&TARGETS[..], &["--cache-size", "0"]].concat());
    assert_eq!((folder.entries().len(), said.as_str()), (3, ""));
}

#[test]
fn sizes_that_are_none() {
    let said = |arguments: &[&str]| {
        let output = run(device_link().args(["link", "names.ll", "-o", "/nowhere/out"]).args(arguments));
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.split("\n\n").next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(said(&["--cache-dir", "/nowhere", "--cache-size", "2 elephants"]), @"error: invalid value '2 elephants' for '--cache-size <SIZE>': a size is a number of bytes, or one with kB, MB, GB, KiB, MiB or GiB behind it");
    insta::assert_snapshot!(said(&["--cache-dir", "/nowhere", "--cache-size=-1"]), @"error: invalid value '-1' for '--cache-size <SIZE>': a size is a number of bytes, or one with kB, MB, GB, KiB, MiB or GiB behind it");
    insta::assert_snapshot!(said(&["--cache-size", "2GB"]), @"
    error: the following required arguments were not provided:
      --cache-dir <DIR>
    ");
}

#[test]
fn a_cache_that_cannot_be() {
    let folder = Folder::new();
    folder.compile("one", 1);
    std::fs::write(folder.path("cache"), "a file").expect("writable");
    let mut link = device_link();
    link.arg("link").arg(folder.path("one.bc")).arg("--cache-dir").arg(folder.path("cache"));
    let output = run(link.arg("-o").arg(folder.path("out")));
    let text = String::from_utf8_lossy(&output.stderr).replace(&*folder.0.path().to_string_lossy(), "DIR");
    assert_eq!(
        (output.status.code(), text.trim_end()),
        (Some(1), "error[OB0207]: can't write `DIR/cache`: File exists (os error 17)")
    );
}
