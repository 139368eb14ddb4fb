//! What device code prints and where it panics, read from the buffer as a host would.

use crate::support::{device_link, llvm, printed};
use abi::reports::{Header, NOWHERE, PANICKED, PRINTED, Record};
use std::path::PathBuf;
use std::process::Command;

struct Bench {
    folder: tempfile::TempDir,
}

/// A record, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    kind: u32,
    block: [u32; 3],
    place: (u32, u32),
    kernel: String,
    file: String,
    text: String,
    values: Vec<u64>,
}

impl Bench {
    fn new(flags: &[&str]) -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        printed(llvm("clang").args(["reports_driver.c", "-ldl", "-o"]).arg(bench.file("driver")));
        let bitcode = bench.file("reports.bc");
        printed(llvm("clang").args(["-O2", "-emit-llvm", "-c", "reports.c", "-o"]).arg(&bitcode));
        let container = bench.file("dev.offload");
        printed(device_link().arg("link").arg(&bitcode).args(flags).arg("-o").arg(&container));
        printed(device_link().arg("extract").arg(&container).arg("-o").arg(bench.file("image.so")));
        bench
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the kernel on `items`, of which `bad` panics, with a buffer of `capacity` bytes.
    fn run(&self, items: u32, bad: u32, capacity: usize) -> (Header, Vec<Report>) {
        let mut driver = Command::new(self.file("driver"));
        driver.arg(self.file("image.so"));
        let bytes = printed(driver.args([items.to_string(), bad.to_string(), capacity.to_string()]));
        let (header, records) = bytes.split_at(size_of::<Header>());
        let word = |index: usize| u64::from_le_bytes(header[8 * index..][..8].try_into().expect("8 bytes"));
        let header = Header { capacity: word(0), used: word(1), panics: word(2), reserved: word(3) };
        (header, reports(records))
    }
}

fn reports(mut bytes: &[u8]) -> Vec<Report> {
    let mut found = Vec::new();
    while bytes.len() >= size_of::<Record>() {
        let word = |index: usize| u32::from_le_bytes(bytes[4 * index..][..4].try_into().expect("4 bytes"));
        let size = word(0) as usize;
        if size == 0 {
            break;
        }
        let texts = [word(10), word(11), word(12)].map(|length| length as usize);
        let mut rest = &bytes[size_of::<Record>()..size];
        let [kernel, file, text] = texts.map(|length| {
            let (text, tail) = rest.split_at(length);
            rest = tail;
            String::from_utf8(text.to_vec()).expect("text")
        });
        let count = word(13) as usize;
        let values = bytes[size - 8 * count..size].chunks_exact(8);
        let values = values.map(|value| u64::from_le_bytes(value.try_into().expect("8 bytes"))).collect();
        let block = [word(2), word(3), word(4)];
        found.push(Report { kind: word(1), block, place: (word(8), word(9)), kernel, file, text, values });
        bytes = &bytes[size..];
    }
    found
}

fn print(item: u64) -> Report {
    Report {
        kind: PRINTED,
        block: [NOWHERE; 3],
        place: (0, 0),
        kernel: "reporting".to_owned(),
        file: String::new(),
        text: "item {} gives {}".to_owned(),
        values: vec![item, item * item],
    }
}

fn panic() -> Report {
    Report {
        kind: PANICKED,
        place: (7, 21),
        file: "src/kernel.rs".to_owned(),
        text: "too bad".to_owned(),
        values: Vec::new(),
        ..print(0)
    }
}

#[test]
fn prints_and_panics_are_recorded() {
    for level in ["-O0", "-O2"] {
        let bench = Bench::new(&["--panic=record", level]);
        let (header, found) = bench.run(3, 99, 4096);
        assert_eq!(found, [print(0), print(1), print(2)], "{level}");
        assert_eq!((header.panics, header.capacity), (0, 4096));
        let (header, found) = bench.run(5, 1, 4096);
        assert_eq!(found, [print(0), print(1), panic()], "nothing runs after a panic, {level}");
        assert_eq!(header.panics, 1);
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    let bench = Bench::new(&["--panic=record"]);
    let (whole, found) = bench.run(4, 99, 4096);
    let each = usize::try_from(whole.used).expect("small") / found.len();
    let (header, found) = bench.run(4, 99, 2 * each + each / 2);
    assert_eq!(found, [print(0), print(1)]);
    assert_eq!(header.used, whole.used, "what was wanted");
}

#[test]
fn panics_are_not_recorded_unless_asked_for() {
    let bench = Bench::new(&[]);
    let (header, found) = bench.run(5, 1, 4096);
    assert_eq!(found, [print(0), print(1)]);
    assert_eq!(header.panics, 0);
}
